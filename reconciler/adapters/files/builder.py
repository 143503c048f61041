"""Events of one document to its tree of nodes, bounded in depth, in size, and in what aliases stand for.

Nothing here recurses: hostile nesting costs a diagnostic, not the stack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final, NoReturn, TypeAlias

from ruamel.yaml.events import MappingStartEvent

from reconciler.adapters.files.syntax import CODE, COLON_BETWEEN_BRACKETS, settle
from reconciler.core.manifest.diagnostics import Diagnostic, Place, Related, SourceFile, clip
from reconciler.core.manifest.nodes import Entry, Mapping, Node, Scalar, Sequence, entries_of

MAX_DEPTH: Final = 64
MAX_EXPANSION: Final = 10_000
"""Values that all aliases of one document may stand for, together."""

MAX_VALUES: Final = 20_000
"""Scalars and collections in one document."""

MAX_PROBLEMS: Final = 100
"""Problems of form after which the rest of a file is left unread."""

MERGE_KEY: Final = "<<"

_COMMENT: Final = re.compile(r"(^|\s)#.*")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

Event: TypeAlias = Any  # ruamel.yaml has no types of its own for mypy to see


class GiveUp(Exception):
    """The rest of the file cannot be read; the problem is recorded, and nobody outside sees this jump."""


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet; a mapping's keys and values alternate in `nodes`."""

    event: Event
    is_mapping: bool
    is_flow: bool
    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Builder:
    """One document under construction.

    Attributes:
        source: The file it stands in.
        problems: Where everything that is wrong with the form of the file is collected.
        root: The finished tree.
        values: How many scalars, collections and aliases were met.
    """

    source: SourceFile
    problems: list[Diagnostic]
    root: Node | None = None
    values: int = 0
    _stack: list[_Open] = field(default_factory=list)
    _anchors: dict[str, Node] = field(default_factory=dict)
    _expansion: int = 0

    def scalar(self, event: Event) -> None:
        """Take a scalar."""
        start, end, text, style = event.start_mark, event.end_mark, event.value, event.style
        length = end.column - start.column if start.line == end.line else 0
        place = Place(start.line + 1, start.column + 1, length)
        if style:
            node = Scalar(text if style != '"' else self._whole(text, place), plain=False, place=place)
        else:
            node = Scalar(text, plain=True, place=place if text else self._emptiness(place))
            if ":" in text:
                self._refuse_colon(node)
        if event.ctag is not None:
            self._refuse_tag(place)
        self._add(node)
        if event.anchor is not None:
            self._anchors[event.anchor] = node

    def open(self, event: Event) -> None:
        """Begin a collection."""
        if len(self._stack) >= MAX_DEPTH:
            self._too_deep(_start(event))
        if event.ctag is not None:
            self._refuse_tag(_start(event))
        if event.anchor is not None:
            # Until its end, an anchor stands for nothing: an alias inside would hold itself.
            self._anchors.pop(event.anchor, None)
        self._stack.append(_Open(event, type(event) is MappingStartEvent, event.flow_style))

    def close(self, event: Event) -> None:
        """End a collection: make its node and hand it to the one around it."""
        done = self._stack.pop()
        begin = done.event
        start, end = begin.start_mark, event.end_mark
        length = end.column - start.column if done.is_flow and start.line == end.line else 0
        place = Place(start.line + 1, start.column + 1, length)
        node = self._mapping(done.nodes, place) if done.is_mapping else Sequence(tuple(done.nodes), place)
        self._add(node)
        if begin.anchor is not None:
            self._anchors[begin.anchor] = node

    def alias(self, event: Event) -> None:
        """Put what an alias stands for in its place, within bounds."""
        start, end = event.start_mark, event.end_mark
        place = Place(start.line + 1, start.column + 1, end.column - start.column)
        node = self._anchors.get(event.anchor)
        if node is None:
            message = f"the alias `*{clip(event.anchor)}` stands for nothing declared before it in this document"
            self._problem("unknown-alias", message, place, "declare the anchor first; quote the text if it is no alias")
            node = Scalar("", plain=False, place=place)
        self._expand(node, place)
        self._add(node)

    def _expand(self, node: Node, place: Place) -> None:
        """Count what an alias stands for, level by level; the count is bounded, so counting is."""
        level, height = [node], 0
        while level:
            self._expansion += len(level)
            if self._expansion > MAX_EXPANSION:
                message = f"the aliases of this document stand for more than {MAX_EXPANSION:,} values"
                self._problem("too-many-aliases", message, place, "write the values out, or split the document")
                raise GiveUp
            if len(self._stack) + height >= MAX_DEPTH and not all(isinstance(each, Scalar) for each in level):
                self._too_deep(place)
            level, height = [below for each in level for _, below in entries_of(each)], height + 1

    def _add(self, node: Node) -> None:
        self.values += 1
        if self.values > MAX_VALUES:
            message = f"the document holds more than {MAX_VALUES:,} values"
            self._problem("too-many-values", message, node.place, "split it; manifests are small")
            raise GiveUp
        if self._stack:
            self._stack[-1].nodes.append(node)
        else:
            self.root = node

    def give_up(self, words: tuple[str, str], place: Place) -> NoReturn:
        """Report a syntax error by its message and hint, and leave the rest of the file unread."""
        self._problem(CODE, words[0], place, words[1])
        raise GiveUp

    def _mapping(self, nodes: list[Node], place: Place) -> Mapping:
        entries: dict[str, Entry] = {}
        merged: list[Mapping] = []
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._complex_key(key.place)
            elif key.plain and key.text == MERGE_KEY:
                merged += self._merged(key, value)
            elif key.text in entries:
                self._duplicate(key, entries[key.text].key)
            else:
                entries[key.text] = Entry(key, value)
        for mapping in merged:
            entries = {**mapping.entries, **entries}
        return Mapping(entries, place)

    def _complex_key(self, place: Place) -> None:
        if self.source.lines[place.line - 1][max(place.column - 2, 0) :].startswith("{{"):
            message, hint = "the braces of a template are still here", "fill the template in before it is loaded"
        else:
            message, hint = "a key must be a single word, not a list or a mapping", "quote the text if it is one"
        self._problem("complex-key", message, place, hint)

    def _merged(self, key: Scalar, value: Node) -> list[Mapping]:
        # https://yaml.org/type/merge.html: earlier mappings of a list win, and the mapping's own keys win over all.
        found = list(value.items) if isinstance(value, Sequence) else [value]
        mappings = [each for each in found if isinstance(each, Mapping)]
        if len(mappings) < len(found):
            hint = "merge an alias such as `<<: *defaults`, or a list of them"
            self._problem("merge-value", "`<<` takes a mapping or a list of mappings", key.place, hint)
        return mappings

    def _duplicate(self, key: Scalar, first: Scalar) -> None:
        message = f'"{clip(key.text)}" is declared twice in one mapping; line {first.place.line} has it already'
        found = self.source.error("duplicate-key", message, key.place, "keep one of the two")
        related = Related(self.source.origin(first.place), "declared here first")
        self._report(replace(found, related=(related,)))

    def _emptiness(self, place: Place) -> Place:
        """Return where nothing is: at its key, or behind the dash; the parsers disagree about space and comments."""
        around = self._stack[-1] if self._stack else None
        if around is not None and around.is_mapping and len(around.nodes) % 2:
            return around.nodes[-1].place
        settled = settle(self.source, place.line - 1, place.column - 1)
        text = _COMMENT.sub("", self.source.lines[settled.line - 1][: settled.column - 1])
        return Place(settled.line, len(text.rstrip()) + 1)

    def _whole(self, text: str, place: Place) -> str:
        if not _SURROGATE.search(text):
            return text
        message = "this text escapes half a character (a surrogate), which cannot be stored"
        self._problem("control-character", message, place, "write the character itself")
        return ""

    def _refuse_colon(self, node: Scalar) -> None:
        # libyaml takes such a colon for a mistake, the Python parser for part of the text.
        if self._stack and self._stack[-1].is_flow:
            column = node.place.column + node.text.index(":")
            self.give_up(COLON_BETWEEN_BRACKETS, node.place._replace(column=column, length=1))

    def _refuse_tag(self, place: Place) -> None:
        words = self.source.lines[place.line - 1][place.column - 1 :].split()
        tag = next((word for word in words if word.startswith("!")), "!")
        hint = "delete it; quote a value that must be text"
        self._problem("tag", f"the tag `{tag[:60]}` is not supported", place, hint)

    def _too_deep(self, place: Place) -> None:
        self._problem("too-deep", f"values are nested more than {MAX_DEPTH} levels deep", place, "flatten the document")
        raise GiveUp

    def _problem(self, code: str, message: str, place: Place, hint: str | None = None) -> None:
        self._report(self.source.error(code, message, place, hint))

    def _report(self, found: Diagnostic) -> None:
        self.problems.append(found)
        if len(self.problems) >= MAX_PROBLEMS:
            raise GiveUp


def _start(event: Event) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)
