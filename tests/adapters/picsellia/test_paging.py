"""A list is complete or an error, whatever the page size and whatever happens between two pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.picsellia.reading.paging import Listing, Whole, read_whole
from reconciler.adapters.picsellia.request import Route
from reconciler.adapters.picsellia.wire import Named, Page
from reconciler.errors import PlatformUnavailable, ReconcilerError
from reconciler.ports import Scope, Subject
from tests.adapters.picsellia.mocks import ORGANIZATION, answer, connected
from tests.fakes.clock import run

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

LISTING = Listing(Route("GET", "/api/things", "list the things"), Page[Named], {})
DEPLOYMENTS = f"/api/organization/{ORGANIZATION}/deployments"


def name(number: int) -> str:
    return f"thing-{number}"


def item(number: int) -> dict[str, str]:
    return {"id": str(UUID(int=number + 1)), "name": name(number), "type": "CLASSIFICATION"}


@dataclass
class Shelf:
    """A list that is served in pages of its own size, and changes after given requests.

    Attributes:
        page_size: Most items a page holds, whatever is asked.
        numbers: What is there, in the order served.
        changes: After so many list requests, what happens.
        counted: Whether pages tell the total.
    """

    page_size: int
    numbers: list[int]
    changes: dict[int, Callable[[list[int]], None]] = field(default_factory=dict)
    counted: bool = True
    served: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/home/ping":
            return answer(200, {"default_organization": ORGANIZATION})
        if request.url.path == f"/api/organization/{ORGANIZATION}":
            return answer(200, {"id": ORGANIZATION, "name": "acme"})
        offset, limit = int(request.url.params["offset"]), int(request.url.params["limit"])
        page = self.numbers[offset : offset + min(limit, self.page_size)]
        reply = answer(200, {"items": [item(number) for number in page], "count": self._count()})
        self.served += 1
        self.changes.get(self.served, lambda _: None)(self.numbers)
        return reply

    def _count(self) -> int | None:
        return len(self.numbers) if self.counted else None


def read(shelf: Shelf) -> Whole[Named] | ReconcilerError:
    async def main() -> Whole[Named] | ReconcilerError:
        async with connected(shelf) as connection:
            try:
                return await read_whole(connection.transport, LISTING)
            except ReconcilerError as error:
                return error

    return run(main())


@given(count=st.integers(0, 40), page_size=st.integers(1, 12))
def test_a_list_that_holds_still_costs_its_pages_and_no_more(count: int, page_size: int) -> None:
    shelf = Shelf(page_size, list(range(count)))
    whole = read(shelf)
    assert isinstance(whole, Whole)
    assert [thing.name for thing in whole.items] == [name(number) for number in range(count)]
    assert shelf.served == whole.pages == max(1, -(-count // page_size))


@given(count=st.integers(0, 20), page_size=st.integers(1, 7))
def test_without_a_total_it_ends_at_an_empty_page(count: int, page_size: int) -> None:
    shelf = Shelf(page_size, list(range(count)), counted=False)
    whole = read(shelf)
    assert isinstance(whole, Whole)
    assert len(whole.items) == count


def test_a_list_that_knows_neither_pages_nor_a_total_is_whole_when_it_repeats_itself() -> None:
    def unpaged(_: httpx.Request) -> httpx.Response:
        return answer(200, {"items": [item(1), item(2)]})

    whole = read(unpaged)  # type: ignore[arg-type]  # any handler will do
    assert isinstance(whole, Whole)
    assert (len(whole.items), whole.pages) == (2, 1)


def _remove(index: int) -> Callable[[list[int]], None]:
    return lambda numbers: numbers.pop(index % len(numbers)) if numbers else None  # type: ignore[func-returns-value]


def _insert(index: int) -> Callable[[list[int]], None]:
    return lambda numbers: numbers.insert(index % (len(numbers) + 1), 1000 + len(numbers) * 7 + index)


def _replace(index: int) -> Callable[[list[int]], None]:
    def both(numbers: list[int]) -> None:
        _remove(index)(numbers)
        numbers.append(5000 + index)

    return both


CHANGES = st.dictionaries(
    st.integers(1, 6), st.tuples(st.sampled_from([_remove, _insert, _replace]), st.integers(0, 40)), max_size=4
)


@given(count=st.integers(1, 25), page_size=st.integers(1, 9), changes=CHANGES)
def test_a_change_of_length_between_pages_never_hides_what_stayed(
    count: int, page_size: int, changes: dict[int, tuple[Callable[[int], Callable[[list[int]], None]], int]]
) -> None:
    moves = {at: change(index) for at, (change, index) in changes.items() if change is not _replace}
    shelf = Shelf(page_size, list(range(count)), changes=moves)
    whole = read(shelf)
    if isinstance(whole, ReconcilerError):
        assert type(whole) is PlatformUnavailable
        return
    stayed = {name(number) for number in shelf.numbers if number < 1000}
    assert stayed <= {thing.name for thing in whole.items}


@given(count=st.integers(1, 25), page_size=st.integers(1, 9), changes=CHANGES)
def test_a_deployment_that_stayed_is_found_or_the_observation_is_an_error(
    count: int, page_size: int, changes: dict[int, tuple[Callable[[int], Callable[[list[int]], None]], int]]
) -> None:
    shelf = Shelf(page_size, list(range(count)), {at: change(index) for at, (change, index) in changes.items()})
    subjects = tuple(Subject(name(number), (name(number),)) for number in range(count))

    async def main() -> set[str] | None:
        async with connected(shelf) as connection:
            try:
                snapshot = await connection.observer.observe(Scope(subjects, frozenset()))
            except PlatformUnavailable:
                return None
            return {str(live.name) for live in snapshot.deployments}

    found = run(main())
    assert found is None or {name(number) for number in shelf.numbers if number < 1000} <= found


def test_the_change_that_leaves_no_trace_is_caught_by_a_second_read() -> None:
    # The first page's first item goes, another comes at the end: no total moves, nothing is seen twice.
    shelf = Shelf(2, [0, 1, 2, 3], {1: _replace(0)})
    subjects = tuple(Subject(name(number), (name(number),)) for number in range(4))

    async def main() -> set[str]:
        async with connected(shelf) as connection:
            snapshot = await connection.observer.observe(Scope(subjects, frozenset()))
            return {str(live.name) for live in snapshot.deployments}

    found = run(main())
    assert {name(1), name(2), name(3)} <= found
    assert name(0) not in found


def test_a_list_that_never_holds_still_is_an_error_that_says_what_to_do() -> None:
    shelf = Shelf(2, [0, 1, 2, 3], {at: _insert(0) for at in range(1, 50)})
    error = read(shelf)
    assert type(error) is PlatformUnavailable
    assert "kept changing" in error.message
    assert error.hint


@pytest.mark.parametrize("repeated", [[1, 1], [1, 2, 1]])
def test_an_item_twice_in_one_page_is_not_a_list_we_believe(repeated: list[int]) -> None:
    assert type(read(Shelf(5, repeated))) is PlatformUnavailable


def test_a_total_the_list_never_reaches_is_not_a_list_we_believe() -> None:
    def short(request: httpx.Request) -> httpx.Response:
        here = [item(1)] if request.url.params["offset"] == "0" else []
        return answer(200, {"items": here, "count": 7})

    assert type(read(short)) is PlatformUnavailable  # type: ignore[arg-type]  # any handler will do
