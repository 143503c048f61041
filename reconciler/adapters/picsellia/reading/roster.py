"""Which deployments there are: the whole list, or the few that were asked for by id and name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from reconciler.adapters.picsellia.reading.concurrently import all_of
from reconciler.adapters.picsellia.reading.paging import Listing, Whole, read_whole, restless
from reconciler.adapters.picsellia.request import Route
from reconciler.adapters.picsellia.wire import AnyDeployment, AnyDetail, Deployment, Listed, Outline, Page
from reconciler.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.adapters.picsellia.reading.greeting import Greeting
    from reconciler.adapters.picsellia.transport import Transport
    from reconciler.ports import Subject

Found: TypeAlias = Deployment | Outline

LIST: Final = Route("GET", "/api/organization/{organization}/deployments", "list the deployments")
FIND: Final = Route("GET", "/api/organization/{organization}/deployments/find", "find deployment {name}")
DETAIL: Final = Route("GET", "/api/deployment/{id}", "read deployment {id}")

MOST_READS: Final = 3
"""How often a list of several pages is read to make sure that what is missing in it is missing."""


class Roster:
    """The deployments of one organisation."""

    def __init__(self, transport: Transport, greeting: Greeting) -> None:
        self._transport = transport
        self._greeting = greeting

    async def all(self, subjects: Sequence[Subject]) -> tuple[Found, ...]:
        """Return every deployment. Raises PlatformUnavailable for a list that does not hold still.

        One page is one moment. Between pages, a deletion together with a creation could hide a third deployment without
        any other trace; so where a subject is missing in several pages, two reads have to agree.
        """
        whole = await self._list()
        for _ in range(MOST_READS - 1):
            if whole.pages == 1 or not _missing(subjects, whole.items):
                return whole.items
            before, whole = whole, await self._list()
            if whole.ids == before.ids:
                return whole.items
        raise restless(self._listing().at(0))

    def _listing(self) -> Listing[Found]:
        holes = {"organization": self._greeting.organization.id}
        return Listing(LIST, Page[Listed], holes, announced=self._greeting.capabilities)

    async def _list(self) -> Whole[Found]:
        return await read_whole(self._transport, self._listing())

    async def those(self, subjects: Iterable[Subject]) -> tuple[Found, ...]:
        """Return the deployments that subjects may mean, each once."""
        found = await all_of(self.candidates(subject) for subject in subjects)
        return tuple({item.id: item for items in found for item in items}.values())

    async def candidates(self, subject: Subject) -> tuple[Found, ...]:
        """Return what lives under the subject's id, and under those of its names that this one does not bear."""
        known = await self.by_id(subject.id) if subject.id is not None else None
        here = () if known is None else (known,)
        names = [name for name in subject.names if known is None or name != known.name]
        named = await all_of(self.by_name(name) for name in names)
        return (*here, *(item for item in named if item is not None))

    async def by_id(self, deployment_id: str) -> Found | None:
        """Return one deployment in detail, or `None` if there is none of that id."""
        try:
            reply = await self._transport.read(DETAIL.to({"id": deployment_id}))
        except NotFound:
            return None
        return reply.parse(AnyDetail, self._greeting.capabilities).root

    async def by_name(self, name: str) -> Found | None:
        """Return one deployment, or `None` if there is none of that name."""
        holes = {"organization": self._greeting.organization.id, "name": name}
        try:
            reply = await self._transport.read(FIND.to(holes, query={"name": name}))
        except NotFound:
            return None
        return reply.parse(AnyDeployment, self._greeting.capabilities).root


def _missing(subjects: Iterable[Subject], items: Sequence[Found]) -> bool:
    ids, names = {item.id for item in items}, {item.name for item in items}
    return any(names.isdisjoint(subject.names) if subject.id is None else subject.id not in ids for subject in subjects)
