"""Alerts of a deployment: rules on one metric each, and what they came to when they were last looked at."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.base import after
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.pipelines import Alert
from reconciler.platform.store.tables.predictions import PredictedAsset, Prediction
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import AlertMetric, AlertOperator, AlertState, ModelRole

# They are either so or not: 1 and 0, compared with "=".
VERDICTS: Final = frozenset({AlertMetric.OUTLIER, AlertMetric.DRIFT})
_SHARES: Final = frozenset({AlertMetric.AVERAGE_PRECISION, AlertMetric.DISTRIBUTION})
_COMPARE: Final[Mapping[AlertOperator, Callable[[float, float], bool]]] = {
    AlertOperator.LESS: operator.lt,
    AlertOperator.AT_MOST: operator.le,
    AlertOperator.EQUAL: operator.eq,
    AlertOperator.AT_LEAST: operator.ge,
    AlertOperator.MORE: operator.gt,
}


@dataclass(frozen=True)
class Rule:
    """When an alert is triggered: the metric, how it is compared, and with what.

    Latencies are in milliseconds; average precision and the share of the most frequent class are from 0 to 1; a verdict
    is 1 (so) or 0 (not so).
    """

    metric: AlertMetric
    operator: AlertOperator
    value: float

    def check(self) -> None:
        """Raise Invalid for a rule that could never be meant."""
        if self.metric in VERDICTS and (self.operator is not AlertOperator.EQUAL or self.value not in {0, 1}):
            raise Invalid(f"The metric {self.metric} is compared with '=', and with 1 (true) or 0 (false).")
        if self.value < 0 or (self.metric in _SHARES and self.value > 1):
            most = "1" if self.metric in _SHARES else "any milliseconds"
            raise Invalid(f"The metric {self.metric} is compared with a value from 0 to {most}.")


def create(unit: Unit, deployment: Deployment, rule: Rule, *, active: bool) -> Alert:
    """Set an alert; Invalid for a rule that could never be meant."""
    rule.check()
    return unit.add(
        Alert(organization_id=deployment.organization_id, deployment_id=deployment.id, active=active, **vars(rule))
    )


def of_deployment(unit: Unit, deployment: Deployment) -> Sequence[Alert]:
    """Return a deployment's alerts, oldest first."""
    rows = select(Alert).where(Alert.deployment_id == deployment.id).order_by(Alert.id)
    return unit.session.scalars(rows).all()


def update(alert: Alert, changes: Mapping[str, object]) -> None:
    """Change what is given; an alert with another rule knows nothing yet, and neither does one that is switched off."""
    former = Rule(alert.metric, alert.operator, alert.value)
    for column, value in changes.items():
        setattr(alert, column, value)
    rule = Rule(alert.metric, alert.operator, alert.value)
    rule.check()
    if rule != former or not alert.active:
        _move(alert, AlertState.UNKNOWN)


def judge(alert: Alert, value: float | None) -> None:
    """Say what a measured value, or none, makes of an alert that is on."""
    if value is None:
        _move(alert, AlertState.UNKNOWN)
    elif _COMPARE[alert.operator](value, alert.value):
        _move(alert, AlertState.TRIGGERED)
    else:
        _move(alert, AlertState.QUIET)


def newest_latency(unit: Unit, deployment: Deployment) -> float | None:
    """Return how many milliseconds the champion's newest answer took, or None before the first."""
    rows = (
        select(Prediction.latency)
        .join(PredictedAsset, PredictedAsset.id == Prediction.predicted_asset_id)
        .where(PredictedAsset.deployment_id == deployment.id, Prediction.role == ModelRole.CHAMPION)
        .order_by(PredictedAsset.timestamp.desc(), Prediction.id.desc())
    )
    latency = unit.session.scalar(rows.limit(1))
    return None if latency is None else latency * 1000


def _move(alert: Alert, state: AlertState) -> None:
    if alert.state is not state:
        alert.state, alert.since = state, after(alert.since)
