"""Who manages a deployment, on the wire (capability `management`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reconciler.adapters.picsellia.request import Route
from reconciler.core.live import Management, management_to_json

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.request import Ids, Request
    from reconciler.adapters.picsellia.wire import Settings
    from reconciler.core.actions import RecordManagement
    from reconciler.core.live import LiveDeployment

MANAGE: Final = Route("PUT", "/api/deployment/{id}/management", "tell who manages deployment {id}")


def request_for(action: RecordManagement, ids: Ids) -> Request:
    """Return the request that carries out `action`; without a commit, its revision is null."""
    return MANAGE.to({"id": ids.deployment}, body=management_to_json(action.management))


def reported(live: LiveDeployment, settings: Settings) -> LiveDeployment:
    """Return `live` with who manages it, where the settings say anything about that."""
    if "management" not in settings.model_fields_set:
        return live
    told = settings.management
    if told is None:
        return replace(live, management=None)
    return replace(live, management=Management(told.catalog, told.revision, told.file, told.line, told.fields))
