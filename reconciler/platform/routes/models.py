"""The two model slots of a deployment and their history (wire protocol 2.10, 6.3)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import Limit, Offset, shaped
from reconciler.platform.shapes.deployments import (
    AnyDeployment,
    ModelChangeShape,
    ModelVersionReference,
    deployment_shape,
)
from reconciler.platform.store import deployments
from reconciler.platform.store.paging import LARGEST_PAGE, PageRequest
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.models import ModelVersion
from reconciler.platform.store.words import ModelCause

router = LateRouter(tags=["deployments"])
extra = LateRouter(tags=["deployments"])


@router.post("/deployment/{deployment_id}/model")
def set_model(call: Writing, deployment_id: UUID, body: ModelVersionReference) -> AnyDeployment:
    """Put a model version of the deployment's type in the champion's slot."""
    with call.write() as unit:
        row = unit.find(Deployment, deployment_id)
        version = unit.find(ModelVersion, body.model_version_id, within=row.organization_id)
        deployments.set_champion(unit, row, version, cause=ModelCause.USER)
        return deployment_shape(row, call.context)


@router.post("/deployment/{deployment_id}/shadow")
def set_shadow_model(call: Writing, deployment_id: UUID, body: ModelVersionReference) -> AnyDeployment:
    """Put a model version of the deployment's type in the shadow's slot."""
    with call.write() as unit:
        row = unit.find(Deployment, deployment_id)
        version = unit.find(ModelVersion, body.model_version_id, within=row.organization_id)
        deployments.set_shadow(unit, row, version, cause=ModelCause.USER)
        return deployment_shape(row, call.context)


@extra.delete("/deployment/{deployment_id}/shadow", status_code=status.HTTP_204_NO_CONTENT)
def clear_shadow_model(call: Writing, deployment_id: UUID) -> None:
    """Empty the shadow's slot; 404 when it is empty (capability `clear-shadow`)."""
    with call.write() as unit:
        deployments.clear_shadow(unit, unit.find(Deployment, deployment_id))


@extra.get("/deployment/{deployment_id}/models/history")
def list_model_history(
    call: Reading, deployment_id: UUID, limit: Limit = LARGEST_PAGE, offset: Offset = 0
) -> Items[ModelChangeShape]:
    """List the changes of both slots, newest first (capability `model-history`)."""
    with call.read() as unit:
        row = unit.find(Deployment, deployment_id)
        return shaped(deployments.history(unit, row, PageRequest(limit, offset)), ModelChangeShape)


@extra.post("/deployment/{deployment_id}/promote")
def promote_shadow(call: Writing, deployment_id: UUID) -> AnyDeployment:
    """Make the shadow the champion and empty its slot; 409 without one (capability `promote`)."""
    with call.write() as unit:
        row = unit.find(Deployment, deployment_id)
        deployments.promote(unit, row)
        return deployment_shape(row, call.context)
