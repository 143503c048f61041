"""Computed aggregates: the last answer to each query, what state of the data it tells of, and who computes the next."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select

from reconciler.platform.store import jobs, measurements
from reconciler.platform.store.rollups import ensure
from reconciler.platform.store.scopes import Scope, images_within
from reconciler.platform.store.tables.base import Json, now
from reconciler.platform.store.tables.deployments import Deployment, TrainingData
from reconciler.platform.store.tables.jobs import Job
from reconciler.platform.store.tables.monitoring import Aggregate, MeasuredImage
from reconciler.platform.store.unit import Unit

KIND = "statistics"


def find(unit: Unit, deployment_id: UUID, service: str, scope: Scope) -> Aggregate | None:
    """Return what is known of an aggregate, or None when nobody ever asked for it."""
    return unit.session.get(Aggregate, (deployment_id, service, scope.key))


def fingerprint(unit: Unit, deployment_id: UUID, scope: Scope) -> str:
    """Return a text that changes with everything an aggregate over a scope is computed from."""
    reference = unit.session.get(TrainingData, deployment_id)
    told = f"{reference.attempt} {reference.status}" if reference is not None else "none"
    return f"{measurements.revision(unit, deployment_id)}; {told}; {_oldest(unit, deployment_id, scope)}"


def request(unit: Unit, deployment: Deployment, service: str, scope: Scope) -> Job:
    """Return the job that computes an aggregate: the one under way, or a new one."""
    identity = {"deployment_id": deployment.id, "service": service, "key": scope.key}
    ensure(unit, Aggregate, {**identity, "query": scope.to_json()})
    named = [getattr(Aggregate, name) == value for name, value in identity.items()]
    row = unit.session.scalars(select(Aggregate).where(*named).with_for_update()).one()
    under_way = unit.session.get(Job, row.job_id) if row.job_id is not None else None
    if under_way is not None and jobs.is_unfinished(under_way):
        return under_way
    payload: Json = {"deployment_id": str(deployment.id), "service": service, "key": scope.key}
    job = jobs.submit(unit, deployment.organization_id, KIND, payload)
    row.job_id = job.id
    unit.session.flush()
    return job


def keep(unit: Unit, identity: Mapping[str, object], data: Json, told_of: str) -> None:
    """Record a computed aggregate; one whose deployment is gone is let go."""
    row = wanted(unit, identity)
    if row is not None:
        row.data, row.fingerprint, row.error, row.computed_at = data, told_of, None, now()


def fail(unit: Unit, identity: Mapping[str, object], error: str) -> None:
    """Record why an aggregate could not be computed; its last value stays."""
    row = wanted(unit, identity)
    if row is not None:
        row.error = error


def wanted(unit: Unit, identity: Mapping[str, object]) -> Aggregate | None:
    """Return the aggregate that a job's payload names, or None when it is gone."""
    key = (UUID(str(identity["deployment_id"])), str(identity["service"]), str(identity["key"]))
    return unit.session.get(Aggregate, key)


def _oldest(unit: Unit, deployment_id: UUID, scope: Scope) -> float | None:
    """Return the oldest moment within a span that ends now: images leave it without anything being changed."""
    if scope.since is None:
        return None
    within = images_within(unit, deployment_id, Scope(from_timestamp=scope.at(now().timestamp()).from_timestamp))
    return unit.session.scalar(select(func.min(MeasuredImage.timestamp)).where(*within))
