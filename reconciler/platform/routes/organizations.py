"""The greeting, organisations and who has access (wire protocol 2.1)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.late import LateRouter
from reconciler.platform.shapes.organizations import (
    CapablePing,
    Found,
    Grant,
    OrganizationShape,
    Ping,
    Users,
    UserShape,
)
from reconciler.platform.store import organizations
from reconciler.platform.store.tables.datasets import Dataset
from reconciler.platform.store.tables.deployments import Deployment

# The newest SDK release that this platform is tested with.
SDK_VERSION = "6.37.0"
CAPABILITIES = (
    "settings",
    "clear-shadow",
    "ct-datasets",
    "model-history",
    "promote",
    "management",
    "launch-training",
    "alerts",
    "submit",
    "compute-stats",
)

router = LateRouter(tags=["organizations"])


@router.get("/home/ping")
async def ping(call: Reading) -> CapablePing | Ping:
    """Say who is calling, and what is there."""
    greeting = Ping(
        sdk_version=SDK_VERSION,
        username=call.actor.username,
        default_organization=call.actor.organization_id,
    )
    if call.context.is_full:
        return CapablePing(**dict(greeting), capabilities=list(CAPABILITIES))
    return greeting


@router.get("/organizations/find")
def find_organization(call: Reading, name: str) -> Found:
    """Find one of the caller's organisations by name."""
    with call.read() as unit:
        return Found(id=organizations.find_by_name(unit, name).id)


@router.get("/organization/{organization_id}")
def read_organization(call: Reading, organization_id: UUID) -> OrganizationShape:
    """Read an organisation."""
    with call.read() as unit:
        return OrganizationShape.model_validate(unit.organization(organization_id))


@router.get("/access/organization/{organization_id}/users")
def list_members(call: Reading, organization_id: UUID, username: Annotated[str | None, Query()] = None) -> Users:
    """List an organisation's members."""
    with call.read() as unit:
        members = organizations.members(unit, organization_id, username)
        return Users(users=[UserShape.model_validate(user) for user in members])


@router.get("/access/deployment/{deployment_id}/users")
def list_deployment_users(call: Reading, deployment_id: UUID) -> Users:
    """List a deployment's creator and whoever was given access."""
    with call.read() as unit:
        deployment = unit.find(Deployment, deployment_id)
        granted = organizations.granted(unit, deployment.id)
        people = {user.id: UserShape.model_validate(user) for user in (deployment.creator, *granted)}
        return Users(users=list(people.values()))


@router.post("/access/deployment/{deployment_id}/users")
def grant_deployment(call: Writing, deployment_id: UUID, body: Grant) -> UserShape:
    """Give a member access to a deployment."""
    with call.write() as unit:
        deployment = unit.find(Deployment, deployment_id)
        user = organizations.grant(
            unit, deployment.organization_id, deployment.id, user_id=body.user_id, role=body.role
        )
        return UserShape.model_validate(user)


@router.get("/access/dataset/{dataset_id}/users")
def list_dataset_users(call: Reading, dataset_id: UUID) -> Users:
    """List whoever was given access to a dataset."""
    with call.read() as unit:
        granted = organizations.granted(unit, unit.find(Dataset, dataset_id).id)
        return Users(users=[UserShape.model_validate(user) for user in granted])


@router.post("/access/dataset/{dataset_id}/users")
def grant_dataset(call: Writing, dataset_id: UUID, body: Grant) -> UserShape:
    """Give a member access to a dataset."""
    with call.write() as unit:
        dataset = unit.find(Dataset, dataset_id)
        user = organizations.grant(unit, dataset.organization_id, dataset.id, user_id=body.user_id, role=body.role)
        return UserShape.model_validate(user)
