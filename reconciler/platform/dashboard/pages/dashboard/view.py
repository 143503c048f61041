"""One look at a deployment's statistics: what is asked, of which predictions, and what must be computed for later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel

from reconciler.platform.dashboard.pages.dashboard.filters import Filters, filters_of
from reconciler.platform.dashboard.visit import Visit
from reconciler.platform.shapes.statistics_queries import AggregateService, PredictionService
from reconciler.platform.store import aggregates, overviews, timelines
from reconciler.platform.store.overviews import VersionName
from reconciler.platform.store.scopes import Scope
from reconciler.platform.store.tables.base import now
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.timelines import Timeline
from reconciler.platform.store.unit import Unit

if TYPE_CHECKING:
    from reconciler.platform.monitoring.single import Newest

T = TypeVar("T", bound=BaseModel)

# Where predictions keep coming, an aggregate is out of date as soon as it is there: younger ones are left as they are.
YOUNG: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Known(Generic[T]):
    """What is known of an aggregate.

    Attributes:
        data: the last known figures; None before there are any.
        computed: when they were computed; None for those that are as of now.
        error: why the last attempt failed.
        is_pending: whether a newer computation was asked for.
    """

    data: T | None
    computed: datetime | None = None
    error: str | None = None
    is_pending: bool = False


@dataclass(frozen=True)
class View:
    """One look; `moment` is the scope with its end resolved, `wanted` collects the aggregates to be computed."""

    unit: Unit
    deployment: Deployment
    filters: Filters
    address: str
    versions: Mapping[UUID, VersionName]
    at: datetime
    wanted: set[AggregateService] = field(default_factory=set)
    _told: dict[AggregateService, object] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """The filters as statistics take them."""
        return self.filters.scope

    @property
    def moment(self) -> Scope:
        """The scope with what counts back from now resolved."""
        return self.scope.at(self.at.timestamp())

    @cached_property
    def timeline(self) -> Timeline | None:
        """What happened over time, None where summing it up is left to a job; cards and charts tell of the same."""
        return timelines.timeline(self.unit, self.deployment.id, self.moment)

    def here(self, path: str = "") -> str:
        """Return the address of a page of this deployment."""
        return f"{self.address}/{path}" if path else self.address

    def named(self, version_id: UUID) -> str:
        """Return what a model version is called."""
        found = self.versions.get(version_id)
        return str(found) if found is not None else "a version that is gone"

    def single(self, service: PredictionService, shape: type[T]) -> T:
        """Return what `get_stats` tells of single predictions."""
        # The numeric libraries behind it take longer to load than most pages to answer.
        from reconciler.platform.monitoring import answering

        return shape.model_validate(answering.single_of(self.unit, self.deployment, service, self.scope))

    def newest_outliers(self, most: int) -> "Newest":
        """Return what `get_stats` tells of at most so many of the newest images, without their count."""
        from reconciler.platform.monitoring import single

        return single.newest_outliers(self.unit, self.deployment, self.moment, most=most)

    def together(self, service: AggregateService, shape: type[T]) -> Known[T]:
        """Return what `get_stats` tells of predictions together, and have it computed where it is out of date."""
        if service in self._told:
            return cast("Known[T]", self._told[service])
        known = self._known(service, shape)
        self._told[service] = known
        return known

    def _known(self, service: AggregateService, shape: type[T]) -> Known[T]:
        from reconciler.platform.monitoring import answering

        answer = answering.tell_together(self.unit, self.deployment, service, self.scope)
        data = None if answer.data is None else shape.model_validate(answer.data)
        if answer.info is None:
            return Known(data)
        row = aggregates.find(self.unit, self.deployment.id, service, self.scope)
        computed, error = (row.computed_at, row.error) if row is not None else (None, None)
        is_pending = data is None or computed is None or self.at - computed > YOUNG
        if is_pending:
            self.wanted.add(service)
        return Known(data, computed, error, is_pending)


def view_of(visit: Visit, unit: Unit) -> View:
    """Begin a look at the deployment that a path names, narrowed as its query says."""
    deployment = visit.deployment(unit)
    versions = overviews.versions_of(unit, deployment)
    filters = filters_of(visit.request.query_params, versions)
    named = {each.id: each for each in versions}
    return View(unit, deployment, filters, f"/deployments/{deployment.id}", named, now())


def ask(visit: Visit, view: View) -> None:
    """Ask for the aggregates that were missing or out of date, as reading them with `get_stats` does."""
    if not view.wanted:
        return
    with visit.write() as unit:
        deployment = visit.deployment(unit)
        for service in sorted(view.wanted):
            aggregates.request(unit, deployment, service, view.scope)
