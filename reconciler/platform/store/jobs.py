"""Jobs: background work as clients poll it."""

from uuid import UUID

from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.tables.jobs import Job
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import JobRunStatus, JobStatus


def done(unit: Unit, organization_id: UUID, kind: str) -> Job:
    """Record work that ended well within the request that asked for it, as a version 1 job."""
    return _record(unit, organization_id, kind, JobStatus.SUCCESS)


def run(unit: Unit, organization_id: UUID, kind: str) -> Job:
    """Record work that ended well within the request that asked for it, as a version 2 job."""
    return _record(unit, organization_id, kind, JobRunStatus.SUCCEEDED)


def find(unit: Unit, job_id: UUID, generation: int) -> Job:
    """Return a job of that generation, or raise NotFound."""
    job = unit.find(Job, job_id)
    if job.generation != generation:
        raise NotFound(f"There is no job {job_id} of version {generation}.")
    return job


def _record(unit: Unit, organization_id: UUID, kind: str, status: JobStatus | JobRunStatus) -> Job:
    generation = 1 if isinstance(status, JobStatus) else 2
    return unit.add(Job(organization_id=organization_id, generation=generation, kind=kind, status=status.value))
