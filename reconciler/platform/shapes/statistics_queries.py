"""The queries of `get_stats` (wire protocol 3.3): which service, and about which predictions."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from reconciler.platform.shapes.base import Name, Request
from reconciler.platform.store.scopes import Scope

# Some three thousand years around 1970: every moment that has an hour.
Moment = Annotated[float, Field(ge=-1e11, le=1e11, allow_inf_nan=False, description="Unix seconds, itself included.")]
Chosen = Annotated[tuple[UUID, ...], Field(max_length=1000, description="Prediction ids, or predicted asset ids.")]


class PredictionService(StrEnum):
    """What is told of single predictions."""

    OUTLIERS = "ae_outlier"
    METRICS = "metrics"
    DETECTION = "object_detection"
    CLASSIFICATION = "classification"
    LABELS = "label_distribution"


class AggregateService(StrEnum):
    """What is told of predictions together."""

    LABELS = "label_distribution"
    DETECTION = "object_detection"
    METRICS = "metrics"
    DRIFT = "ks_drift"


class Filters(Request):
    """Which predictions an answer is about; all filters hold together."""

    model_id: UUID | None = Field(default=None, description="The model version that predicted.")
    from_timestamp: Moment | None = None
    to_timestamp: Moment | None = None
    since: int | None = Field(default=None, ge=0, le=10**10, description="Seconds back from now.")
    includes: Chosen = ()
    excludes: Chosen = ()
    tags: Annotated[tuple[Name, ...], Field(max_length=100, description="Images that carry one of these.")] = ()

    @property
    def scope(self) -> Scope:
        """The filters as the store takes them."""
        return Scope(
            model_id=self.model_id,
            from_timestamp=self.from_timestamp,
            to_timestamp=self.to_timestamp,
            since=self.since,
            includes=self.includes,
            excludes=self.excludes,
            tags=self.tags,
        )


class PredictionsQuery(Filters):
    """The query of `get_stats` about single predictions."""

    service: PredictionService


class AggregatesQuery(Filters):
    """The query of `get_stats` about predictions together."""

    service: AggregateService
