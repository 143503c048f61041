"""A deployment's plain settings, and what follows from them (wire protocol 2.10, 6.3)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import listed
from reconciler.platform.shapes.data import ConnectorShape
from reconciler.platform.shapes.datasets import LabelShape
from reconciler.platform.shapes.deployments import AnyDeployment, DeploymentUpdate, Management, deployment_shape
from reconciler.platform.store import datalakes, deployments
from reconciler.platform.store.tables.data import Datalake
from reconciler.platform.store.tables.deployments import Deployment

router = LateRouter(tags=["deployments"])
extra = LateRouter(tags=["deployments"])


@router.patch("/deployment/{deployment_id}")
def update_deployment(call: Writing, deployment_id: UUID, body: DeploymentUpdate) -> AnyDeployment:
    """Change the given settings; an unknown one is an error."""
    with call.write() as unit:
        row = unit.find(Deployment, deployment_id)
        deployments.update(unit, row, body.settings())
        return deployment_shape(row, call.context)


@router.get("/deployment/{deployment_id}/labels")
def list_deployment_labels(call: Reading, deployment_id: UUID) -> Items[LabelShape]:
    """List the classes a deployment predicts."""
    with call.read() as unit:
        return listed(unit.find(Deployment, deployment_id).labels, LabelShape)


@router.get("/deployment/{deployment_id}/datalake/connector")
def read_datalake_connector(call: Reading, deployment_id: UUID) -> ConnectorShape:
    """Read where the bytes of a deployment's datalake are kept."""
    with call.read() as unit:
        lake = unit.find(Datalake, unit.find(Deployment, deployment_id).target_datalake_id)
        return ConnectorShape.model_validate(datalakes.connector(unit, lake))


@extra.put("/deployment/{deployment_id}/management", status_code=status.HTTP_204_NO_CONTENT)
def manage_deployment(call: Writing, deployment_id: UUID, body: Management) -> None:
    """Record which manifest manages which fields (capability `management`)."""
    with call.write() as unit:
        deployments.manage(unit.find(Deployment, deployment_id), body.model_dump())
