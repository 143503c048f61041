"""What alerts watch, measured when somebody looks at them; what takes long is asked for, and there at a later look."""

from collections.abc import Callable, Mapping
from typing import Final

from reconciler.platform.monitoring import answering, rolled_up, single
from reconciler.platform.shapes.statistics_queries import AggregateService
from reconciler.platform.store import aggregates, alerts, observed
from reconciler.platform.store.scopes import Scope
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import AlertMetric

_EVERYTHING: Final = Scope()


def look(unit: Unit, deployment: Deployment) -> None:
    """Judge every alert of a deployment that is on by what is so now."""
    known: dict[AlertMetric, float | None] = {}
    for alert in alerts.of_deployment(unit, deployment):
        if alert.active:
            if alert.metric not in known:
                known[alert.metric] = _MEASURES[alert.metric](unit, deployment)
            alerts.judge(alert, known[alert.metric])


def _mean_latency(unit: Unit, deployment: Deployment) -> float | None:
    champion = rolled_up.predictions_aggregate(unit, deployment, _EVERYTHING).champion
    return None if champion is None or champion.predictions == 0 else champion.latency.mean * 1000


def _is_outlier(unit: Unit, deployment: Deployment) -> float | None:
    """Whether the newest image is strange to the training data."""
    newest = observed.newest_images(unit, deployment.id, _EVERYTHING)[:1]
    if not newest:
        return None
    scores = single.outlier_scores(unit, deployment, Scope(includes=(newest[0].id,)))
    verdict = scores.items[0].is_outlier if scores.items else None
    return None if verdict is None else float(verdict)


def _is_drift(unit: Unit, deployment: Deployment) -> float | None:
    verdict = _computed(unit, deployment, AggregateService.DRIFT).get("drifting")
    return float(verdict) if isinstance(verdict, bool) else None


def _average_precision(unit: Unit, deployment: Deployment) -> float | None:
    figures = _computed(unit, deployment, AggregateService.DETECTION).get("champion")
    share = figures.get("ap_50_95") if isinstance(figures, dict) else None
    return share if isinstance(share, float) else None


def _distribution(unit: Unit, deployment: Deployment) -> float | None:
    """Return the share of the class that is predicted most often."""
    counts = [each.count for each in rolled_up.label_distribution(unit, deployment, _EVERYTHING).labels]
    return max(counts) / sum(counts) if sum(counts) else None


def _computed(unit: Unit, deployment: Deployment, service: AggregateService) -> Json:
    """Return an aggregate as it was computed last, and let a newer one be computed where things have changed."""
    answer = answering.tell_together(unit, deployment, service, _EVERYTHING)
    if answer.info is not None:
        aggregates.request(unit, deployment, service, _EVERYTHING)
    return answer.data or {}


_MEASURES: Final[Mapping[AlertMetric, Callable[[Unit, Deployment], float | None]]] = {
    AlertMetric.LATENCY: alerts.newest_latency,
    AlertMetric.MEAN_LATENCY: _mean_latency,
    AlertMetric.OUTLIER: _is_outlier,
    AlertMetric.DRIFT: _is_drift,
    AlertMetric.AVERAGE_PRECISION: _average_precision,
    AlertMetric.DISTRIBUTION: _distribution,
}
