"""Jobs (wire protocol 2.9)."""

from uuid import UUID

from fastapi import APIRouter

from reconciler.platform.auth import Reading
from reconciler.platform.shapes.organizations import JobShape
from reconciler.platform.store import jobs

router = APIRouter(tags=["jobs"])


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
