"""Jobs (wire protocol 2.9)."""

from uuid import UUID

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import Id
from reconciler.platform.shapes.organizations import JobShape
from reconciler.platform.store import jobs
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.words import JobRunStatus

router = LateRouter(tags=["jobs"])


@router.get("/job/{job_id}")
def read_job(call: Reading, job_id: UUID) -> JobShape:
    """Read a version 1 job: adding data, forking."""
    with call.read() as unit:
        return JobShape.model_validate(jobs.find(unit, job_id, generation=1))


@router.get("/v2/job/{job_id}")
def read_job_run(call: Reading, job_id: UUID) -> JobShape:
    """Read a version 2 job: training, imports."""
    with call.read() as unit:
        return JobShape.model_validate(jobs.find(unit, job_id, generation=2))


@router.get("/organization/{organization_id}/jobv2s/find")
def find_job_run(call: Reading, organization_id: UUID, job_id: Id) -> JobShape:
    """Find an organisation's version 2 job by id."""
    with call.read() as unit:
        unit.admit(organization_id)
        job = jobs.find(unit, job_id, generation=2)
        if job.organization_id != organization_id:
            raise NotFound(f"There is no job {job_id} in this organization.")
        return JobShape.model_validate(job)


@router.post("/v2/job/{job_id}/running")
def report_running(call: Writing, job_id: UUID) -> JobShape:
    """Let a program say that its job runs; 409 for a job that has ended, or that this platform performs."""
    return _report(call, job_id, JobRunStatus.RUNNING)


@router.post("/v2/job/{job_id}/succeed")
def report_success(call: Writing, job_id: UUID) -> JobShape:
    """Let a program say that its job ended well; 409 as for running."""
    return _report(call, job_id, JobRunStatus.SUCCEEDED)


@router.post("/v2/job/{job_id}/fail")
def report_failure(call: Writing, job_id: UUID) -> JobShape:
    """Let a program say that its job failed; 409 as for running."""
    return _report(call, job_id, JobRunStatus.FAILED)


def _report(call: Writing, job_id: UUID, status: JobRunStatus) -> JobShape:
    with call.write() as unit:
        job = jobs.find(unit, job_id, generation=2)
        jobs.report(job, status)
        return JobShape.model_validate(job)
