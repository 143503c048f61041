"""The list of deployments: what each serves, how much and how fast, and who manages it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from reconciler.platform.dashboard.ownership import Owner, owner_of
from reconciler.platform.dashboard.rendering import render
from reconciler.platform.dashboard.sparkline import Sparkline, sparkline
from reconciler.platform.dashboard.visit import Visit, page
from reconciler.platform.store import overviews
from reconciler.platform.store.overviews import Overview, Search, Sort
from reconciler.platform.store.tables.base import now

PATH = "/deployments"
SIZE = 25
# What each order is called, and whether most people want its largest first.
_ORDERS = {
    Sort.NAME: ("Name", False),
    Sort.CREATED: ("Created", True),
    Sort.PREDICTIONS: ("Predictions", True),
    Sort.LAST_PREDICTION: ("Last prediction", True),
}
# More are no page of any list.
_DIGITS = 7
_FIRST = Sort.LAST_PREDICTION


@dataclass(frozen=True)
class Line:
    """One deployment in the list."""

    deployment: Overview
    trend: Sparkline
    owner: Owner | None


@dataclass(frozen=True)
class Order:
    """A column that the list can be sorted by, and the address of the list sorted by it, or the other way round."""

    name: str
    address: str
    is_chosen: bool
    descending: bool


@dataclass(frozen=True)
class Paging:
    """Where this page lies in the list; addresses of its neighbours, None at the ends."""

    first: int
    last: int
    count: int
    before: str | None
    after: str | None


def show(visit: Visit) -> Response:
    """Show one page of the list."""
    search = _search(visit)
    with visit.read() as unit:
        found = overviews.list_page(unit, visit.actor.organization_id, search, moment=now().timestamp())
    lines = [
        Line(each, sparkline([point.latency for point in each.trend]), owner_of(each.management))
        for each in found.items
    ]
    paging = _paging(search, found.count)
    return render(visit, "deployments.html", lines=lines, search=search, orders=_orders(search), paging=paging)


routes = [Route(PATH, page(show), methods=["GET"])]


def _search(visit: Visit) -> Search:
    sort = next((each for each in Sort if each == visit.asked("sort")), _FIRST)
    way = visit.asked("way")
    return Search(
        text=visit.asked("search"),
        sort=sort,
        descending=way == "down" if way in ("up", "down") else _ORDERS[sort][1],
        offset=(_page(visit.asked("page")) - 1) * SIZE,
        limit=SIZE,
    )


def _page(told: str) -> int:
    """Return the page that an address asks for; the first for anything else."""
    is_number = told.isascii() and told.isdigit() and len(told) <= _DIGITS
    return max(int(told), 1) if is_number else 1


def _orders(search: Search) -> dict[str, Order]:
    return {sort.name: _order(search, sort) for sort in Sort}


def _order(search: Search, sort: Sort) -> Order:
    name, descending = _ORDERS[sort]
    is_chosen = sort is search.sort
    wanted = not search.descending if is_chosen else descending
    return Order(name, _address(search, sort, descending=wanted), is_chosen, search.descending)


def _paging(search: Search, count: int) -> Paging:
    def neighbour(offset: int) -> str | None:
        is_there = 0 <= offset < count
        return _address(search, search.sort, descending=search.descending, offset=offset) if is_there else None

    return Paging(
        first=min(search.offset + 1, count),
        last=min(search.offset + search.limit, count),
        count=count,
        before=neighbour(search.offset - search.limit),
        after=neighbour(search.offset + search.limit),
    )


def _address(search: Search, sort: Sort, *, descending: bool, offset: int = 0) -> str:
    told = {
        "search": search.text,
        "sort": sort.value,
        "way": "down" if descending else "up",
        "page": str(offset // search.limit + 1) if offset else "",
    }
    return f"{PATH}?{urlencode({name: value for name, value in told.items() if value})}"
