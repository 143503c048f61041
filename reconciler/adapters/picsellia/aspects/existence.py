"""Existence on the wire: create, rename, delete; identity and who serves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from reconciler.adapters.picsellia.request import Route
from reconciler.adapters.picsellia.wire import Deployment
from reconciler.core.actions import CreateDeployment, DeleteDeployment, RenameDeployment
from reconciler.core.live import LiveDeployment
from reconciler.core.manifest.spec import Serving

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.request import Ids, Request
    from reconciler.adapters.picsellia.wire import Outline, Settings
    from reconciler.core.live import Json

ExistenceAction: TypeAlias = CreateDeployment | RenameDeployment | DeleteDeployment

CREATE: Final = Route("POST", "/api/organization/{organization}/deployments", "create deployment {name}")
RENAME: Final = Route("PATCH", "/api/deployment/{id}", "rename deployment {id} to {name}")
DELETE: Final = Route("DELETE", "/api/deployment/{id}", "delete deployment {id}")


def request_for(action: ExistenceAction, ids: Ids) -> Request:
    """Return the request that carries out `action`."""
    match action:
        case CreateDeployment():
            return CREATE.to({"organization": ids.organization, "name": action.name}, body=_creation(action))
        case RenameDeployment():
            return RENAME.to({"id": ids.deployment, "name": action.name}, body={"name": action.name})
        case DeleteDeployment():
            return DELETE.to({"id": ids.deployment}, query={"force_delete": action.force})


def _creation(action: CreateDeployment) -> dict[str, Json]:
    body: dict[str, Json] = {"model_version_id": action.champion.id, "name": action.name}
    if action.threshold is not None:
        body["min_threshold"] = action.threshold
    if action.datalake is not None:
        body["target_datalake_id"] = action.datalake.id
    if action.shadow is not None:
        body["shadow_model_version_id"] = action.shadow.id
    # The SDK never sends false, so what the service makes of it is not known.
    if action.serving is Serving.OWN:
        body["disable_serving"] = True
    return body


def identified(item: Deployment | Outline) -> LiveDeployment:
    """Return a deployment of which only its identity is known."""
    live = LiveDeployment(id=item.id, name=item.name)
    return replace(live, inference_type=item.type) if isinstance(item, Deployment) else live


def reported(live: LiveDeployment, settings: Settings) -> LiveDeployment:
    """Return `live` with who serves it. A missing serving host proves nothing, so only settings tell."""
    return replace(live, serving=settings.serving)
