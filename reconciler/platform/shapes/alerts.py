"""Alerts (wire protocol 6.3)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from reconciler.platform.shapes.base import Shape, StrictRequest
from reconciler.platform.store.alerts import Rule
from reconciler.platform.store.words import AlertMetric, AlertOperator, AlertState

Value = Annotated[
    float,
    Field(
        ge=0,
        le=1e12,
        allow_inf_nan=False,
        description="Milliseconds for latencies, 0..1 for stats.ap_50_95 and distribution, 0 or 1 for verdicts.",
    ),
]


class AlertShape(Shape):
    """A rule on one metric, and what it came to."""

    id: UUID
    metric: AlertMetric
    operator: AlertOperator
    value: float
    active: bool
    state: AlertState
    since: datetime = Field(description="When the state was found to be so first.")


class NewAlert(StrictRequest):
    """An alert to set."""

    metric: AlertMetric
    operator: AlertOperator
    value: Value
    active: bool = Field(default=True, strict=True)

    def rule(self) -> Rule:
        """Return it as the store takes it."""
        return Rule(self.metric, self.operator, self.value)


class AlertUpdate(StrictRequest):
    """What to change of an alert; what is null or left out stays as it is."""

    metric: AlertMetric | None = None
    operator: AlertOperator | None = None
    value: Value | None = None
    active: bool | None = Field(default=None, strict=True)

    def given(self) -> dict[str, object]:
        """Return the columns to change."""
        return self.model_dump(exclude_none=True)
