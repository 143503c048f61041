"""Who moved a model slot, where the platform keeps a history (capability `model-history`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.adapters.picsellia.request import Route
from reconciler.adapters.picsellia.wire import ModelChange, Page, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.adapters.picsellia.transport import Transport

HISTORY: Final = Route("GET", "/api/deployment/{id}/models/history", "read the model history of deployment {id}")
RECENT: Final = 50
"""Changes to look through, newest first; both slots share them."""

ROLES: Final[Mapping[str, Role]] = {"models.champion": Role.CHAMPION, "models.shadow": Role.SHADOW}


async def last_mover(transport: Transport, deployment_id: str, role: Role) -> str | None:
    """Return who or what made the newest change of a slot. Raises PlatformError, AccessError."""
    request = HISTORY.to({"id": deployment_id}, query={"limit": RECENT, "offset": 0})
    page = (await transport.read(request)).parse(Page[ModelChange])
    newest = next((change for change in page.items if change.role is role), None)
    return None if newest is None else _mover(newest)


def _mover(change: ModelChange) -> str | None:
    match change.cause:
        case "USER":
            return change.actor
        case "CONTINUOUS_DEPLOYMENT":
            return "continuous deployment"
        case "PROMOTION":
            return "a promotion" if change.actor is None else f"a promotion by {change.actor}"
        case _:
            return change.cause.lower().replace("_", " ")
