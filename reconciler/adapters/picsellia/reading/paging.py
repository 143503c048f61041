"""Lists read whole, page by page: complete, or an error; never a part that looks like the whole.

The platform may serve smaller pages than asked for, and may change between two of them. An item seen twice, a total
that moves, or an end before the total show that the list shifted; then it is read once more from the start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from reconciler.errors import PlatformUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.adapters.picsellia.request import Request, Route
    from reconciler.adapters.picsellia.transport import Transport
    from reconciler.adapters.picsellia.wire import Page

PAGE_SIZE: Final = 1000
"""Items asked for at once: what the official SDK asks for."""

MOST_READS: Final = 2
"""How often a list that shifts is begun."""


class Item(Protocol):
    """What every listed thing has."""

    @property
    def id(self) -> str:
        """What tells it from the others."""


I = TypeVar("I", bound=Item)  # noqa: E741  # an item


@dataclass(frozen=True, slots=True)
class Listing(Generic[I]):
    """A list of the platform.

    Attributes:
        route: Where it is served.
        page: The wire model of one page.
        holes: The holes of the route.
        query: What narrows it.
        announced: Capabilities that decide how much of each item is read.
    """

    route: Route
    page: type[Page[I]]
    holes: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    announced: frozenset[str] = frozenset()

    def at(self, offset: int) -> Request:
        """Return the request for the page that begins at `offset`."""
        return self.route.to(self.holes, query={**self.query, "limit": PAGE_SIZE, "offset": offset})


@dataclass(frozen=True, slots=True)
class Whole(Generic[I]):
    """A list read whole: each item once, and how many requests it took."""

    items: tuple[I, ...]
    pages: int

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all items."""
        return frozenset(item.id for item in self.items)


class _Shifted(Exception):
    """The list changed between two pages."""


async def read_whole(transport: Transport, listing: Listing[I]) -> Whole[I]:
    """Return every item of a list. Raises PlatformUnavailable for one that does not hold still."""
    for _ in range(MOST_READS):
        try:
            return await _read(transport, listing)
        except _Shifted:
            continue
    raise restless(listing.at(0))


def restless(request: Request) -> PlatformUnavailable:
    """Return the error for a list that changes faster than it can be read."""
    return PlatformUnavailable(
        f"cannot {request.purpose}: it kept changing while it was read",
        where=str(request),
        hint="Try again in a moment, when fewer people are at work there.",
    )


async def _read(transport: Transport, listing: Listing[I]) -> Whole[I]:
    seen: dict[str, I] = {}
    total: int | None = None
    pages = 0
    while True:
        pages += 1
        page = (await transport.read(listing.at(len(seen)))).parse(listing.page, listing.announced)
        fresh = {item.id: item for item in page.items}
        if pages == 2 and total is None and [*fresh] == [*seen]:
            return Whole(tuple(seen.values()), 1)  # the same page again: this list knows no pages
        if len(fresh) != len(page.items) or fresh.keys() & seen.keys() or (pages > 1 and page.count != total):
            raise _Shifted
        seen |= fresh
        total = page.count
        if not fresh or len(seen) == total:
            return _ended(seen, total, pages)


def _ended(seen: Mapping[str, I], total: int | None, pages: int) -> Whole[I]:
    if total is not None and len(seen) != total:
        raise _Shifted
    return Whole(tuple(seen.values()), pages)
