"""Grids of counts: a heat map over an image, and a confusion matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.platform.dashboard.charts.values import Cell, Table

# Steps of shading, the faintest for anything above zero.
LEVELS = 8


@dataclass(frozen=True)
class Square:
    """One cell of a grid, by row and column; `level` is from 0 (nothing) to `LEVELS`."""

    row: int
    column: int
    level: int
    told: str


@dataclass(frozen=True)
class Grid:
    """A grid of counts over an image, with its numbers as a table."""

    name: str
    title: str
    summary: str
    rows: int
    columns: int
    squares: Sequence[Square]
    most: int
    table: Table


@dataclass(frozen=True)
class Entry:
    """One cell of a matrix; `is_right` where row and column say the same."""

    count: int
    level: int
    is_right: bool


@dataclass(frozen=True)
class Matrix:
    """Counts by two namings of the same things: rows by the first, columns by the second."""

    names: Sequence[str]
    rows: Sequence[Sequence[Entry]]


def level_of(count: int, most: int) -> int:
    """Return how strongly a count is shaded: 0 for none, `LEVELS` for the most."""
    return 0 if count <= 0 or most <= 0 else min(-(-count * LEVELS // most), LEVELS)


def grid(name: str, title: str, counts: Sequence[Sequence[int]]) -> Grid:
    """Lay out a heat map, its first row on top."""
    most = max((count for row in counts for count in row), default=0)
    places = [(row, column, count) for row, line in enumerate(counts) for column, count in enumerate(line)]
    squares = [
        Square(row, column, level_of(count, most), f"Row {row + 1}, column {column + 1}: {count:,}")
        for row, column, count in places
    ]
    across = len(counts[0]) if counts else 0
    table = Table(
        ["Row", *(str(column + 1) for column in range(across))],
        [[Cell(str(place + 1)), *(Cell(f"{count:,}", count) for count in row)] for place, row in enumerate(counts)],
    )
    return Grid(name, title, _summary(counts, most), len(counts), across, squares, most, table)


def matrix(names: Sequence[str], counts: Sequence[Sequence[int]]) -> Matrix:
    """Lay out a confusion matrix; each row is shaded by its own sum, so that rare classes are seen as well."""
    return Matrix(
        names,
        [
            [Entry(count, level_of(count, sum(line)), row == column) for column, count in enumerate(line)]
            for row, line in enumerate(counts)
        ],
    )


def _summary(counts: Sequence[Sequence[int]], most: int) -> str:
    if most == 0:
        return "No shape lies anywhere."
    row, column = next(
        (row, column) for row, line in enumerate(counts) for column, count in enumerate(line) if count == most
    )
    down = ("top", "middle", "bottom")[3 * row // len(counts)]
    along = ("left", "centre", "right")[3 * column // len(counts[0])]
    return f"Most shapes, {most:,}, reach into row {row + 1}, column {column + 1}: {down} {along}."
