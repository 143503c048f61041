"""Aggregates that roll-ups answer: counts, latencies, sizes, labels, the heat map."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from reconciler.platform.monitoring import totals
from reconciler.platform.monitoring.reviewed import Names, names_of
from reconciler.platform.monitoring.totals import Key, Totals
from reconciler.platform.shapes.statistics import (
    HeatMap,
    Histogram,
    ImageSizes,
    LabelCount,
    LabelDistribution,
    Latency,
    ModelLabels,
    ModelMetrics,
    Point,
    PredictionsAggregate,
    RatioBin,
)
from reconciler.platform.store import readings, tally
from reconciler.platform.store.rollups import HOUR
from reconciler.platform.store.scopes import Scope
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tally import Axis
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import InferenceType, ModelRole

RATIOS = ("very tall", "tall", "square", "wide", "very wide", "extremely wide")
_DAY = 24
# Up to two weeks are told hour by hour, longer spans day by day.
_MOST_HOURS = 14 * _DAY


def label_distribution(unit: Unit, deployment: Deployment, scope: Scope) -> LabelDistribution:
    """Count the predicted classes."""
    found = totals.counted(readings.count(unit, deployment.id, scope))
    names = names_of(deployment)
    whole = _headline(found, scope) or Totals()
    return LabelDistribution(
        predictions=whole.predictions,
        objects=whole.objects,
        labels=_label_counts(whole, names),
        models=[
            ModelLabels(
                role=role,
                model_version_id=version_id,
                predictions=each.predictions,
                objects=each.objects,
                labels=_label_counts(each, names),
            )
            for (role, version_id), each in found.items()
        ],
    )


def predictions_aggregate(unit: Unit, deployment: Deployment, scope: Scope) -> PredictionsAggregate:
    """Sum up what the models did and what the images are like."""
    found = totals.fold(readings.read(unit, deployment.id, scope))
    champion, shadow = (totals.of_role(found, role) for role in (ModelRole.CHAMPION, ModelRole.SHADOW))
    headline = _headline(found, scope)
    stretch, series = _series(found)
    has_places = deployment.type is not InferenceType.CLASSIFICATION
    return PredictionsAggregate(
        count=headline.predictions if headline else 0,
        champion=_metrics(champion, ModelRole.CHAMPION, None, has_places=has_places) if champion else None,
        shadow=_metrics(shadow, ModelRole.SHADOW, None, has_places=has_places) if shadow else None,
        models=[_metrics(each, role, version_id, has_places=has_places) for (role, version_id), each in found.items()],
        images=_image_sizes(champion or Totals()),
        stretch=stretch * HOUR,
        series=series,
    )


def _headline(found: Mapping[Key, Totals], scope: Scope) -> Totals | None:
    """Return what stands for the images: the champions' answers, or those of the one model version asked for."""
    if scope.model_id is None:
        return totals.of_role(found, ModelRole.CHAMPION)
    whole = Totals()
    for each in found.values():
        whole.merge(each)
    return whole


def _metrics(found: Totals, role: ModelRole, version_id: UUID | None, *, has_places: bool) -> ModelMetrics:
    return ModelMetrics(
        role=role,
        model_version_id=version_id,
        predictions=found.predictions,
        objects=found.objects,
        objects_per_image=found.objects / found.predictions if found.predictions else 0.0,
        latency=_latency(found),
        scores=_histogram(found, tally.SCORE, "1"),
        object_areas=_histogram(found, tally.OBJECT_AREA, "pixels²"),
        heat_map=_heat_map(found) if has_places else None,
    )


def _latency(found: Totals) -> Latency:
    return Latency(
        mean=found.latency_mean,
        least=found.latency_least,
        most=found.latency_most,
        p50=found.latency_at(0.5),
        p95=found.latency_at(0.95),
        p99=found.latency_at(0.99),
        histogram=_histogram(found, tally.LATENCY, "seconds"),
    )


def _histogram(found: Totals, axis: Axis, unit: str) -> Histogram:
    return Histogram(unit=unit, edges=list(axis.edges), counts=found.counts(axis))


def _heat_map(found: Totals) -> HeatMap:
    return HeatMap(rows=tally.CELLS, columns=tally.CELLS, counts=found.heat().tolist())


def _image_sizes(found: Totals) -> ImageSizes:
    bounds = (None, *tally.RATIO.edges, None)
    return ImageSizes(
        width=_histogram(found, tally.WIDTH, "pixels"),
        height=_histogram(found, tally.HEIGHT, "pixels"),
        area=_histogram(found, tally.AREA, "pixels²"),
        ratio=[
            RatioBin(name=name, least=bounds[index], below=bounds[index + 1], count=count)
            for index, (name, count) in enumerate(zip(RATIOS, found.counts(tally.RATIO), strict=True))
        ],
    )


def _label_counts(found: Totals, names: Names) -> list[LabelCount]:
    numbered = sorted((int(label), count) for label, count in found.labels.items())
    return [LabelCount(label=names.get(number, str(number)), count=count) for number, count in numbered]


def _series(found: Mapping[Key, Totals]) -> tuple[int, list[Point]]:
    """Return how many hours a point stands for, and the points."""
    hours = [hour for each in found.values() for hour in each.hours]
    stretch = 1 if not hours or max(hours) - min(hours) < _MOST_HOURS else _DAY
    sums: dict[tuple[int, ModelRole], list[int]] = defaultdict(lambda: [0, 0])
    for (role, _), each in found.items():
        for hour, (predictions, nanoseconds) in each.hours.items():
            held = sums[hour // stretch, role]
            held[0] += predictions
            held[1] += nanoseconds
    return stretch, [
        Point(
            timestamp=float(begin * stretch * HOUR),
            role=role,
            predictions=predictions,
            latency=nanoseconds / tally.NANOSECONDS / predictions,
        )
        for (begin, role), (predictions, nanoseconds) in sorted(sums.items())
    ]
