"""One round of changes over a document that is laid out: which characters to exchange for it to say something else."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from reconciler.adapters.files.composing import entry, inline
from reconciler.adapters.files.layout import Entry, Leaf, Series, Table, end_of, is_merge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.adapters.files.layout import Layout, Piece
    from reconciler.core.live import Json

Path: TypeAlias = tuple[str, ...]

SETS: Final[frozenset[Path]] = frozenset(
    {("spec", "tags"), ("spec", "dependsOn"), ("spec", "feedbackLoop", "datasets")}
)
"""Lists whose order means nothing, so that items come and go one by one."""


class CannotRevise(Exception):
    """A text that cannot be changed without breaking it."""


def same(one: Json, other: Json, path: Path = ("",)) -> bool:
    """Tell whether two values are the same JSON: 1 and 1.0 are, 1 and true are not; sets are in any order.

    Args:
        one, other: The values.
        path: Where in a document they stand; by default nowhere, so that every list has an order.
    """
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(same(one[key], other[key], (*path, key)) for key in one)
        case list(), list():
            return len(one) == len(other) and (_same_set(one, other) if path in SETS else all(map(same, one, other)))
        case (bool(), _) | (_, bool()):
            return one is other
        case _:
            return one == other


def _same_set(one: list[Json], other: list[Json]) -> bool:
    rest = list(other)
    for item in one:
        at = next((at for at, each in enumerate(rest) if same(item, each)), None)
        if at is None:
            return False
        del rest[at]
    return True


_BREAK: Final = re.compile(r"[\r\n]")
_GAP: Final = re.compile(r"[\]}]*( {2,})#")
_LEAST_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class Patch:
    """Characters of a text to exchange for others."""

    start: int
    end: int
    text: str


def apply(text: str, patches: Iterable[Patch]) -> str:
    """Return the text with all patches made, those of one place in their order. Raises CannotRevise if two overlap."""
    parts, done = [], 0
    for patch in sorted(patches, key=lambda patch: (patch.start, patch.end > patch.start)):
        if patch.start < done:
            raise CannotRevise("two changes overlap")
        parts += [text[done : patch.start], patch.text]
        done = patch.end
    return "".join([*parts, text[done:]])


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value hangs: its path, where its key or dash begins, where its text may begin, and what leads to it."""

    path: Path
    mark: int
    at: int
    lead: str = " "


def newline(layout: Layout) -> str:
    """Return the line break of a text: that of its first line."""
    first = layout.lines[0]
    return layout.text[first.end : first.after] or "\n"


class Reviser:
    """One round of changes over one document."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._source = layout.text
        self._newline = newline(layout)
        self._patches: list[Patch] = []

    @property
    def text(self) -> str:
        """The text with all changes made; comments that stand in a column stay in it where there is room."""
        return apply(self._source, [*self._patches, *self._aligned()])

    def _aligned(self) -> Iterator[Patch]:
        last: dict[int, Patch] = {}
        grown: Counter[int] = Counter()
        for patch in self._patches:
            line = self._layout.line_at(patch.start)
            if patch.end <= line.end and not _BREAK.search(patch.text):
                grown[line.start] += len(patch.text) - (patch.end - patch.start)
                last[line.start] = max(patch, last.get(line.start, patch), key=lambda each: each.end)
        for start, patch in last.items():
            gap = _GAP.match(self._source, patch.end)
            if gap is not None:
                room = gap.end(1) - gap.start(1) - grown[start]
                yield Patch(gap.start(1), gap.end(1), " " * max(room, _LEAST_GAP))

    @property
    def appends(self) -> bool:
        """Tell whether lines are added behind the last one."""
        return any(patch.start == len(self._source) for patch in self._patches)

    def revise(self, document: int, wanted: Json) -> None:
        """Note the changes that make a document say something else."""
        root = self._layout.documents[document]
        self._revise(root, wanted, Spot((), root.span.start, root.span.start))

    def _revise(self, piece: Piece, wanted: Json, spot: Spot) -> None:
        if same(piece.value, wanted, spot.path):
            return
        if isinstance(piece, Table) and isinstance(wanted, dict) and not _loses_merged(piece, wanted):
            self._table(piece, wanted, spot)
        elif isinstance(piece, Series) and isinstance(wanted, list) and spot.path in SETS:
            self._series(piece, wanted, spot)
        else:
            self._exchange(piece, _rendered(piece, wanted), spot)

    def _table(self, table: Table, wanted: dict[str, Json], spot: Spot) -> None:
        own = table.own
        gone = [key for key in own if key not in wanted]
        merged = [key for key in table.value if key not in own and same(table.value[key], wanted[key])]
        added = [key for key in wanted if key not in own and key not in merged]
        if gone and (table.flow or not (added or len(gone) < len(table.entries))):
            self._exchange(table, self._flow_table(table, wanted, added) if table.flow else "{}", spot)
            return
        for key, each in own.items():
            if key in gone:
                self._drop(each.key.span.start, end_of(each))
            else:
                self._revise(each.value, wanted[key], _spot(each, spot))
        if table.flow and added:
            self._append([f"{inline(key)}: {inline(wanted[key])}" for key in added], table, table.entries[-1:])
        elif added:
            self._insert(table, wanted, added, spot)

    def _insert(self, table: Table, wanted: dict[str, Json], added: Sequence[str], spot: Spot) -> None:
        """Add keys to a block mapping, each behind the one that stands before it in what is wanted."""
        indent = self._column(table.entries[0].key.span.start)
        last: Entry | None = None
        own = table.own
        for key, value in wanted.items():
            last = own.get(key, last)
            if key in added:
                self._add(self._place_behind(last, table, spot), entry(key, value, indent))

    def _place_behind(self, last: Entry | None, table: Table, spot: Spot) -> int:
        if last is None and not spot.path:
            return self._layout.line_at(table.span.start).start
        behind = spot.at if last is None else end_of(last)
        return self._layout.line_at(behind - 1).after

    def _add(self, place: int, lines: Iterable[str]) -> None:
        self._patches.append(Patch(place, place, "".join(line + self._newline for line in lines)))

    def _column(self, position: int) -> int:
        return position - self._layout.line_at(position).start

    def _flow_table(self, table: Table, wanted: dict[str, Json], added: Sequence[str]) -> str:
        """Return a flow mapping without what goes; what stays is written as it was."""
        parts = []
        for each in table.entries:
            key = each.key.text
            if is_merge(each) or key in wanted:
                kept = is_merge(each) or same(each.value.value, wanted[key])
                value = self._written(each.value) if kept else inline(wanted[key])
                parts.append(f"{self._written(each.key)}: {value}")
        parts += [f"{inline(key)}: {inline(wanted[key])}" for key in added]
        return f"{{{', '.join(parts)}}}"

    def _written(self, piece: Piece) -> str:
        return self._source[piece.span.start : piece.span.end]

    def _series(self, series: Series, wanted: list[Json], spot: Spot) -> None:
        kept, added = _matched(series, wanted)
        gone = len(kept) < len(series.items)
        if series.flow and gone:
            text = ", ".join([*(self._written(series.items[index]) for index in kept), *map(inline, added)])
            self._exchange(series, f"[{text}]", spot)
        elif series.flow:
            self._append([inline(item) for item in added], series, series.items[-1:])
        elif not kept and not added:
            self._exchange(series, "[]", spot)
        else:
            self._block_series(series, kept, added)

    def _block_series(self, series: Series, kept: Sequence[int], added: Sequence[Json]) -> None:
        for index, item in enumerate(series.items):
            if index not in kept:
                self._drop(series.dashes[index], item.span.end)
        behind = series.items[kept[-1]].span.end if kept else None
        first = self._layout.line_at(series.dashes[0])
        place = first.start if behind is None else self._layout.line_at(behind - 1).after
        indent = " " * self._column(series.dashes[0])
        self._add(place, [f"{indent}- {inline(item)}" for item in added])

    def _append(self, texts: Sequence[str], holder: Table | Series, last: Sequence[Entry | Piece]) -> None:
        """Add to a flow collection, on lines of their own where its last entry has one."""
        if not last:
            brackets = "{}" if isinstance(holder, Table) else "[]"
            text = f"{brackets[0]}{', '.join(texts)}{brackets[1]}"
            self._patches.append(Patch(holder.span.body, holder.span.end, text))
            return
        start, end = _ends(last[0])
        line = self._layout.line_at(start)
        before = self._source[line.start : start]
        lead = f",{self._newline}{before}" if not before.strip() else ", "
        self._patches.append(Patch(end, end, "".join(lead + text for text in texts)))

    def _exchange(self, piece: Piece, text: str, spot: Spot) -> None:
        """Write a value on one line in the place of another."""
        span = piece.span
        if isinstance(piece, Table | Series) and not piece.flow:
            anchor = len(self._source[span.start : span.body].split()[0]) if span.is_anchored else 0
            at = span.start + anchor if anchor else spot.at
            self._patches.append(Patch(at, at, f" {text}"))
            self._drop(span.body, span.end)
        elif span.body == span.end:
            self._patches.append(Patch(span.end, span.end, f" {text}" if span.is_anchored else spot.lead + text))
        else:
            self._hoist(span.body, span.end, spot)
            self._patches.append(Patch(span.body, span.end, text))

    def _drop(self, start: int, end: int) -> None:
        """Take out lines, but for those that are comments."""
        lines = [line for line in self._layout.lines_of(start, end) if not line.comment]
        self._patches += [Patch(line.start, line.after, "") for line in lines]

    def _hoist(self, start: int, end: int, spot: Spot) -> None:
        """Move comment lines from within a value to above the line it begins on."""
        place = self._layout.line_at(spot.mark).start
        for line in self._layout.lines_of(start, end):
            if line.comment:
                self._patches.append(Patch(place, place, self._source[line.start : line.after]))


def _loses_merged(table: Table, wanted: dict[str, Json]) -> bool:
    """Tell whether a key goes that only a merge brings in: then nothing less than the whole mapping can be changed."""
    return any(key not in wanted for key in table.value if key not in table.own)


def _spot(each: Entry, around: Spot) -> Spot:
    path = (*around.path, each.key.text)
    if each.colon is None:
        return Spot(path, each.key.span.start, each.key.span.end, ": ")
    return Spot(path, each.key.span.start, each.colon)


def _rendered(piece: Piece, wanted: Json) -> str:
    return inline(wanted, piece.style if isinstance(piece, Leaf) else "")


def _matched(series: Series, wanted: Sequence[Json]) -> tuple[list[int], list[Json]]:
    """Return the positions of the items that stay, and what is wanted beside them."""
    kept, rest = [], list(wanted)
    for index, item in enumerate(series.items):
        at = next((at for at, each in enumerate(rest) if same(item.value, each)), None)
        if at is not None:
            kept.append(index)
            del rest[at]
    return kept, rest


def _ends(last: Entry | Piece) -> tuple[int, int]:
    if isinstance(last, Entry):
        return last.key.span.start, end_of(last)
    return last.span.start, last.span.end
