"""Charts over time: lines of means with gaps where nothing happened, points that lead somewhere, bars of counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from reconciler.platform.dashboard.charts import ticks
from reconciler.platform.dashboard.charts.scales import Scale, is_wide
from reconciler.platform.dashboard.charts.telling import Telling, short
from reconciler.platform.dashboard.charts.values import (
    WIDTH,
    Axis,
    Bar,
    Dot,
    Hit,
    Key,
    Rule,
    Series,
    Stroke,
    Tick,
    percent,
    pixels,
)

HEIGHT = 200
_TICKS_ACROSS, _TICKS_UP = 7, 5


@dataclass(frozen=True)
class Stretch:
    """One value of a series: over a stretch that begins at `begin`, in Unix seconds."""

    begin: float
    value: float


@dataclass(frozen=True)
class Course:
    """A series: its stretches, oldest first, each as long as the others."""

    series: Series
    name: str
    stretches: Sequence[Stretch]


@dataclass(frozen=True)
class Point:
    """A single thing that happened at a moment (Unix seconds)."""

    at: float
    value: float
    series: Series
    told: str
    link: str | None = None


@dataclass(frozen=True)
class Span:
    """The time that a chart covers, in Unix seconds, and how long each stretch is."""

    begin: float
    end: float
    width: float

    @property
    def scale(self) -> Scale:
        """Time across; an instant stands in the middle of its own stretch."""
        if self.end > self.begin:
            return Scale(self.begin, self.end)
        return Scale(self.begin - max(self.width, 1.0) / 2, self.begin + max(self.width, 1.0) / 2)


@dataclass(frozen=True)
class Frame:
    """Where values go: a scale across and one up, with the axes that tell them."""

    across: Scale
    up: Scale
    x_axis: Axis
    y_axis: Axis

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a value: per cent across, pixels from the top."""
        return percent(self.across.share(x)), pixels(self.up.share(y), HEIGHT)


def frame(span: Span, values: Sequence[float], *, title: str, telling: Telling = short) -> Frame:
    """Return a frame over a span that holds all values, by powers where they spread far."""
    across, up = span.scale, levels_of(values, _TICKS_UP)
    return Frame(across, up.scale, time_axis(across), up.axis(title, HEIGHT, telling))


@dataclass(frozen=True)
class Levels:
    """A scale up, and the values at which it is marked."""

    scale: Scale
    marks: Sequence[float]

    def axis(self, title: str, height: int, telling: Telling) -> Axis:
        """Return the axis of a frame that is so many pixels high."""
        return Axis(title, [Tick(pixels(self.scale.share(each), height), telling(each)) for each in self.marks])


def levels_of(values: Sequence[float], wanted: int) -> Levels:
    """Return a scale that holds all values, from zero on, or by powers of ten where they spread far.

    Values that are whole are marked at whole numbers.
    """
    least, most = min(values, default=0.0), max(values, default=1.0)
    if is_wide(least, most):
        marks = ticks.powers(least, most, wanted)
        return Levels(Scale(marks[0], marks[-1], is_log=True), marks)
    marks = ticks.linear(min(least, 0.0), max(most, 0.0) or 1.0, wanted)
    is_whole = all(float(each).is_integer() for each in values)
    shown = [each for each in marks if not is_whole or float(each).is_integer()]
    return Levels(Scale(marks[0], marks[-1]), shown)


def time_axis(scale: Scale) -> Axis:
    """Return an axis of moments; every second one gives way where there is no room."""
    marks = ticks.moments(scale.least, scale.most, _TICKS_ACROSS)
    placed = [(percent(scale.share(each.at)), each.text) for each in marks]
    return Axis("Time (UTC)", [Tick(at, text, is_minor=place % 2 == 1) for place, (at, text) in enumerate(placed)])


def strokes(placed: Frame, span: Span, courses: Sequence[Course]) -> tuple[list[Stroke], list[Dot]]:
    """Return the lines through neighbouring stretches, and a dot for each that has no neighbour."""
    lines: list[Stroke] = []
    lone: list[Dot] = []
    for course in courses:
        for stretch in _unbroken(course.stretches, span.width):
            points = [placed.at(_middle(span, each), each.value) for each in stretch]
            if len(points) == 1:
                lone.append(Dot(*points[0], course.series, ""))
            else:
                lines.append(Stroke(course.series, " ".join(f"{x / 100 * WIDTH:.1f},{y}" for x, y in points)))
    return lines, lone


def dots(placed: Frame, points: Sequence[Point]) -> list[Dot]:
    """Return single things as dots, from left to right."""
    ordered = sorted(points, key=lambda each: each.at)
    return [Dot(*placed.at(each.at, each.value), each.series, each.told, each.link) for each in ordered]


def columns(placed: Frame, span: Span, course: Course) -> list[Bar]:
    """Return a bar for each stretch of a series, from zero up."""
    bars = []
    for each in course.stretches:
        top = placed.at(each.begin, each.value)[1]
        left, width = _extent(placed, span, each.begin)
        bars.append(Bar(left, top, width, round(HEIGHT - top, 1), course.series))
    return bars


def hits(placed: Frame, span: Span, begins: Sequence[float], told: Callable[[float], str]) -> list[Hit]:
    """Return the columns that tell their numbers, one for each stretch."""
    return [Hit(*_extent(placed, span, begin, whole=True), told(begin)) for begin in begins]


def legend(courses: Sequence[Course]) -> list[Key]:
    """Return what the colours stand for, once for each series that is drawn."""
    return [Key(each.series, each.name) for each in courses if each.stretches]


def rule(placed: Frame, value: float, text: str) -> Rule:
    """Return a level line."""
    return Rule(placed.at(0.0, value)[1], text)


def _unbroken(stretches: Sequence[Stretch], width: float) -> list[list[Stretch]]:
    """Return stretches in groups that follow on one another without a gap."""
    numbered = enumerate(sorted(stretches, key=lambda each: each.begin))
    # Of stretches without a gap, each begins one width after the one before.
    groups = groupby(numbered, key=lambda each: round(each[1].begin / (width or 1.0)) - each[0])
    return [[stretch for _, stretch in group] for _, group in groups]


def _middle(span: Span, stretch: Stretch) -> float:
    return min(max(stretch.begin + span.width / 2, span.scale.least), span.scale.most)


def _extent(placed: Frame, span: Span, begin: float, *, whole: bool = False) -> tuple[float, float]:
    """Return the left edge and the width of a stretch, with a sliver between two unless they are to touch."""
    left, right = (placed.across.share(edge) for edge in (begin, begin + span.width))
    gap = 0.0 if whole else (right - left) * 0.12
    return percent(left + gap / 2), percent(max(right - left - gap, 0.0))
