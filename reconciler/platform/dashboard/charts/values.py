"""What a chart is made of, as values that a template writes down.

Places across are in per cent of the frame's width, so that a chart fills any width and its text keeps its size; places
up are in pixels from the top. `series` is the class that gives a mark its colour.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Series = Literal["champion", "shadow", "reviewed", "good", "bad", "plain"]

# The frame's width in the units of a stroke's points: it is stretched to the width there is.
WIDTH = 1000


@dataclass(frozen=True)
class Cell:
    """One cell of a table: what it says, the exact number behind it, and the page that tells more.

    `note` says more where there is room.
    """

    text: str
    value: float | None = None
    link: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A chart's numbers."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Tick:
    """A mark at an axis; a minor one gives way where there is no room."""

    at: float
    text: str
    is_minor: bool = False


@dataclass(frozen=True)
class Axis:
    """One side of the frame: what it measures, with its unit, and its marks."""

    title: str
    ticks: Sequence[Tick]


@dataclass(frozen=True)
class Stroke:
    """A line through points, each `x,y` with x from 0 to `WIDTH`."""

    series: Series
    points: str


@dataclass(frozen=True)
class Dot:
    """A point; `link` is where it leads."""

    x: float
    y: float
    series: Series
    told: str
    link: str | None = None


@dataclass(frozen=True)
class Bar:
    """A bar: its left edge and width in per cent, its top and height in pixels."""

    x: float
    y: float
    width: float
    height: float
    series: Series


@dataclass(frozen=True)
class Hit:
    """A column of the frame that tells its numbers when it is pointed at."""

    x: float
    width: float
    told: str


@dataclass(frozen=True)
class Rule:
    """A level line across the frame."""

    y: float
    text: str


@dataclass(frozen=True)
class Key:
    """What a colour stands for."""

    series: Series
    name: str


@dataclass(frozen=True)
class Chart:
    """A chart: `summary` says in words what it shows, `table` holds its numbers."""

    name: str
    title: str
    summary: str
    height: int
    across: Axis
    up: Axis
    table: Table
    legend: Sequence[Key] = ()
    strokes: Sequence[Stroke] = ()
    bars: Sequence[Bar] = ()
    dots: Sequence[Dot] = ()
    hits: Sequence[Hit] = ()
    rules: Sequence[Rule] = field(default=())


def percent(share: float) -> float:
    """Return a share of the width as a place across."""
    return round(100 * share, 2)


def pixels(share: float, height: int) -> float:
    """Return a share of the height, counted from below, as a place up."""
    return round(height * (1 - share), 1)


def is_number(value: float | None) -> bool:
    """Whether a value can be drawn."""
    return value is not None and math.isfinite(value)
