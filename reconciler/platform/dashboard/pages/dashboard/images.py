"""What the images and the shapes on them are like: sizes, confidence, and where shapes lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reconciler.platform.dashboard.charts.bar_lists import BarList, bar_list
from reconciler.platform.dashboard.charts.grids import Grid, grid
from reconciler.platform.dashboard.charts.histograms import Counted, Told, histogram
from reconciler.platform.dashboard.charts.telling import duration
from reconciler.platform.dashboard.charts.values import Cell, Chart, Key
from reconciler.platform.dashboard.pages.dashboard.activity import SERIES
from reconciler.platform.dashboard.pages.dashboard.view import View
from reconciler.platform.shapes.statistics import Histogram, Latency, ModelMetrics, PredictionsAggregate
from reconciler.platform.shapes.statistics_queries import AggregateService
from reconciler.platform.store.words import ModelRole


@dataclass(frozen=True)
class Quantiles:
    """How long one role took, in seconds."""

    role: str
    latency: Latency


@dataclass(frozen=True)
class Images:
    """Everything that is summed up by counters; None, or nothing, before there are predictions.

    Attributes:
        charts: histograms of latency, confidence and sizes.
        ratios: images by their shape.
        heat: where the champion's shapes lie; None where predictions have no place.
    """

    count: int
    quantiles: Sequence[Quantiles] = ()
    charts: Sequence[Chart] = ()
    ratios: BarList | None = None
    heat: Grid | None = None
    objects: float | None = None
    computed: datetime | None = None
    is_pending: bool = False


def images(view: View) -> Images:
    """Sum up what the filters select."""
    known = view.together(AggregateService.METRICS, PredictionsAggregate)
    data = known.data
    if data is None or (data.champion is None and data.shadow is None):
        return Images(0, computed=known.computed, is_pending=known.is_pending)
    roles = [each for each in (data.champion, data.shadow) if each is not None]
    return Images(
        count=data.count,
        quantiles=[Quantiles(each.role.capitalize(), each.latency) for each in roles],
        charts=_charts(data, roles),
        ratios=_ratios(data) if sum(each.count for each in data.images.ratio) else None,
        heat=_heat(roles),
        objects=data.champion.objects_per_image if data.champion else None,
        computed=known.computed,
        is_pending=known.is_pending,
    )


def _charts(data: PredictionsAggregate, roles: Sequence[ModelMetrics]) -> list[Chart]:
    latencies = Told("latencies", "Latency", "Latency", "Predictions", duration)
    scores = Told("scores", "Confidence", "Confidence score", "Shapes")
    areas = Told("object-areas", "Object sizes", "Area of a shape (pixels²)", "Shapes")
    found = [
        _of_roles(latencies, [(each.role, each.latency.histogram) for each in roles]),
        _of_roles(scores, [(each.role, each.scores) for each in roles]),
        _of_roles(areas, [(each.role, each.object_areas) for each in roles]),
        _of_images(Told("widths", "Image width", "Width (pixels)", "Images"), data.images.width),
        _of_images(Told("heights", "Image height", "Height (pixels)", "Images"), data.images.height),
        _of_images(Told("image-areas", "Image area", "Area (pixels²)", "Images"), data.images.area),
    ]
    return [each for each in found if each.bars]


def _of_roles(told: Told, found: Sequence[tuple[ModelRole, Histogram]]) -> Chart:
    series = [Counted(SERIES[role], role.capitalize(), each.counts) for role, each in found]
    return histogram(told, found[0][1].edges, series)


def _of_images(told: Told, found: Histogram) -> Chart:
    return histogram(told, found.edges, [Counted("plain", "Images", found.counts)])


def _ratios(data: PredictionsAggregate) -> BarList:
    rows = [
        (f"{each.name} ({_bounds(each.least, each.below)})", [Cell(f"{each.count:,}", each.count)])
        for each in data.images.ratio
    ]
    return bar_list(("ratios", "Image shapes (width over height)", "Shape"), [Key("plain", "Images")], rows)


def _bounds(least: float | None, below: float | None) -> str:
    if least is None:
        return f"below {below:g}"
    return f"{least:g} and more" if below is None else f"{least:g} to {below:g}"


def _heat(roles: Sequence[ModelMetrics]) -> Grid | None:
    found = next((each for each in roles if each.heat_map is not None and each.objects), None)
    if found is None or found.heat_map is None:
        return None
    return grid("heat-map", f"Where shapes lie ({found.role.lower()})", found.heat_map.counts)
