"""Jobs: background work as clients poll it."""

from uuid import UUID

from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.tables.jobs import Job
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import JobStatus


def done(unit: Unit, organization_id: UUID, kind: str) -> Job:
    """Record work that ended within the request that asked for it."""
    return unit.add(Job(organization_id=organization_id, generation=1, kind=kind, status=JobStatus.SUCCESS.value))


def find(unit: Unit, job_id: UUID, generation: int) -> Job:
    """Return a job of that generation, or raise NotFound."""
    job = unit.find(Job, job_id)
    if job.generation != generation:
        raise NotFound(f"There is no job {job_id} of version {generation}.")
    return job
