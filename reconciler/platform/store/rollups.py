"""Hourly roll-ups: sums over measured predictions, exact after every addition, deletion and race."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from reconciler.platform.store import tally
from reconciler.platform.store.tables.base import Row
from reconciler.platform.store.tables.monitoring import HourlyRollup, MeasuredPrediction
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ModelRole

HOUR = 3600

Key = tuple[UUID, UUID, ModelRole, int]


def hour_of(timestamp: float) -> int:
    """Return the hours since 1970 in which a moment (Unix seconds) lies."""
    return int(timestamp // HOUR)


def add(unit: Unit, rows: Iterable[MeasuredPrediction]) -> None:
    """Count measured predictions in."""
    _each(unit, rows, _add)


def take_back(unit: Unit, rows: Iterable[MeasuredPrediction]) -> None:
    """Count measured predictions, which are no longer stored, out."""
    _each(unit, rows, _take_back)


def ensure(unit: Unit, table: type[Row], values: Mapping[str, object]) -> None:
    """Insert a row unless one of its key is there, whoever else does the same at this moment."""
    insert = sqlite.insert if unit.session.get_bind().dialect.name == "sqlite" else postgresql.insert
    unit.session.execute(insert(table).values(values).on_conflict_do_nothing())


def _each(
    unit: Unit,
    rows: Iterable[MeasuredPrediction],
    change: Callable[[Unit, HourlyRollup, Sequence[MeasuredPrediction]], None],
) -> None:
    grouped: dict[Key, list[MeasuredPrediction]] = defaultdict(list)
    for row in rows:
        grouped[(row.deployment_id, row.model_version_id, row.role, hour_of(row.timestamp))].append(row)
    # Sorted, so that two transactions that need the same roll-ups never hold what the other waits for.
    for key in sorted(grouped):
        change(unit, _locked(unit, key), grouped[key])
        unit.session.flush()


def _locked(unit: Unit, key: Key) -> HourlyRollup:
    """Return the roll-up of a key, made if missing, held against all others until the transaction ends."""
    names = ("deployment_id", "model_version_id", "role", "hour")
    identity = dict(zip(names, key, strict=True))
    ensure(unit, HourlyRollup, {**identity, **_NOTHING, "counters": tally.empty(), "labels": {}})
    wanted = [getattr(HourlyRollup, name) == value for name, value in identity.items()]
    rows = select(HourlyRollup).where(*wanted).with_for_update().execution_options(populate_existing=True)
    return unit.session.scalars(rows).one()


_NOTHING = {"predictions": 0, "objects": 0, "latency_sum": 0, "latency_least": 0.0, "latency_most": 0.0}


def _add(_unit: Unit, rollup: HourlyRollup, rows: Sequence[MeasuredPrediction]) -> None:
    latencies = [row.latency for row in rows]
    if rollup.predictions:
        latencies += [rollup.latency_least, rollup.latency_most]
    rollup.latency_least, rollup.latency_most = min(latencies), max(latencies)
    _shift(rollup, rows, 1)


def _take_back(unit: Unit, rollup: HourlyRollup, rows: Sequence[MeasuredPrediction]) -> None:
    _shift(rollup, rows, -1)
    rollup.latency_least, rollup.latency_most = _extremes(unit, rollup)
    if rollup.predictions == 0:
        unit.session.delete(rollup)


def _shift(rollup: HourlyRollup, rows: Sequence[MeasuredPrediction], times: int) -> None:
    rollup.predictions += times * len(rows)
    rollup.objects += times * sum(row.objects for row in rows)
    rollup.latency_sum += times * sum(tally.nanoseconds(row.latency) for row in rows)
    counters = rollup.counters
    for row in rows:
        counters = tally.add(counters, row.slots, times=times)
    rollup.counters = counters
    rollup.labels = _labels(rollup.labels, rows, times)


def _labels(counted: Mapping[str, object], rows: Sequence[MeasuredPrediction], times: int) -> dict[str, object]:
    found: Counter[str] = Counter()
    for labels, weight in ((counted, 1), *((row.labels, times) for row in rows)):
        for label, number in labels.items():
            found[label] += weight * cast("int", number)
    return {label: number for label, number in sorted(found.items()) if number}


def _extremes(unit: Unit, rollup: HourlyRollup) -> tuple[float, float]:
    begin = rollup.hour * HOUR
    rows = select(func.min(MeasuredPrediction.latency), func.max(MeasuredPrediction.latency)).where(
        MeasuredPrediction.deployment_id == rollup.deployment_id,
        MeasuredPrediction.model_version_id == rollup.model_version_id,
        MeasuredPrediction.role == rollup.role,
        MeasuredPrediction.timestamp >= begin,
        MeasuredPrediction.timestamp < begin + HOUR,
    )
    least, most = unit.session.execute(rows).one()
    return least or 0.0, most or 0.0
