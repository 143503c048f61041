"""Figures of a deployment over time, as charts draw them; summed up, they are what `get_stats` answers.

Whole hours come from roll-ups, summed in the database from an index that holds just these figures; the hours that a
span cuts through come from single predictions, as in `readings`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from reconciler.platform.store import readings, tally
from reconciler.platform.store.rollups import HOUR, hour_of
from reconciler.platform.store.scopes import Scope, predictions_within
from reconciler.platform.store.tables.monitoring import HourlyRollup, MeasuredPrediction
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ModelRole

MOST_BUCKETS: Final = 200
# Hours that a bucket may span; beyond the last, weeks as many as it takes.
_WIDTHS: Final = (1, 2, 3, 6, 12, 24, 48, 72, 168)
_WEEK: Final = 168


@dataclass(frozen=True)
class Bucket:
    """Predictions of one stretch of time: `begin` in Unix seconds, latencies in seconds, shapes by class."""

    begin: float
    predictions: int
    objects: int
    latency: float
    least: float
    most: float
    labels: Mapping[int, int]


@dataclass(frozen=True)
class Line:
    """The buckets, oldest first, that hold predictions of a role; None for `model_version_id` is all its versions."""

    role: ModelRole
    model_version_id: UUID | None
    buckets: Sequence[Bucket]


@dataclass(frozen=True)
class Figures:
    """Predictions together: how many, their shapes, and their latencies in seconds, None where there are none."""

    predictions: int = 0
    objects: int = 0
    latency: float | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Timeline:
    """Lines over a span (Unix seconds) whose buckets are `width` seconds long; champions first.

    `figures` are those of each role that predicted, over all of it.
    """

    width: int
    begin: float
    end: float
    lines: Sequence[Line]
    figures: Mapping[ModelRole, Figures]


@dataclass(frozen=True)
class Dot:
    """One prediction: Unix seconds, latency in seconds, number of shapes."""

    predicted_asset_id: UUID
    timestamp: float
    role: ModelRole
    model_version_id: UUID
    latency: float
    objects: int


@dataclass
class _Sum:
    """A sum in the making; `nanoseconds` are those of all latencies."""

    predictions: int = 0
    objects: int = 0
    nanoseconds: int = 0
    least: float = float("inf")
    most: float = 0.0
    labels: Counter[int] = field(default_factory=Counter)

    def take(self, part: "_Part") -> None:
        self.predictions += part.predictions
        self.objects += part.objects
        self.nanoseconds += part.nanoseconds
        self.least = min(self.least, part.least)
        self.most = max(self.most, part.most)

    @property
    def latency(self) -> float:
        # In the order in which statistics divide, so that both round alike.
        return self.nanoseconds / tally.NANOSECONDS / self.predictions


@dataclass(frozen=True)
class _Part:
    """Some predictions of one model version, in one role, that began within one bucket, or one hour."""

    role: ModelRole
    model_version_id: UUID
    hour: int
    predictions: int
    objects: int
    nanoseconds: int
    least: float
    most: float


_Sums = Mapping[tuple[ModelRole, UUID | None, int], _Sum]


def timeline(
    unit: Unit, deployment_id: UUID, scope: Scope, *, by_model: bool = False, labels: bool = False
) -> Timeline | None:
    """Return the figures of a scope over time, or None where more single predictions must be read than anybody waits.

    `since` must have been resolved.
    """
    if not readings.is_quick(unit, deployment_id, scope):
        return None
    hours = _hours(unit, deployment_id, scope)
    if hours is None:
        return Timeline(HOUR, scope.from_timestamp or 0.0, scope.to_timestamp or 0.0, [], {})
    width = _width(hours)
    sums: dict[tuple[ModelRole, UUID | None, int], _Sum] = defaultdict(_Sum)
    whole: dict[ModelRole, _Sum] = defaultdict(_Sum)
    for part in _parts(unit, deployment_id, scope, width):
        sums[part.role, part.model_version_id if by_model else None, part.hour // width].take(part)
        whole[part.role].take(part)
    if labels:
        for each in readings.count(unit, deployment_id, scope):
            held = sums[each.role, each.model_version_id if by_model else None, each.hour // width].labels
            for label, number in each.labels.items():
                held[int(label)] += number
    begin = scope.from_timestamp if scope.from_timestamp is not None else float(hours[0] * HOUR)
    end = scope.to_timestamp if scope.to_timestamp is not None else float((hours[1] + 1) * HOUR)
    return Timeline(width * HOUR, begin, end, _lines(sums, width * HOUR), _figures(whole))


def dots(unit: Unit, deployment_id: UUID, scope: Scope, *, most: int = 300) -> Sequence[Dot]:
    """Return the newest single predictions of a scope, newest first."""
    table = MeasuredPrediction
    columns = (table.predicted_asset_id, table.timestamp, table.role, table.model_version_id)
    rows = select(*columns, table.latency, table.objects).where(*predictions_within(unit, deployment_id, scope))
    newest = rows.order_by(table.timestamp.desc(), table.prediction_id.desc()).limit(most)
    return [Dot(*row) for row in unit.session.execute(newest)]


def figures(unit: Unit, deployment_id: UUID, scope: Scope) -> Mapping[ModelRole, Figures] | None:
    """Return the figures of each role that predicted, None where they are not there at once (see `timeline`)."""
    if not readings.is_quick(unit, deployment_id, scope):
        return None
    sums: dict[ModelRole, _Sum] = defaultdict(_Sum)
    for part in _parts(unit, deployment_id, scope, None):
        sums[part.role].take(part)
    return _figures(sums)


def _figures(sums: Mapping[ModelRole, _Sum]) -> Mapping[ModelRole, Figures]:
    return {
        role: Figures(each.predictions, each.objects, each.latency, each.least, each.most)
        for role, each in sums.items()
    }


def _lines(sums: _Sums, seconds: int) -> Sequence[Line]:
    found: dict[tuple[ModelRole, UUID | None], list[Bucket]] = defaultdict(list)
    for role, version_id, place in sorted(sums, key=lambda key: (key[0], str(key[1]), key[2])):
        each = sums[role, version_id, place]
        found[role, version_id].append(
            Bucket(
                begin=float(place * seconds),
                predictions=each.predictions,
                objects=each.objects,
                latency=each.latency,
                least=each.least,
                most=each.most,
                labels=dict(sorted(each.labels.items())),
            )
        )
    return [Line(role, version_id, buckets) for (role, version_id), buckets in found.items()]


def _width(hours: tuple[int, int]) -> int:
    """Return how many hours a bucket spans, so that there are at most `MOST_BUCKETS` of them."""
    for width in _WIDTHS:
        if hours[1] // width - hours[0] // width < MOST_BUCKETS:
            return width
    weeks = -(-(hours[1] - hours[0] + 1) // (_WEEK * (MOST_BUCKETS - 1)))
    return weeks * _WEEK


def _hours(unit: Unit, deployment_id: UUID, scope: Scope) -> tuple[int, int] | None:
    """Return the first and the last hour in which a scope can have predictions, None where it cannot have any."""
    table = HourlyRollup
    extents = [
        select(extreme(table.hour)).where(table.deployment_id == deployment_id, table.role == role).scalar_subquery()
        for role in ModelRole
        for extreme in (func.min, func.max)
    ]
    known = [hour for hour in unit.session.execute(select(*extents)).one() if hour is not None]
    if not known:
        return None
    first, last = min(known), max(known)
    if scope.from_timestamp is not None:
        first = max(first, hour_of(scope.from_timestamp))
    if scope.to_timestamp is not None:
        last = min(last, hour_of(scope.to_timestamp))
    return (first, last) if first <= last else None


def _parts(unit: Unit, deployment_id: UUID, scope: Scope, width: int | None) -> Iterator[_Part]:
    """Yield the parts that make up a scope; whole hours are summed by buckets, all in one without a `width`."""
    wanted = readings.whole(deployment_id, scope)
    if wanted is not None:
        table = HourlyRollup
        place = (table.hour // width) if width is not None else func.min(table.hour)
        sums = (
            *(func.sum(column) for column in (table.predictions, table.objects, table.latency_sum)),
            *(func.min(table.latency_least), func.max(table.latency_most)),
        )
        grouped: Select[*tuple[Any, ...]] = select(table.role, table.model_version_id, place, *sums).where(*wanted)
        grouped = grouped.group_by(table.role, table.model_version_id, *([place] if width is not None else []))
        for role, version_id, bucket, predictions, objects, nanoseconds, least, most in unit.session.execute(grouped):
            # Sums of big integers are decimals on PostgreSQL.
            counted = (int(predictions), int(objects), int(nanoseconds))
            yield _Part(role, version_id, bucket * (width or 1), *counted, least, most)
    yield from _singles(unit, deployment_id, scope)


def _singles(unit: Unit, deployment_id: UUID, scope: Scope) -> Iterator[_Part]:
    table = MeasuredPrediction
    for part in readings.singly(scope):
        columns = (table.role, table.model_version_id, table.timestamp, table.objects, table.latency)
        rows = select(*columns).where(*predictions_within(unit, deployment_id, part))
        for role, version_id, timestamp, objects, latency in unit.session.execute(rows):
            taken = tally.nanoseconds(latency)
            yield _Part(role, version_id, hour_of(timestamp), 1, objects, taken, latency, latency)
