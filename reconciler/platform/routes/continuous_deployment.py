"""Continuous deployment of a deployment (wire protocol 2.10)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Writing
from reconciler.platform.late import LateRouter
from reconciler.platform.shapes.pipelines import DeploymentPolicy, Toggle
from reconciler.platform.store import continuous_deployment
from reconciler.platform.store.tables.deployments import Deployment

router = LateRouter(tags=["continuous deployment"])


@router.post("/deployment/{deployment_id}/pipeline/cd", status_code=status.HTTP_204_NO_CONTENT)
def set_up_continuous_deployment(call: Writing, deployment_id: UUID, body: DeploymentPolicy) -> None:
    """Set the policy; the switch stays as it is, off at first."""
    with call.write() as unit:
        continuous_deployment.configure(unit.find(Deployment, deployment_id), body.policy)


@router.put("/deployment/{deployment_id}/pipeline/cd", status_code=status.HTTP_204_NO_CONTENT)
def toggle_continuous_deployment(call: Writing, deployment_id: UUID, body: Toggle) -> None:
    """Switch continuous deployment on or off; 404 before set-up."""
    with call.write() as unit:
        continuous_deployment.toggle(unit.find(Deployment, deployment_id), active=body.active)
