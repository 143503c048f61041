"""Text to node trees, from parser events: libyaml's where it is installed, the pure-Python parser's elsewhere.

Nothing here recurses and nothing here constructs: the tree is bounded in depth and in what aliases expand to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, NoReturn, TypeAlias

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from reconciler.adapters.files.syntax import CODE, COLON_BETWEEN_BRACKETS, OUTSIDE_DOCUMENTS, explain, settle
from reconciler.core.manifest.diagnostics import Diagnostic, Place, Related, SourceFile
from reconciler.core.manifest.nodes import Document, Entry, Mapping, Node, Scalar, Sequence

MAX_DEPTH: Final = 64
MAX_DOCUMENTS: Final = 10_000
MAX_EXPANSION: Final = 10_000
"""Values that all aliases of one document may stand for, together."""

MAX_VALUES: Final = 20_000
"""Scalars and collections in one document."""

MAX_VALUES_IN_FILE: Final = 500_000

MAX_PROBLEMS: Final = 100
"""Problems of form after which the rest of a file is left unread."""

MERGE_KEY: Final = "<<"

_COMMENT: Final = re.compile(r"(^|\s)#.*")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

Event: TypeAlias = Any  # ruamel.yaml has no types of its own for mypy to see
EventSource: TypeAlias = Callable[[str], Iterator[Event]]


@dataclass(slots=True)
class Parsed:
    """The documents of one file and the problems of its form; both may be there at once."""

    documents: list[Document] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    values: int = 0


class _GiveUp(Exception):
    """The rest of the file cannot be read; the problem is recorded, and nobody outside sees this jump."""


def pure_events(text: str) -> Iterator[Event]:
    """Parse with the Python parser: forty times slower, and always there."""
    from ruamel.yaml import YAML

    yield from YAML(typ="safe", pure=True).parse(text)


def c_events(text: str) -> Iterator[Event]:
    """Parse with libyaml."""
    # ruamel lists it in no __all__, though its own loaders and its documentation build on it.
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]

    parser = CParser(text)
    while (event := parser.get_event()) is not None:
        yield event


def fastest_events() -> EventSource:
    """Return libyaml's parser where the machine has it, the Python one elsewhere."""
    try:
        import ruamel.yaml.cyaml  # noqa: F401
    except ImportError:
        return pure_events
    return c_events


def parse(source: SourceFile, *, events: EventSource) -> Parsed:
    """Read every document of a file; after a syntax error the ones before it are kept."""
    parsed = Parsed()
    try:
        _read(source, events(source.text), parsed)
    except MarkedYAMLError as error:
        parsed.problems.append(explain(source, error))
    except YAMLError as error:  # without a mark: the readers' own refusals
        parsed.problems.append(source.error("yaml-syntax", f"this is not YAML: {error}", Place(1, 1)))
    except _GiveUp:
        pass
    return parsed


def _read(source: SourceFile, events: Iterator[Event], parsed: Parsed) -> None:
    tree = _Tree(source, parsed.problems)
    for event in events:
        kind = type(event)
        if kind is ScalarEvent:
            tree.scalar(event)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            tree.open(event)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            tree.close(event)
        elif kind is AliasEvent:
            tree.alias(event)
        elif kind is DocumentStartEvent:
            if tree.is_used and not event.explicit:
                # After `...` the Python parser begins a document that libyaml takes for a mistake.
                tree.give_up(OUTSIDE_DOCUMENTS, _start(event)._replace(length=1))
            tree = _Tree(source, parsed.problems, is_used=True)
        elif kind is DocumentEndEvent:
            _keep(tree, parsed)


def _keep(tree: _Tree, parsed: Parsed) -> None:
    root = tree.root
    if root is None or (isinstance(root, Scalar) and root.plain and not root.text):
        return
    parsed.values += tree.values
    if len(parsed.documents) == MAX_DOCUMENTS or parsed.values > MAX_VALUES_IN_FILE:
        message = f"the file holds more than {MAX_DOCUMENTS:,} documents or {MAX_VALUES_IN_FILE:,} values"
        parsed.problems.append(tree.source.error("file-too-large", message, root.place, "split the file"))
        raise _GiveUp
    parsed.documents.append(Document(tree.source, root))


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet; a mapping's keys and values alternate in `nodes`."""

    event: Event
    nodes: list[Node] = field(default_factory=list)
    weight: int = 1
    height: int = 1


@dataclass(slots=True)
class _Anchor:
    """What an alias may stand for: the node, the nodes in it, and the levels below it."""

    node: Node
    weight: int
    height: int


@dataclass(slots=True)
class _Tree:
    """One document under construction."""

    source: SourceFile
    problems: list[Diagnostic]
    root: Node | None = None
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Anchor] = field(default_factory=dict)
    values: int = 0
    expansion: int = 0
    is_used: bool = False

    def scalar(self, event: Event) -> None:
        """Take a scalar."""
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if start.line == end.line else 0
        place = Place(start.line + 1, start.column + 1, length)
        node = Scalar(event.value, not event.style, place if event.value or event.style else self._emptiness(place))
        if ":" in event.value and node.plain and self.stack and self.stack[-1].event.flow_style:
            column = node.place.column + event.value.index(":")
            self.give_up(COLON_BETWEEN_BRACKETS, node.place._replace(column=column, length=1))
        if event.ctag is not None:
            self._refuse_tag(node.place)
        if event.style == '"' and _SURROGATE.search(event.value):
            message = "this text escapes half a character (a surrogate), which cannot be stored"
            self._problem("control-character", message, node.place, "write the character itself")
            node = node._replace(text="")
        self._add(node, 1, 0)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchor(node, 1, 0)

    def open(self, event: Event) -> None:
        """Begin a collection."""
        place = _start(event)
        if len(self.stack) >= MAX_DEPTH:
            self._too_deep(place)
        if event.ctag is not None:
            self._refuse_tag(place)
        # Until its end, an anchor stands for nothing: an alias inside would hold itself.
        self.anchors.pop(event.anchor, None)
        self.stack.append(_Open(event))

    def close(self, event: Event) -> None:
        """End a collection: make its node and hand it to the one around it."""
        done = self.stack.pop()
        begin = done.event
        place = _start(begin)
        if begin.flow_style and begin.start_mark.line == event.end_mark.line:
            place = place._replace(length=event.end_mark.column - begin.start_mark.column)
        is_mapping = type(begin) is MappingStartEvent
        node = self._mapping(done.nodes, place) if is_mapping else Sequence(tuple(done.nodes), place)
        self._add(node, done.weight, done.height)
        if begin.anchor is not None:
            self.anchors[begin.anchor] = _Anchor(node, done.weight, done.height)

    def alias(self, event: Event) -> None:
        """Put what an alias stands for in its place, within bounds."""
        start, end = event.start_mark, event.end_mark
        place = Place(start.line + 1, start.column + 1, end.column - start.column)
        anchor = self.anchors.get(event.anchor)
        if anchor is None:
            message = f"the alias `*{event.anchor}` stands for nothing declared before it in this document"
            self._problem("unknown-alias", message, place, "declare the anchor first; quote the text if it is no alias")
            self._add(Scalar("", plain=False, place=place), 1, 0)
            return
        self.expansion += anchor.weight
        if self.expansion > MAX_EXPANSION:
            message = f"the aliases of this document stand for more than {MAX_EXPANSION:,} values"
            self._problem("too-many-aliases", message, place, "write the values out, or split the document")
            raise _GiveUp
        if len(self.stack) + anchor.height > MAX_DEPTH:
            self._too_deep(place)
        self._add(anchor.node, anchor.weight, anchor.height)

    def give_up(self, words: tuple[str, str], place: Place) -> NoReturn:
        """Report a syntax error by its message and hint, and leave the rest of the file unread."""
        self._problem(CODE, words[0], place, words[1])
        raise _GiveUp

    def _add(self, node: Node, weight: int, height: int) -> None:
        self.values += 1
        if self.values > MAX_VALUES:
            message = f"the document holds more than {MAX_VALUES:,} values"
            self._problem("too-many-values", message, node.place, "split it; manifests are small")
            raise _GiveUp
        if not self.stack:
            self.root = node
            return
        around = self.stack[-1]
        around.nodes.append(node)
        around.weight += weight
        around.height = max(around.height, height + 1)

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
        message = f'"{key.text}" is declared twice in one mapping; line {first.place.line} has it already'
        found = self.source.error("duplicate-key", message, key.place, "keep one of the two")
        related = Related(self.source.origin(first.place), "declared here first")
        self._report(replace(found, related=(related,)))

    def _emptiness(self, place: Place) -> Place:
        """Return where nothing is: at its key, or behind the dash; the parsers disagree about space and comments."""
        around = self.stack[-1] if self.stack else None
        if around is not None and len(around.nodes) % 2 and type(around.event) is MappingStartEvent:
            return around.nodes[-1].place
        settled = settle(self.source, place.line - 1, place.column - 1)
        text = _COMMENT.sub("", self.source.lines[settled.line - 1][: settled.column - 1])
        return Place(settled.line, len(text.rstrip()) + 1)

    def _refuse_tag(self, place: Place) -> None:
        words = self.source.lines[place.line - 1][place.column - 1 :].split()
        tag = next((word for word in words if word.startswith("!")), "!")
        hint = "delete it; quote a value that must be text"
        self._problem("tag", f"the tag `{tag[:60]}` is not supported", place, hint)

    def _too_deep(self, place: Place) -> None:
        self._problem("too-deep", f"values are nested more than {MAX_DEPTH} levels deep", place, "flatten the document")
        raise _GiveUp

    def _problem(self, code: str, message: str, place: Place, hint: str | None = None) -> None:
        self._report(self.source.error(code, message, place, hint))

    def _report(self, found: Diagnostic) -> None:
        self.problems.append(found)
        if len(self.problems) >= MAX_PROBLEMS:
            raise _GiveUp


def _start(event: CollectionStartEvent) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1, 0)
