"""Tags on the wire: created in the organisation, attached and detached by their ids."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from reconciler.adapters.picsellia.request import Route
from reconciler.core.actions import AttachTag, CreateTag, DetachTag

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.request import Ids, Request
    from reconciler.adapters.picsellia.wire import DeploymentDetail, Settings
    from reconciler.core.live import LiveDeployment

TagsAction: TypeAlias = CreateTag | AttachTag | DetachTag

TARGET: Final = "DEPLOYMENT"
"""The kind of tag that deployments carry."""

CREATE: Final = Route("POST", "/api/organization/{organization}/tags", "create deployment tag {name}")
ATTACH: Final = Route("POST", "/api/tag/{tag}/attach", "attach tag {name} to deployment {id}")
DETACH: Final = Route("POST", "/api/tag/{tag}/detach", "detach tag {name} from deployment {id}")


def request_for(action: TagsAction, ids: Ids) -> Request:
    """Return the request that carries out `action`; the body of attach and detach is a bare list."""
    match action:
        case CreateTag():
            return CREATE.to(
                {"organization": ids.organization, "name": action.name},
                body={"name": action.name, "target_type": TARGET},
            )
        case AttachTag() | DetachTag():
            route = ATTACH if isinstance(action, AttachTag) else DETACH
            return route.to(
                {"tag": ids.tag(action.name), "name": action.name, "id": ids.deployment}, body=[ids.deployment]
            )


def reported(live: LiveDeployment, source: Settings | DeploymentDetail) -> LiveDeployment:
    """Return `live` with the names of its tags."""
    return replace(live, tags=frozenset(tag.name for tag in source.tags))
