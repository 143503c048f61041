"""Reading roll-ups: whole hours from the sums, the hours that a span cuts through from single predictions."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID

from sqlalchemy import func, select

from reconciler.platform.store import tally
from reconciler.platform.store.rollups import HOUR, hour_of
from reconciler.platform.store.scopes import Scope, Where, is_common, predictions_within
from reconciler.platform.store.tables.monitoring import HourlyRollup, MeasuredPrediction
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ModelRole

# The most single predictions that are read while somebody waits; more are summed by a job.
MOST_AT_ONCE = 10_000


@dataclass(frozen=True)
class Reading:
    """A sum over predictions of one model version, in one role, within one hour.

    `counters` are packed counters (see `store.tally`), or packed slots where `is_single` says so.
    """

    model_version_id: UUID
    role: ModelRole
    hour: int
    predictions: int
    objects: int
    latency_sum: int
    latency_least: float
    latency_most: float
    counters: bytes
    is_single: bool = False


def is_quick(unit: Unit, deployment_id: UUID, scope: Scope) -> bool:
    """Whether few enough single predictions must be read to sum them while somebody waits."""
    limit = MOST_AT_ONCE + 1
    if scope.tags and is_common(unit, deployment_id, scope.tags):
        # Asking each image of a span for its tags takes as long as summing the span up.
        scope = replace(scope, tags=(), includes=(), excludes=())
        return _is_few(unit, deployment_id, [scope], limit)
    return _is_few(unit, deployment_id, singly(scope), limit)


def _is_few(unit: Unit, deployment_id: UUID, parts: Sequence[Scope], limit: int) -> bool:
    for part in parts:
        wanted = predictions_within(unit, deployment_id, part)
        rows = select(MeasuredPrediction.prediction_id).where(*wanted).limit(limit).subquery()
        limit -= unit.session.scalar(select(func.count()).select_from(rows)) or 0
        if limit <= 0:
            return False
    return True


def read(unit: Unit, deployment_id: UUID, scope: Scope) -> Iterator[Reading]:
    """Yield readings that together hold each prediction of the scope once; `since` must have been resolved."""
    yield from _rolled_up(unit, deployment_id, scope)
    for part in singly(scope):
        yield from _single(unit, deployment_id, part)


@dataclass(frozen=True)
class Counted:
    """How many predictions of one model version, in one role, within one hour there were, and of which classes."""

    model_version_id: UUID
    role: ModelRole
    hour: int
    predictions: int
    objects: int
    labels: Mapping[str, int]


def count(unit: Unit, deployment_id: UUID, scope: Scope) -> Iterator[Counted]:
    """Yield the labels of each prediction of a scope once; `since` must have been resolved."""
    wanted = whole(deployment_id, scope)
    if wanted is not None:
        yield from _counted(unit, wanted)
    table = MeasuredPrediction
    columns = (table.model_version_id, table.role, table.timestamp, table.objects, table.labels)
    for part in singly(scope):
        rows = select(*columns).where(*predictions_within(unit, deployment_id, part))
        for version_id, role, timestamp, objects, labels in unit.session.execute(rows):
            yield Counted(version_id, role, hour_of(timestamp), 1, objects, cast("Mapping[str, int]", labels))


def _counted(unit: Unit, wanted: Where) -> Iterator[Counted]:
    table = HourlyRollup
    columns = (table.hour, table.predictions, table.objects, table.labels)
    for version_id, role, own in _answered(unit, wanted):
        for hour, predictions, objects, labels in unit.session.execute(select(*columns).where(*own)):
            yield Counted(version_id, role, hour, predictions, objects, cast("Mapping[str, int]", labels))


def _answered(unit: Unit, wanted: Where) -> Iterator[tuple[UUID, ModelRole, Where]]:
    """Yield which models answered in which role, and the conditions on the roll-ups of each.

    Asked one by one, ids and roles need not be read from each of a year's hours.
    """
    table = HourlyRollup
    rows = select(table.model_version_id, table.role).where(*wanted).distinct()
    for version_id, role in unit.session.execute(rows).all():
        yield version_id, role, [*wanted, table.model_version_id == version_id, table.role == role]


def singly(scope: Scope) -> Sequence[Scope]:
    """Return the parts of a scope that whole hours do not answer; `since` must have been resolved."""
    if not scope.is_plain:
        return [scope]
    begin, end = scope.from_timestamp, scope.to_timestamp
    first, beyond = _whole_hours(scope)
    if first >= beyond:
        return [scope]
    before = [replace(scope, to_timestamp=math.nextafter(first * HOUR, -math.inf))] if begin is not None else []
    after = [replace(scope, from_timestamp=float(beyond * HOUR))] if end is not None else []
    return [*before, *after]


def _whole_hours(scope: Scope) -> tuple[float, float]:
    """Return the first hour that lies wholly within a span, and the one after the last."""
    begin, end = scope.from_timestamp, scope.to_timestamp
    first = -math.inf if begin is None else math.ceil(begin / HOUR)
    return first, math.inf if end is None else math.floor(end / HOUR)


def whole(deployment_id: UUID, scope: Scope) -> Where | None:
    """Return the conditions on the roll-ups that a scope holds wholly, None where it holds none."""
    first, beyond = _whole_hours(scope)
    if first >= beyond or not scope.is_plain:
        return None
    table = HourlyRollup
    wanted = [table.deployment_id == deployment_id]
    wanted += [table.model_version_id == scope.model_id] if scope.model_id else []
    wanted += [table.hour >= first] if math.isfinite(first) else []
    wanted += [table.hour < beyond] if math.isfinite(beyond) else []
    return wanted


def _rolled_up(unit: Unit, deployment_id: UUID, scope: Scope) -> Iterator[Reading]:
    wanted, table = whole(deployment_id, scope), HourlyRollup
    if wanted is None:
        return
    columns = (
        table.hour,
        table.predictions,
        table.objects,
        table.latency_sum,
        table.latency_least,
        table.latency_most,
        table.counters,
    )
    for version_id, role, own in _answered(unit, wanted):
        # Columns rather than rows: a year of hours is read, and none of them is changed.
        for row in unit.session.execute(select(*columns).where(*own)):
            yield Reading(version_id, role, *row)


def _single(unit: Unit, deployment_id: UUID, scope: Scope) -> Iterator[Reading]:
    table = MeasuredPrediction
    columns = (
        table.model_version_id,
        table.role,
        table.timestamp,
        table.objects,
        table.latency,
        table.slots,
    )
    rows = select(*columns).where(*predictions_within(unit, deployment_id, scope))
    for version_id, role, timestamp, objects, latency, slots in unit.session.execute(rows):
        yield Reading(
            model_version_id=version_id,
            role=role,
            hour=hour_of(timestamp),
            predictions=1,
            objects=objects,
            latency_sum=tally.nanoseconds(latency),
            latency_least=latency,
            latency_most=latency,
            counters=slots,
            is_single=True,
        )
