"""The organisation's deployment tags: one list for all of them, and ids by name for those who attach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.adapters.picsellia.aspects.tags import TARGET
from reconciler.adapters.picsellia.reading.paging import Listing, read_whole
from reconciler.adapters.picsellia.request import Route
from reconciler.adapters.picsellia.wire import Named, Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.adapters.picsellia.reading.greeting import Greeter
    from reconciler.adapters.picsellia.transport import Transport

LIST: Final = Route("GET", "/api/organization/{organization}/tags", "list the deployment tags")
FIND: Final = Route("GET", "/api/organization/{organization}/tags/find", "find deployment tag {name}")


class Tags:
    """Ids of deployment tags by name, learnt from lists, from deployments and from our own creations."""

    def __init__(self, transport: Transport, greeter: Greeter) -> None:
        self._transport = transport
        self._greeter = greeter
        self._known: dict[str, Named] = {}

    def learn(self, tags: Iterable[Named]) -> None:
        """Remember tags that were seen."""
        self._known |= {tag.name: tag for tag in tags}

    def knows(self, name: str) -> bool:
        """Tell whether a tag's id is known."""
        return name in self._known

    def forget(self, name: str) -> None:
        """Drop what is known of a tag."""
        self._known.pop(name, None)

    async def read(self) -> Mapping[str, Named]:
        """Return every deployment tag of the organisation, by name, read afresh."""
        organization = (await self._greeter.greeting()).organization.id
        listing = Listing(LIST, Page[Named], {"organization": organization}, {"target_type": TARGET})
        tags = {tag.name: tag for tag in (await read_whole(self._transport, listing)).items}
        self.learn(tags.values())
        return tags

    async def id_of(self, name: str) -> str:
        """Return a tag's id, looked up where it is not known yet. Raises NotFound."""
        if name not in self._known:
            holes = {"organization": (await self._greeter.greeting()).organization.id, "name": name}
            request = FIND.to(holes, query={"name": name, "target_type": TARGET})
            self.learn([(await self._transport.read(request)).parse(Named)])
        return self._known[name].id
