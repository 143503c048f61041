"""Rows of bars, each beside its name and number: for things that have names rather than sizes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.platform.dashboard.charts.scales import Scale
from reconciler.platform.dashboard.charts.values import Cell, Key, Series, percent

# How many rows are seen at once; the others are folded away.
SHOWN: Final = 12


@dataclass(frozen=True)
class Length:
    """One bar: its length in per cent, and the number that it stands for; None is drawn as nothing."""

    series: Series
    width: float
    cell: Cell


@dataclass(frozen=True)
class Row:
    """What is measured, and a bar for each series."""

    name: str
    bars: Sequence[Length]


@dataclass(frozen=True)
class BarList:
    """Rows of bars that share one scale; `rest` are the rows that are folded away."""

    name: str
    title: str
    noun: str
    legend: Sequence[Key]
    rows: Sequence[Row]
    rest: Sequence[Row]


def bar_list(
    told: tuple[str, str, str],
    legend: Sequence[Key],
    rows: Sequence[tuple[str, Sequence[Cell]]],
    *,
    most: float | None = None,
    totals: Sequence[float] | None = None,
) -> BarList:
    """Lay out rows of numbers, one for each key of the legend.

    Args:
        told: an id, a title, and what the rows are.
        legend: the series, in the order of the numbers.
        rows: a name and its numbers; none is below zero.
        most: what the longest bar stands for; the largest number unless it is given.
        totals: what the numbers of each series are shares of, so that series of any size can be compared.
    """
    whole = totals or [1.0] * len(legend)
    sizes = [[_share(cell, total) for cell, total in zip(cells, whole, strict=True)] for _, cells in rows]
    scale = Scale(0.0, most or max((size for line in sizes for size in line), default=0.0) or 1.0)
    laid = [
        Row(
            name,
            [
                Length(key.series, percent(scale.share(size)), cell)
                for key, cell, size in zip(legend, cells, line, strict=True)
            ],
        )
        for (name, cells), line in zip(rows, sizes, strict=True)
    ]
    return BarList(*told, legend, laid[:SHOWN], laid[SHOWN:])


def _share(cell: Cell, total: float) -> float:
    return cell.value / total if cell.value is not None and total > 0 else 0.0
