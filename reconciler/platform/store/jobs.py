"""Jobs: background work as clients poll it, and the outbox that durable work is started from."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from reconciler.platform.store.faults import Conflict, NotFound
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.jobs import Job
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import JobRunStatus, JobStatus

# What a job of either generation is called: waiting, at work, ended well, ended badly, ended by somebody.
_WAITING = {1: JobStatus.RUNNING.value, 2: JobRunStatus.PENDING.value}
_RUNNING = {1: JobStatus.RUNNING.value, 2: JobRunStatus.RUNNING.value}
_SUCCEEDED = {1: JobStatus.SUCCESS.value, 2: JobRunStatus.SUCCEEDED.value}
_FAILED = {1: JobStatus.FAILED.value, 2: JobRunStatus.FAILED.value}
_KILLED = {1: JobStatus.TERMINATED.value, 2: JobRunStatus.KILLED.value}
_UNFINISHED = (JobRunStatus.PENDING.value, JobRunStatus.QUEUED.value, JobRunStatus.RUNNING.value)


def done(unit: Unit, organization_id: UUID, kind: str) -> Job:
    """Record work that ended well within the request that asked for it, as a version 1 job."""
    return _record(unit, organization_id, kind, JobStatus.SUCCESS)


def run(unit: Unit, organization_id: UUID, kind: str) -> Job:
    """Record work that ended well within the request that asked for it, as a version 2 job."""
    return _record(unit, organization_id, kind, JobRunStatus.SUCCEEDED)


def submit(unit: Unit, organization_id: UUID, kind: str, payload: Json, *, generation: int = 2) -> Job:
    """Ask for durable work of that kind; it begins once this transaction is committed, and survives restarts."""
    job = Job(
        organization_id=organization_id,
        generation=generation,
        kind=kind,
        status=_WAITING[generation],
        payload=payload,
    )
    unit.submitted.append(unit.add(job).id)
    return job


def find(unit: Unit, job_id: UUID, generation: int) -> Job:
    """Return a job of that generation, or raise NotFound."""
    job = unit.find(Job, job_id)
    if job.generation != generation:
        raise NotFound(f"There is no job {job_id} of version {generation}.")
    return job


def unfinished(unit: Unit) -> Sequence[UUID]:
    """Return the durable jobs, of any organisation, that have not ended; oldest first."""
    rows = select(Job.id).where(Job.payload.is_not(None), Job.status.in_(_UNFINISHED))
    return unit.session.scalars(rows.order_by(Job.id)).all()


def begin(unit: Unit, job_id: UUID) -> Job | None:
    """Mark durable work as running and return it, or None when it has ended or is gone."""
    job = unit.session.get(Job, job_id)
    if job is None or job.status not in _UNFINISHED:
        return None
    job.status = _RUNNING[job.generation]
    return job


def succeed(job: Job) -> None:
    """Mark work as ended well, unless it ended otherwise before."""
    if is_unfinished(job):
        job.status = _SUCCEEDED[job.generation]


def fail(job: Job, error: str) -> None:
    """Mark work as ended badly, and say why, unless it ended otherwise before."""
    if is_unfinished(job):
        job.status, job.error = _FAILED[job.generation], error


def kill(job: Job) -> None:
    """Mark work as ended by somebody; its performer stops at its next look."""
    if is_unfinished(job):
        job.status = _KILLED[job.generation]


def is_unfinished(job: Job) -> bool:
    """Whether work waits or runs."""
    return job.status in _UNFINISHED


def report(job: Job, status: JobRunStatus) -> None:
    """Let a program, wherever it runs, say how far its version 2 job has come; saying it again is fine.

    Raises:
        Conflict: when the job has ended otherwise, or is performed by this platform, which says so itself.
    """
    if job.status == status:
        return
    if not is_unfinished(job) or job.payload is not None:
        raise Conflict(f"The job {job.id} is {job.status}: nobody else makes it {status}.")
    job.status = status.value


def _record(unit: Unit, organization_id: UUID, kind: str, status: JobStatus | JobRunStatus) -> Job:
    generation = 1 if isinstance(status, JobStatus) else 2
    return unit.add(Job(organization_id=organization_id, generation=generation, kind=kind, status=status.value))
