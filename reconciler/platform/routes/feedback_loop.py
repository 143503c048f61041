"""The feedback loop of a deployment (wire protocol 2.10)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import listed
from reconciler.platform.shapes.base import IdsOrList, ids_of
from reconciler.platform.shapes.datasets import AttachedDatasetVersion
from reconciler.platform.shapes.pipelines import LoopCheck, Reference, Toggle
from reconciler.platform.store import feedback_loop, training_runs
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment

router = LateRouter(tags=["feedback loop"])


@router.post("/deployment/{deployment_id}/pipeline/fl/setup", status_code=status.HTTP_204_NO_CONTENT)
def set_up_feedback_loop(call: Writing, deployment_id: UUID) -> None:
    """Give a deployment a feedback loop, switched off; one that is there stays as it is."""
    with call.write() as unit:
        feedback_loop.set_up(unit.find(Deployment, deployment_id))


@router.put("/deployment/{deployment_id}/pipeline/fl", status_code=status.HTTP_204_NO_CONTENT)
def toggle_feedback_loop(call: Writing, deployment_id: UUID, body: Toggle) -> None:
    """Switch the loop on or off; 404 before set-up."""
    with call.write() as unit:
        feedback_loop.toggle(unit.find(Deployment, deployment_id), active=body.active)
        # What was submitted before it was switched off counts.
        training_runs.note_submissions(unit, deployment_id)


@router.get("/deployment/{deployment_id}/pipeline/fl/check")
def check_feedback_loop(call: Reading, deployment_id: UUID) -> LoopCheck:
    """Say whether the loop is on; 404 before set-up (older clients)."""
    with call.read() as unit:
        is_active = feedback_loop.loop_of(unit.find(Deployment, deployment_id)).active
        return LoopCheck(feedback_loop_status="ACTIVE" if is_active else "INACTIVE")


@router.put("/deployment/{deployment_id}/pipeline/fl/disable", status_code=status.HTTP_204_NO_CONTENT)
def disable_feedback_loop(call: Writing, deployment_id: UUID) -> None:
    """Switch the loop off; 404 before set-up (older clients)."""
    with call.write() as unit:
        feedback_loop.toggle(unit.find(Deployment, deployment_id), active=False)


@router.post("/deployment/{deployment_id}/fl/datasets", status_code=status.HTTP_204_NO_CONTENT)
def attach_feedback_dataset(call: Writing, deployment_id: UUID, body: Reference) -> None:
    """Let the loop fill a dataset version of the deployment's type; 404 before set-up, 409 when attached."""
    with call.write() as unit:
        row = unit.find(Deployment, deployment_id)
        version = unit.find(DatasetVersion, body.dataset_version_id, within=row.organization_id)
        feedback_loop.attach(unit, row, version)


@router.delete("/deployment/{deployment_id}/fl/datasets", status_code=status.HTTP_204_NO_CONTENT)
def detach_feedback_datasets(call: Writing, deployment_id: UUID, body: IdsOrList) -> None:
    """Take dataset versions off the loop; those that are not attached are left alone."""
    with call.write() as unit:
        feedback_loop.detach(unit.find(Deployment, deployment_id), ids_of(body))


@router.get("/deployment/{deployment_id}/fl/datasets")
def list_feedback_datasets(call: Reading, deployment_id: UUID) -> Items[AttachedDatasetVersion]:
    """List the dataset versions the loop may fill; none before set-up."""
    with call.read() as unit:
        loop = unit.find(Deployment, deployment_id).feedback_loop
        return listed(loop.datasets if loop is not None else [], AttachedDatasetVersion)
