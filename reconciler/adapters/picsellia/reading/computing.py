"""How far the platform is with the training data of a deployment, in its own word (wire protocol, section 2.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import AliasChoices, Field

from reconciler.adapters.picsellia.request import Route
from reconciler.adapters.picsellia.wire import Text, Wire

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.transport import Transport

CHECK: Final = Route(
    "GET", "/api/deployment/{id}/pipeline/td/check", "ask how far the training data of deployment {id} are"
)


class Check(Wire):
    """The answer; older services have another key for it."""

    status: Text = Field(validation_alias=AliasChoices("status", "training_data_status"))


async def training_data_status(transport: Transport, deployment_id: str) -> str:
    """Return the platform's word. Raises PlatformError, AccessError, NotFound."""
    return (await transport.read(CHECK.to({"id": deployment_id}))).parse(Check).status
