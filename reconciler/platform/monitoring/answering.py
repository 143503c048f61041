"""Which computation answers which service, and when an aggregate is answered at once, from memory, or by a job."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from reconciler.platform.monitoring import drifting, reviewed, rolled_up, single
from reconciler.platform.shapes.statistics_queries import AggregateService, PredictionService
from reconciler.platform.store import aggregates, readings
from reconciler.platform.store.scopes import Scope
from reconciler.platform.store.tables.base import Json, now
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.monitoring import Aggregate
from reconciler.platform.store.unit import Unit

Computation = Callable[[Unit, Deployment, Scope], BaseModel]

_SINGLE: Mapping[PredictionService, Computation] = {
    PredictionService.OUTLIERS: single.outlier_scores,
    PredictionService.METRICS: single.predictions_metrics,
    PredictionService.DETECTION: reviewed.detections,
    PredictionService.CLASSIFICATION: reviewed.classifications,
    PredictionService.LABELS: reviewed.label_counts,
}
_TOGETHER: Mapping[AggregateService, Computation] = {
    AggregateService.LABELS: rolled_up.label_distribution,
    AggregateService.METRICS: rolled_up.predictions_aggregate,
    AggregateService.DETECTION: reviewed.detection_stats,
    AggregateService.DRIFT: drifting.drift_stats,
}
# Services that roll-ups answer, up to date, while somebody waits.
_ROLLED_UP = (AggregateService.LABELS, AggregateService.METRICS)


@dataclass(frozen=True)
class Answer:
    """An answer: data, or None where there are none yet; and what is wrong with them, None where nothing is."""

    data: Json | None
    info: str | None = None


def tell(unit: Unit, deployment: Deployment, service: PredictionService, scope: Scope) -> Answer:
    """Answer about single predictions."""
    return Answer(single_of(unit, deployment, service, scope).model_dump(mode="json"))


def single_of(unit: Unit, deployment: Deployment, service: PredictionService, scope: Scope) -> BaseModel:
    """Return the answer about single predictions as values."""
    return _SINGLE[service](unit, deployment, scope.at(now().timestamp()))


def tell_together(unit: Unit, deployment: Deployment, service: AggregateService, scope: Scope) -> Answer:
    """Answer about predictions together: from roll-ups, or what was computed last and what to think of it."""
    moment = scope.at(now().timestamp())
    if service in _ROLLED_UP and readings.is_quick(unit, deployment.id, moment):
        return Answer(compute(unit, deployment, service, moment))
    known = aggregates.find(unit, deployment.id, service, scope)
    if known is None or known.data is None:
        return Answer(None, _missing(known))
    if known.fingerprint == aggregates.fingerprint(unit, deployment.id, scope):
        return Answer(known.data)
    return Answer(known.data, _stale(known))


def compute(unit: Unit, deployment: Deployment, service: AggregateService, scope: Scope) -> Json:
    """Return an aggregate, as it is answered, computed from the data as they are."""
    data: Json = _TOGETHER[service](unit, deployment, scope.at(now().timestamp())).model_dump(mode="json")
    return data


_NEXT = "It is being computed now: ask again, or request stats/compute and wait for its job."


def _missing(known: Aggregate | None) -> str:
    if known is not None and known.error is not None:
        return f"The last computation failed: {known.error} {_NEXT}"
    return f"This aggregate was never computed. {_NEXT}"


def _stale(known: Aggregate) -> str:
    computed = known.computed_at.isoformat(timespec="seconds") if known.computed_at else "some time ago"
    failed = f" The last attempt failed: {known.error}" if known.error else ""
    return f"Computed at {computed}; predictions, reviews or training data have changed since.{failed} {_NEXT}"
