"""Histograms: counts in bins side by side, one or two series in each."""

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.platform.dashboard.charts.over_time import levels_of
from reconciler.platform.dashboard.charts.scales import Scale
from reconciler.platform.dashboard.charts.telling import Telling, short
from reconciler.platform.dashboard.charts.values import (
    Axis,
    Bar,
    Cell,
    Chart,
    Hit,
    Key,
    Series,
    Table,
    Tick,
    percent,
    pixels,
)

HEIGHT = 160
_TICKS_UP, _LABELS = 4, 8
# A single bin over the whole width would look like a wall.
_FEWEST = 7
# Of a bin's width, what its bars fill.
_FILLED = 0.84


@dataclass(frozen=True)
class Counted:
    """How many values of a series fell into each bin: one more than there are edges, the outer ones open."""

    series: Series
    name: str
    counts: Sequence[int]


@dataclass(frozen=True)
class Told:
    """What a histogram is about: an id, a title, the axis' title with its unit, and what is counted."""

    name: str
    title: str
    across: str
    counted: str
    telling: Telling = short


def histogram(told: Told, edges: Sequence[float], series: Sequence[Counted]) -> Chart:
    """Draw a histogram; empty bins at both ends are left out, but the table has all that hold anything."""
    first, beyond = _used(series)
    levels = levels_of([0.0, *(float(count) for each in series for count in each.counts)], _TICKS_UP)
    number = max(beyond - first, 1)
    names = [_bin(edges, place, told.telling) for place in range(len(edges) + 1)]
    return Chart(
        name=told.name,
        title=told.title,
        summary=_summary(told, series, names),
        height=HEIGHT,
        across=Axis(told.across, _marks(edges, first, number, told.telling)),
        up=levels.axis(told.counted, HEIGHT, short),
        table=_table(told, names, series),
        legend=[Key(each.series, each.name) for each in series] if len(series) > 1 else [],
        bars=[bar for place in range(first, beyond) for bar in _bars(place, series, levels.scale, (first, number))],
        hits=[
            Hit(percent((place - first) / number), percent(1 / number), _said(names[place], place, series))
            for place in range(first, beyond)
        ],
    )


def _used(series: Sequence[Counted]) -> tuple[int, int]:
    """Return the first bin to show and the one after the last: those that hold anything, and neighbours of few."""
    used = [place for each in series for place, count in enumerate(each.counts) if count]
    if not used:
        return 0, 0
    first, beyond, bins = min(used), max(used) + 1, max(len(each.counts) for each in series)
    missing = max(_FEWEST - (beyond - first), 0)
    first = max(min(first - missing // 2, bins - _FEWEST), 0)
    return first, min(max(beyond, first + _FEWEST), bins)


def _bars(place: int, series: Sequence[Counted], up: Scale, shown: tuple[int, int]) -> list[Bar]:
    first, number = shown
    width = _FILLED / number / len(series)
    begin = (place - first + (1 - _FILLED) / 2) / number
    found = []
    for index, each in enumerate(series):
        if each.counts[place]:
            top = pixels(up.share(each.counts[place]), HEIGHT)
            left = percent(begin + index * width)
            found.append(Bar(left, top, percent(width), round(HEIGHT - top, 1), each.series))
    return found


def _marks(edges: Sequence[float], first: int, number: int, telling: Telling) -> list[Tick]:
    """Return a mark at the edges between the bins that are shown, as many as can be read."""
    inner = [place for place in range(max(first, 1), min(first + number, len(edges)) + 1) if place <= len(edges)]
    stride = max(-(-len(inner) // _LABELS), 1)
    return [
        Tick(percent((place - first) / number), telling(edges[place - 1]), is_minor=index % 2 == 1)
        for index, place in enumerate(inner[::stride])
    ]


def _bin(edges: Sequence[float], place: int, telling: Telling) -> str:
    if not edges:
        return "all"
    if place == 0:
        return f"below {telling(edges[0])}"
    if place == len(edges):
        return f"{telling(edges[-1])} and more"
    return f"{telling(edges[place - 1])} to {telling(edges[place])}"


def _said(name: str, place: int, series: Sequence[Counted]) -> str:
    return "\n".join([name, *(f"{each.name}: {each.counts[place]:,}" for each in series)])


def _summary(told: Told, series: Sequence[Counted], names: Sequence[str]) -> str:
    parts = []
    for each in series:
        total = sum(each.counts)
        most = max(range(len(each.counts)), key=lambda place: each.counts[place], default=0)
        parts.append(f"{each.name}: {total:,}, most of them {names[most]}" if total else f"{each.name}: none")
    return f"{told.counted} by {told.across.lower()}. {'; '.join(parts)}."


def _table(told: Told, names: Sequence[str], series: Sequence[Counted]) -> Table:
    rows = [
        [Cell(name), *(Cell(f"{each.counts[place]:,}", each.counts[place]) for each in series)]
        for place, name in enumerate(names)
        if any(each.counts[place] for each in series)
    ]
    return Table([told.across, *(each.name for each in series)], rows)
