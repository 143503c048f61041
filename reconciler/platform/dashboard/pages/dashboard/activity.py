"""Latency and predictions over time, champion and shadow, with the newest predictions as points that lead to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from reconciler.platform.dashboard.charts import over_time
from reconciler.platform.dashboard.charts.over_time import Course, Point, Span, Stretch
from reconciler.platform.dashboard.charts.telling import duration
from reconciler.platform.dashboard.charts.values import Cell, Chart, Series, Table
from reconciler.platform.dashboard.pages.dashboard.view import View
from reconciler.platform.dashboard.words import count, plural, seconds, span
from reconciler.platform.shapes.statistics import PredictionsAggregate
from reconciler.platform.shapes.statistics_queries import AggregateService
from reconciler.platform.store import timelines
from reconciler.platform.store.words import ModelRole

_MOST_DOTS: Final = 120
SERIES: Final[Mapping[ModelRole, Series]] = {ModelRole.CHAMPION: "champion", ModelRole.SHADOW: "shadow"}


@dataclass(frozen=True)
class Figure:
    """Predictions of one role in one stretch: mean latency in seconds, and its bounds where they are known."""

    begin: float
    predictions: int
    latency: float
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Past:
    """What happened over a span, by role."""

    span: Span
    figures: Mapping[ModelRole, Sequence[Figure]]


@dataclass(frozen=True)
class Activity:
    """Both charts; None where nothing was predicted. `is_pending`: the figures are being computed."""

    latency: Chart | None
    predictions: Chart | None
    is_pending: bool = False


def activity(view: View) -> Activity:
    """Draw what happened within the filters."""
    past, is_pending = _past(view)
    if past is None or not any(past.figures.values()):
        return Activity(None, None, is_pending)
    dots = timelines.dots(view.unit, view.deployment.id, view.moment, most=_MOST_DOTS)
    points = [_point(view, dot) for dot in dots if past.span.begin <= dot.timestamp <= past.span.end]
    return Activity(_latency(past, points), _predictions(past), is_pending)


def _past(view: View) -> tuple[Past | None, bool]:
    found = view.timeline
    if found is not None:
        figures = {
            line.role: [Figure(b.begin, b.predictions, b.latency, b.least, b.most) for b in line.buckets]
            for line in found.lines
        }
        return Past(Span(found.begin, found.end, found.width), figures), False
    known = view.together(AggregateService.METRICS, PredictionsAggregate)
    return (None if known.data is None else _computed(known.data)), known.is_pending


def _computed(data: PredictionsAggregate) -> Past | None:
    """Return the series of an aggregate, which a job summed up."""
    if not data.series:
        return None
    figures = {
        role: [Figure(p.timestamp, p.predictions, p.latency) for p in data.series if p.role is role]
        for role in ModelRole
    }
    begins = [each.timestamp for each in data.series]
    return Past(Span(min(begins), max(begins) + data.stretch, data.stretch), figures)


def _point(view: View, dot: timelines.Dot) -> Point:
    answered = f"{dot.role.capitalize()} {view.named(dot.model_version_id)}: {seconds(dot.latency)}"
    told = f"{_when(dot.timestamp)}\n{answered}"
    link = view.here(f"predictions/{dot.predicted_asset_id}")
    return Point(dot.timestamp, dot.latency, SERIES[dot.role], told, link)


def _latency(past: Past, points: Sequence[Point]) -> Chart:
    courses = _courses(past, lambda figure: figure.latency)
    values = [each.value for course in courses for each in course.stretches] + [each.value for each in points]
    placed = over_time.frame(past.span, values, title="Latency", telling=duration)
    lines, lone = over_time.strokes(placed, past.span, courses)
    told = _told(past)
    return Chart(
        name="latency",
        title="Latency over time",
        summary=_latency_summary(past),
        height=over_time.HEIGHT,
        across=placed.x_axis,
        up=placed.y_axis,
        table=_table(past),
        legend=over_time.legend(courses),
        strokes=lines,
        dots=[*lone, *over_time.dots(placed, points)],
        hits=over_time.hits(placed, past.span, list(told), told.__getitem__),
    )


def _predictions(past: Past) -> Chart:
    courses = _courses(past, lambda figure: float(figure.predictions))
    values = [each.value for course in courses for each in course.stretches]
    placed = over_time.frame(past.span, [0.0, *values], title="Predictions", telling=count)
    # Both answer the same images: bars on one another would count those twice.
    lines, lone = over_time.strokes(placed, past.span, courses[1:])
    told = _told(past)
    return Chart(
        name="predictions",
        title=f"Predictions per {_stretch(past)}",
        summary=_predictions_summary(past),
        height=over_time.HEIGHT,
        across=placed.x_axis,
        up=placed.y_axis,
        table=Table([], []),
        legend=over_time.legend(courses),
        strokes=lines,
        bars=over_time.columns(placed, past.span, courses[0]),
        dots=lone,
        hits=over_time.hits(placed, past.span, list(told), told.__getitem__),
    )


def _courses(past: Past, value: Callable[[Figure], float]) -> list[Course]:
    return [
        Course(SERIES[role], role.capitalize(), [Stretch(each.begin, value(each)) for each in figures])
        for role, figures in past.figures.items()
        if figures
    ]


def _told(past: Past) -> dict[float, str]:
    """Return what is told of each stretch in which anything happened."""
    lines: dict[float, list[str]] = {}
    for role, figures in past.figures.items():
        for each in figures:
            held = lines.setdefault(each.begin, [_when(each.begin)])
            bounds = f" ({seconds(each.least)} to {seconds(each.most)})" if each.least is not None else ""
            happened = f"{plural(each.predictions, 'prediction')}, {seconds(each.latency)}{bounds}"
            held.append(f"{role.capitalize()}: {happened}")
    return {begin: "\n".join(held) for begin, held in sorted(lines.items())}


def _table(past: Past) -> Table:
    roles = [role for role, figures in past.figures.items() if figures]
    head = ["From (UTC)"]
    by_begin: dict[float, dict[ModelRole, Figure]] = {}
    for role in roles:
        head += [f"{role.capitalize()}: predictions", f"{role.capitalize()}: mean latency"]
        for each in past.figures[role]:
            by_begin.setdefault(each.begin, {})[role] = each
    rows = []
    for begin, held in sorted(by_begin.items()):
        cells = [cell for role in roles for cell in _cells(held.get(role))]
        rows.append([Cell(_when(begin), begin), *cells])
    return Table(head, rows)


def _cells(figure: Figure | None) -> tuple[Cell, Cell]:
    if figure is None:
        return Cell("0", 0), Cell("\u2013")
    return Cell(count(figure.predictions), figure.predictions), Cell(seconds(figure.latency), figure.latency)


def _latency_summary(past: Past) -> str:
    parts = []
    for role, figures in past.figures.items():
        if figures:
            least, most = min(each.latency for each in figures), max(each.latency for each in figures)
            parts.append(f"{role.capitalize()}: {seconds(least)} to {seconds(most)} on average per {_stretch(past)}")
    return f"{'; '.join(parts)}."


def _predictions_summary(past: Past) -> str:
    parts = [
        f"{role.capitalize()}: {plural(sum(each.predictions for each in figures), 'prediction')}"
        for role, figures in past.figures.items()
    ]
    return f"{'; '.join(parts)}."


def _stretch(past: Past) -> str:
    told = span(past.span.width)
    return told.removeprefix("1 ")


def _when(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")
