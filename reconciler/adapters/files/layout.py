"""Where every value of a YAML text stands, to the character: what a file looks like, for those who change parts of it.

Made from the events of the same parsers that `trees` reads; the file was found valid before, so nothing is judged here.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from reconciler.adapters.files.builder import MERGE_KEY
from reconciler.core.manifest.diagnostics import START
from reconciler.core.manifest.nodes import Scalar
from reconciler.core.manifest.scalars import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.adapters.files.builder import Event
    from reconciler.adapters.files.trees import EventSource
    from reconciler.core.live import Json

_SPACE: Final = re.compile(r"(?:[ \t\r\n]|(?<![^\s])#[^\r\n]*)*")
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_COMMENT: Final = re.compile(r"[ \t]*#")


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands: from `start`, which may be that of its anchor, its own text from `body` up to `end`."""

    start: int
    body: int
    end: int

    @property
    def is_anchored(self) -> bool:
        """Tell whether an anchor stands before it."""
        return self.body > self.start


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar: what it means, what is written, and its quote or block indicator, which a plain one does not have."""

    span: Span
    value: Json
    text: str
    style: str


@dataclass(frozen=True, slots=True)
class Alias:
    """A place that repeats an anchored value."""

    span: Span
    value: Json
    text: str
    style: str = "*"


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value; `colon` is where the text behind the colon begins, `None` where a flow key has no colon."""

    key: Leaf | Alias
    value: Piece
    colon: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping: its own entries in the order of the file, merges among them, and what those bring in."""

    span: Span
    value: dict[str, Json]
    entries: tuple[Entry, ...]
    flow: bool

    @property
    def own(self) -> dict[str, Entry]:
        """The entries that are no merges, by key."""
        return {entry.key.text: entry for entry in self.entries if not is_merge(entry)}


@dataclass(frozen=True, slots=True)
class Series:
    """A list; `dashes` are where the items of a block list begin."""

    span: Span
    value: list[Json]
    items: tuple[Piece, ...]
    dashes: tuple[int, ...]
    flow: bool


Piece: TypeAlias = Leaf | Alias | Table | Series
"""A value where it stands. Match it exhaustively."""


def is_merge(entry: Entry) -> bool:
    """Tell whether an entry merges other mappings into its own."""
    return entry.key.style == "" and entry.key.text == MERGE_KEY


@dataclass(frozen=True, slots=True)
class Line:
    """One line, from `start` to `end` without its break, to `after` with it; `comment` if it is nothing else."""

    start: int
    end: int
    after: int
    comment: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A text laid out.

    Attributes:
        text: The text.
        documents: The root of every document that is not empty.
        lines: Every line.
    """

    text: str
    documents: tuple[Piece, ...]
    lines: tuple[Line, ...]

    def line_at(self, position: int) -> Line:
        """Return the line that a character stands in."""
        return self.lines[bisect.bisect_right(self.lines, position, key=lambda line: line.start) - 1]

    def lines_of(self, start: int, end: int) -> Sequence[Line]:
        """Return the lines from the one of `start` to the one of the character before `end`."""
        first = bisect.bisect_right(self.lines, start, key=lambda line: line.start) - 1
        last = bisect.bisect_right(self.lines, max(start, end - 1), key=lambda line: line.start)
        return self.lines[first:last]

    @property
    def comments(self) -> list[str]:
        """The text of every line that is a comment."""
        return [self.text[line.start : line.end].strip() for line in self.lines if line.comment]


def lay_out(text: str, events: EventSource) -> Layout:
    """Find the place of every value of a text. Raises YAMLError for a text that is not YAML."""
    documents: list[Piece] = []
    multiline: list[Span] = []
    builder = _Builder(text, multiline)
    for event in events(text):
        if isinstance(event, DocumentStartEvent):
            builder = _Builder(text, multiline)
        elif isinstance(event, DocumentEndEvent):
            documents += [root for root in builder.done if not _is_empty(root)]
        else:
            builder.take(event)
    return Layout(text, tuple(documents), tuple(_lines(text, multiline)))


def _is_empty(root: Piece) -> bool:
    return isinstance(root, Leaf) and root.span.body == root.span.end


def _lines(text: str, multiline: list[Span]) -> Iterator[Line]:
    start = 0
    inside = sorted((span.body, span.end) for span in multiline)
    for found in _BREAK.finditer(text):
        yield _line(text, (start, found.start(), found.end()), inside)
        start = found.end()
    if start < len(text):
        yield _line(text, (start, len(text), len(text)), inside)


def _line(text: str, place: tuple[int, int, int], inside: list[tuple[int, int]]) -> Line:
    start = place[0]
    at = bisect.bisect_left(inside, (start,)) - 1
    within = at >= 0 and start < inside[at][1]
    return Line(*place, comment=not within and _COMMENT.match(text, start, place[1]) is not None)


def skip(text: str, position: int) -> int:
    """Return the position of the next character that is neither blank, nor a break, nor part of a comment."""
    found = _SPACE.match(text, position)
    return position if found is None else found.end()


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    event: Event
    pieces: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class _Builder:
    """One document under construction."""

    text: str
    multiline: list[Span]
    done: list[Piece] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, Piece] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Take the next event."""
        match event:
            case ScalarEvent():
                self._keep(self._leaf(event), event.anchor)
            case AliasEvent():
                span = Span(event.start_mark.index, event.start_mark.index, event.end_mark.index)
                self._keep(_repeated(self.anchors[event.anchor], span))
            case MappingStartEvent() | SequenceStartEvent():
                self.stack.append(_Open(event))
            case MappingEndEvent() | SequenceEndEvent():
                done = self.stack.pop()
                is_table = isinstance(event, MappingEndEvent)
                piece = self._table(done, event) if is_table else self._series(done, event)
                self._keep(piece, done.event.anchor)
            case _:
                pass  # the beginning and the end of the stream

    def _keep(self, piece: Piece, anchor: str | None = None) -> None:
        if anchor is not None:
            self.anchors[anchor] = piece
        (self.stack[-1].pieces if self.stack else self.done).append(piece)

    def _leaf(self, event: Event) -> Leaf:
        start, end = event.start_mark.index, event.end_mark.index
        if event.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip("\r\n"))
        span = Span(start, min(self._body(event), end), end)
        if event.end_mark.line > event.start_mark.line:
            self.multiline.append(span)
        value: Json = value_of(Scalar(event.value, not event.style, START))
        return Leaf(span, value, event.value, event.style or "")

    def _body(self, event: Event) -> int:
        start: int = event.start_mark.index
        return start if event.anchor is None else skip(self.text, start + len(event.anchor) + 1)

    def _table(self, done: _Open, end: Event) -> Table:
        keys = [piece for piece in done.pieces[::2] if isinstance(piece, Leaf | Alias)]
        entries = tuple(map(self._entry, keys, done.pieces[1::2]))
        value: dict[str, Json] = {}
        for entry in entries:
            if is_merge(entry):
                merged = entry.value.value if isinstance(entry.value.value, list) else [entry.value.value]
                for each in merged:
                    value = {**each, **value} if isinstance(each, dict) else value
        value |= {entry.key.text: entry.value.value for entry in entries if not is_merge(entry)}
        last = end_of(entries[-1]) if entries else end.end_mark.index
        return Table(self._span(done, end, last), value, entries, bool(done.event.flow_style))

    def _entry(self, key: Leaf | Alias, value: Piece) -> Entry:
        at = skip(self.text, key.span.end)
        colon = at + 1 if self.text[at : at + 1] == ":" else None
        return Entry(key, self._settled(value, key.span.end if colon is None else colon), colon)

    def _series(self, done: _Open, end: Event) -> Series:
        flow, items, dashes = bool(done.event.flow_style), [], []
        at = self._body(done.event)
        for piece in done.pieces:
            dashes += [] if flow else [at]
            items.append(piece if flow else self._settled(piece, at + 1))
            at = skip(self.text, items[-1].span.end)
        last = items[-1].span.end if items else end.end_mark.index
        value = [item.value for item in items]
        return Series(self._span(done, end, last), value, tuple(items), tuple(dashes), flow)

    def _settled(self, piece: Piece, position: int) -> Piece:
        """Return the piece; one that is empty stands where its indicator ends, whatever the parser says."""
        if isinstance(piece, Leaf) and not piece.style and piece.span.start == piece.span.end:
            return replace(piece, span=Span(position, position, position))
        return piece

    def _span(self, done: _Open, end: Event, last: int) -> Span:
        """A block collection ends with its last value: where the next one begins is no concern of it."""
        flow = bool(done.event.flow_style)
        return Span(done.event.start_mark.index, self._body(done.event), end.end_mark.index if flow else last)


def _repeated(anchored: Piece, span: Span) -> Alias:
    return Alias(span, anchored.value, anchored.text if isinstance(anchored, Leaf | Alias) else "")


def end_of(entry: Entry) -> int:
    """Return where an entry ends, its value included."""
    return max(entry.value.span.end, entry.colon or entry.key.span.end)
