"""The pace: never more in flight than the window, no start within a pause, one decrease per burst."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.picsellia.limiter import FIRST_PAUSE, Limiter, Slot
from reconciler.errors import Throttled
from tests.fakes.clock import FakeClock, run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Host:
    """Counts what is in flight, and refuses while it is tired."""

    def __init__(self, limiter: Limiter, clock: FakeClock) -> None:
        self.limiter = limiter
        self.clock = clock
        self.in_flight = 0
        self.peak = 0
        self.starts: list[float] = []

    async def ask(self, *, refuse: float | None = None, answer: bool = True) -> None:
        async with self.limiter.slot() as slot:
            self.in_flight += 1
            self.peak = max(self.peak, self.in_flight)
            self.starts.append(self.clock.monotonic())
            try:
                await self.clock.sleep(1.0)
            finally:
                self.in_flight -= 1
            if answer:
                self.limiter.welcomed()
            else:
                self.limiter.refused(slot, refuse)


def played(story: Callable[[Host], Awaitable[None]], *, ceiling: int = 10, patience: float = 60.0) -> Host:
    async def main() -> Host:
        clock = FakeClock()
        host = Host(Limiter(clock, ceiling=ceiling, patience=patience), clock)
        await story(host)
        return host

    return run(main())


@pytest.mark.parametrize(("ceiling", "asks"), [(1, 3), (4, 40), (10, 10), (10, 3)])
def test_no_more_than_the_ceiling_is_in_flight(ceiling: int, asks: int) -> None:
    async def story(host: Host) -> None:
        await asyncio.gather(*(host.ask() for _ in range(asks)))

    host = played(story, ceiling=ceiling)
    assert host.peak == min(ceiling, asks)
    assert len(host.starts) == asks


def test_one_burst_of_refusals_halves_the_window_once() -> None:
    async def story(host: Host) -> None:
        await asyncio.gather(*(host.ask(answer=False) for _ in range(10)))

    assert played(story).limiter.window == 5


def test_refusals_one_after_another_close_the_window_down_to_one_and_never_further() -> None:
    async def story(host: Host) -> None:
        for _ in range(8):
            await host.ask(answer=False)

    assert played(story).limiter.window == 1


def test_the_window_recovers_by_one_for_each_window_of_answers() -> None:
    async def story(host: Host) -> None:
        await host.ask(answer=False)
        assert host.limiter.window == 5
        await asyncio.gather(*(host.ask() for _ in range(6)))
        assert host.limiter.window == 6
        for _ in range(60):
            await host.ask()

    assert played(story).limiter.window == 10


def test_nothing_starts_before_retry_after_has_passed() -> None:
    async def story(host: Host) -> None:
        await host.ask(answer=False, refuse=30.0)
        await asyncio.gather(*(host.ask() for _ in range(3)))

    host = played(story)
    assert host.starts == [0.0, 31.0, 31.0, 31.0]
    assert host.limiter.waited == 90.0


def test_a_longer_pause_is_not_shortened_by_a_later_shorter_one() -> None:
    async def story(host: Host) -> None:
        await host.ask(answer=False, refuse=40.0)
        async with asyncio.TaskGroup() as group:
            group.create_task(host.ask())
            host.limiter.refused(Slot(generation=0), 2.0)

    assert played(story).starts[-1] == 41.0


def test_without_retry_after_pauses_double_until_an_answer() -> None:
    async def story(host: Host) -> None:
        for _ in range(3):
            await host.ask(answer=False)
        await host.ask()
        await host.ask(answer=False)
        await host.ask()

    starts = played(story).starts
    gaps = [after - before - 1.0 for before, after in pairwise(starts)]
    assert gaps == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 0.0, FIRST_PAUSE]


def test_a_pause_longer_than_our_patience_is_an_error_that_says_how_long() -> None:
    async def story(host: Host) -> None:
        await host.ask(answer=False, refuse=3600.0)
        with pytest.raises(Throttled, match="3600 s") as caught:
            await host.ask()
        assert caught.value.retry_after == 3600.0

    assert len(played(story).starts) == 1


def test_a_cancelled_wait_gives_its_place_away() -> None:
    async def story(host: Host) -> None:
        first = asyncio.create_task(host.ask())
        waiting = [asyncio.create_task(host.ask()) for _ in range(3)]
        await asyncio.sleep(0.5)
        waiting[0].cancel()
        await first
        # The place was handed to the next in line in this very instant; cancel that one too.
        waiting[1].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.wait_for(host.ask(), timeout=10.0)

    host = played(story, ceiling=1)
    assert (host.peak, host.in_flight) == (1, 0)


def test_a_wait_cancelled_in_the_instant_its_place_was_granted_passes_it_on() -> None:
    async def story(host: Host) -> None:
        async with host.limiter.slot():
            waiting = asyncio.create_task(host.ask())
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert host.starts == []
        await asyncio.wait_for(host.ask(), timeout=10.0)

    assert played(story, ceiling=1).starts == [0.0]


@given(
    ceiling=st.integers(1, 6),
    asks=st.lists(st.tuples(st.booleans(), st.none() | st.floats(0, 20)), max_size=25),
)
def test_whatever_the_host_answers_everything_ends_and_the_window_stays_in_bounds(
    ceiling: int, asks: list[tuple[bool, float | None]]
) -> None:
    async def story(host: Host) -> None:
        await asyncio.gather(*(host.ask(answer=well, refuse=pause) for well, pause in asks))
        assert 1 <= host.limiter.window <= ceiling

    host = played(story, ceiling=ceiling)
    assert host.peak <= ceiling
    assert len(host.starts) == len(asks)
