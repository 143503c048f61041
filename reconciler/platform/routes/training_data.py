"""The training-data reference of a deployment (wire protocol 2.10)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.late import LateRouter
from reconciler.platform.shapes.pipelines import Reference, ReferenceCheck
from reconciler.platform.store import training_data
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment

router = LateRouter(tags=["training data"])


@router.post("/deployment/{deployment_id}/pipeline/td/setup", status_code=status.HTTP_204_NO_CONTENT)
def set_training_data(call: Writing, deployment_id: UUID, body: Reference) -> None:
    """Let a dataset version be the reference; its summary is computed in the background."""
    with call.write() as unit:
        row = unit.find(Deployment, deployment_id)
        version = unit.find(DatasetVersion, body.dataset_version_id, within=row.organization_id)
        training_data.set_reference(unit, row, version)


@router.get("/deployment/{deployment_id}/pipeline/td/check")
def check_training_data(call: Reading, deployment_id: UUID) -> ReferenceCheck:
    """Say how far the summary has come; 404 without a reference."""
    with call.read() as unit:
        status = training_data.reference_of(unit.find(Deployment, deployment_id)).status
        return ReferenceCheck(status=status, training_data_status=status)


@router.put("/deployment/{deployment_id}/pipeline/td/disable", status_code=status.HTTP_204_NO_CONTENT)
def disable_training_data(call: Writing, deployment_id: UUID) -> None:
    """Forget the reference; 404 without one."""
    with call.write() as unit:
        training_data.drop(unit, unit.find(Deployment, deployment_id))
