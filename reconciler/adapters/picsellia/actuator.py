"""The Actuator port over HTTP: one action, one write, and what the platform answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.adapters.picsellia.request import Ids
from reconciler.adapters.picsellia.wire import Found, Named
from reconciler.adapters.picsellia.writing import request_for
from reconciler.core.actions import AttachTag, CreateDeployment, CreateTag, DetachTag
from reconciler.errors import Bug, NotFound, UnexpectedReply
from reconciler.ports import Receipt, unconditional

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.reading.greeting import Greeter
    from reconciler.adapters.picsellia.reading.tags import Tags
    from reconciler.adapters.picsellia.reply import Reply
    from reconciler.adapters.picsellia.transport import Transport
    from reconciler.core.actions import Action
    from reconciler.ports import Permit


class PicselliaActuator:
    """Writes to one organisation of one platform.

    Args:
        transport: The way there.
        greeter: Which organisation creations happen in.
        tags: Ids of tags; also learns those it creates.
    """

    def __init__(self, transport: Transport, greeter: Greeter, *, tags: Tags) -> None:
        self._transport = transport
        self._greeter = greeter
        self._tags = tags

    async def perform(self, action: Action, deployment_id: str | None, permit: Permit = unconditional) -> Receipt:
        """Send `action` once; `deployment_id` is `None` for CreateTag and CreateDeployment.

        Raises: Rejected (and NotFound, Conflict), Ambiguous, PlatformUnavailable, Throttled, AccessError; what `permit`
            raises, and then nothing was sent.
        """
        if deployment_id is None and not isinstance(action, CreateTag | CreateDeployment):
            raise Bug(f"{type(action).__name__} was sent without a deployment")
        organization = (await self._greeter.greeting()).organization.id
        ids = Ids(organization=organization) if deployment_id is None else Ids(deployment_id, organization)
        if isinstance(action, AttachTag | DetachTag):
            return await self._move_tag(action, ids, permit)
        reply = await self._transport.write(request_for(action, ids), permit)
        if isinstance(action, CreateTag):
            self._learn(reply)
        created = isinstance(action, CreateTag | CreateDeployment)
        return Receipt(_created(reply) if created else None, reply.status)

    async def _move_tag(self, action: AttachTag | DetachTag, ids: Ids, permit: Permit) -> Receipt:
        known = self._tags.knows(action.name)
        try:
            return await self._move_tag_once(action, ids, permit)
        except NotFound:
            if not known:
                raise
        # The tag may have been deleted and made again since its id was learnt.
        self._tags.forget(action.name)
        return await self._move_tag_once(action, ids, permit)

    async def _move_tag_once(self, action: AttachTag | DetachTag, ids: Ids, permit: Permit) -> Receipt:
        tag_id = await self._tags.id_of(action.name)
        here = Ids(ids.deployment, ids.organization, {action.name: tag_id})
        reply = await self._transport.write(request_for(action, here), permit)
        return Receipt(None, reply.status)

    def _learn(self, reply: Reply) -> None:
        try:
            self._tags.learn([reply.parse(Named)])
        except UnexpectedReply:
            return  # it was created all the same; its id is looked up when it is needed


def _created(reply: Reply) -> str | None:
    """Return the id of what was created; `None` where the answer does not say, as it was created all the same."""
    try:
        return reply.parse(Found).id
    except UnexpectedReply:
        return None
