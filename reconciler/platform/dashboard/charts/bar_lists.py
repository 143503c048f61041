"""Rows of bars, each beside its name and number: for things that have names rather than sizes."""

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.platform.dashboard.charts.scales import Scale
from reconciler.platform.dashboard.charts.values import Cell, Key, Series, percent


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
    """Rows of bars that share one scale; `hidden` is how many rows are not shown."""

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
    shown: int = 12,
) -> BarList:
    """Lay out rows of numbers, one for each key of the legend.

    Args:
        told: an id, a title, and what the rows are.
        legend: the series, in the order of the numbers.
        rows: a name and its numbers; none is below zero.
        most: what the longest bar stands for; the largest number unless it is given.
        shown: how many rows are seen at once; the others are folded away.
    """
    known = [cell.value for _, cells in rows for cell in cells if cell.value is not None]
    scale = Scale(0.0, most or max(known, default=0.0) or 1.0)
    laid = [
        Row(name, [_length(key.series, cell, scale) for key, cell in zip(legend, cells, strict=True)])
        for name, cells in rows
    ]
    return BarList(*told, legend, laid[:shown], laid[shown:])


def _length(series: Series, cell: Cell, scale: Scale) -> Length:
    return Length(series, percent(scale.share(cell.value)) if cell.value is not None else 0.0, cell)
