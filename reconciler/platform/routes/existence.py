"""Deployments as such: made, found, listed, read, deleted (wire protocol 2.10)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import ByNameOrId, Paging
from reconciler.platform.shapes.deployments import (
    AnyDeployment,
    AnyDetail,
    Deploy,
    NewDeploymentBody,
    deployment_detail,
    deployment_shape,
)
from reconciler.platform.store import deployments
from reconciler.platform.store.names import seek
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.models import ModelVersion
from reconciler.platform.store.unit import Unit

router = LateRouter(tags=["deployments"])


@router.post(
    "/model/version/{version_id}/deploy",
    status_code=status.HTTP_201_CREATED,
)
def deploy_model_version(call: Writing, version_id: UUID, body: Deploy | None = None) -> AnyDeployment:
    """Deploy a model version, in the version's organisation."""

    def deploy(unit: Unit) -> AnyDeployment:
        version = unit.find(ModelVersion, version_id)
        new = (body or Deploy()).new(version.id)
        return deployment_shape(deployments.create(unit, version.organization_id, new), call.context)

    # Two that name none may be given the same name at the same moment.
    return call.settle(deploy)


@router.post(
    "/organization/{organization_id}/deployments",
    status_code=status.HTTP_201_CREATED,
)
def create_deployment(call: Writing, organization_id: UUID, body: NewDeploymentBody) -> AnyDeployment:
    """Create a deployment; its type and labels are those of its model version, for good."""

    def create(unit: Unit) -> AnyDeployment:
        return deployment_shape(deployments.create(unit, organization_id, body.new()), call.context)

    return call.settle(create)


@router.get("/organization/{organization_id}/deployments/find")
def find_deployment(call: Reading, organization_id: UUID, sought: ByNameOrId) -> AnyDeployment:
    """Find a deployment by id or name."""
    with call.read() as unit:
        return deployment_shape(seek(unit, Deployment, organization_id, sought), call.context)


@router.get("/organization/{organization_id}/deployments")
def list_deployments(call: Reading, organization_id: UUID, page: Paging) -> Items[AnyDeployment]:
    """List an organisation's deployments, each with all its settings."""
    with call.read() as unit:
        found = deployments.list_page(unit, organization_id, page, whole=call.context.is_full)
        items = [deployment_shape(row, call.context) for row in found.items]
        return Items(items=items, count=found.count)


@router.get("/deployment/{deployment_id}")
def read_deployment(call: Reading, deployment_id: UUID) -> AnyDetail:
    """Read a deployment."""
    with call.read() as unit:
        return deployment_detail(unit.find(Deployment, deployment_id), call.context)


@router.delete("/deployment/{deployment_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_deployment(call: Writing, deployment_id: UUID, *, force_delete: bool = False) -> None:
    """Delete a deployment; 409 while a pipeline is active, unless forced. Data, datasets and models stay."""
    with call.write() as unit:
        deployments.delete(unit, unit.find(Deployment, deployment_id), force=force_delete)
