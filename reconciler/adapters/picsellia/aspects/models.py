"""Models on the wire: the champion and shadow slots."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from reconciler.adapters.picsellia.request import Route
from reconciler.core.actions import ClearShadow, SetChampion, SetShadow

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.labels import Labels
    from reconciler.adapters.picsellia.request import Ids, Request
    from reconciler.adapters.picsellia.wire import DeploymentDetail, Settings
    from reconciler.core.live import LiveDeployment

ModelsAction: TypeAlias = SetChampion | SetShadow | ClearShadow

SET_CHAMPION: Final = Route("POST", "/api/deployment/{id}/model", "make {version} the champion of deployment {id}")
SET_SHADOW: Final = Route("POST", "/api/deployment/{id}/shadow", "make {version} the shadow of deployment {id}")
CLEAR_SHADOW: Final = Route("DELETE", "/api/deployment/{id}/shadow", "clear the shadow of deployment {id}")


def request_for(action: ModelsAction, ids: Ids) -> Request:
    """Return the request that carries out `action`."""
    match action:
        case SetChampion() | SetShadow():
            route = SET_CHAMPION if isinstance(action, SetChampion) else SET_SHADOW
            version = action.model_version
            return route.to({"id": ids.deployment, "version": str(version)}, body={"model_version_id": version.id})
        case ClearShadow():
            return CLEAR_SHADOW.to({"id": ids.deployment})


def reported(live: LiveDeployment, source: Settings | DeploymentDetail, labels: Labels) -> LiveDeployment:
    """Return `live` with both slots."""
    shadow = source.shadow_model_version_id
    return replace(
        live,
        champion=labels.ref(source.model_version_id),
        shadow=None if shadow is None else labels.ref(shadow),
    )
