"""How fast one host is asked: a window of concurrent requests that adapts, and pauses the host asks for.

Additive increase, multiplicative decrease, as in TCP congestion avoidance (RFC 5681): every answered request widens the
window by `1/window`, every refusal halves it. `Retry-After` comes first: nothing starts before it has passed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.errors import Throttled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from reconciler.ports import Clock

NARROWEST: Final = 1.0
FIRST_PAUSE: Final = 0.5
"""Seconds of the first pause where the host names none; each further one in a row is twice as long."""
LONGEST_PAUSE: Final = 30.0
"""Seconds; the longest pause we choose ourselves."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to have one request in flight, and the window's generation it was granted in."""

    generation: int


class Limiter:
    """One host's window. Every request takes a slot and says afterwards how it was received.

    Args:
        clock: Time, injected.
        ceiling: Most requests in flight, at least 1.
        patience: Most seconds to wait for a pause to pass before giving up with Throttled.
    """

    def __init__(self, clock: Clock, *, ceiling: int = 10, patience: float = 120.0) -> None:
        self._clock = clock
        self._ceiling = float(max(1, ceiling))
        self._patience = patience
        self._window = self._ceiling
        self._running = 0
        self._generation = 0
        self._refusals_in_a_row = 0
        self._quiet_until = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.waited = 0.0
        """Seconds spent in pauses, summed over requests."""

    @property
    def window(self) -> int:
        """How many requests may be in flight now, 1..ceiling."""
        return int(self._window)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[Slot]:
        """Wait for a place and for any pause to pass. Raises Throttled if the pause exceeds the patience."""
        await self._enter()
        try:
            await self._pause()
            yield Slot(self._generation)
        finally:
            self._leave()

    async def _enter(self) -> None:
        if self._running < self.window and not self._waiting:
            self._running += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            # Cancelled in the instant after the place was granted: pass it on.
            if place.done() and not place.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        self._running -= 1
        self._grant()

    def _grant(self) -> None:
        while self._waiting and self._running < self.window:
            place = self._waiting.popleft()
            if not place.done():
                self._running += 1
                place.set_result(None)

    async def _pause(self) -> None:
        # A pause may be prolonged while we sleep, so look again.
        while (seconds := self._quiet_until - self._clock.monotonic()) > 0:
            if seconds > self._patience:
                raise Throttled(
                    f"the platform asked for a pause of {seconds:.0f} s; we wait {self._patience:.0f} s at most",
                    retry_after=seconds,
                    hint="Try again after that time.",
                )
            self.waited += seconds
            await self._clock.sleep(seconds)

    def welcomed(self) -> None:
        """Take note that a request was answered normally: the window grows a little."""
        self._refusals_in_a_row = 0
        self._window = min(self._ceiling, self._window + 1.0 / self._window)
        self._grant()

    def refused(self, slot: Slot, retry_after: float | None) -> None:
        """Take note of a 429 or 503: halve the window once per generation, and pause.

        Args:
            slot: The slot the refused request was sent under. Requests that were in flight together share one
                decrease, otherwise ten refusals of one burst would close the window entirely.
            retry_after: Seconds the host asked for; `None` where it named none.
        """
        if slot.generation == self._generation:
            self._generation += 1
            self._refusals_in_a_row += 1
            self._window = max(NARROWEST, self._window / 2)
        own = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (self._refusals_in_a_row - 1))
        pause = own if retry_after is None else retry_after
        self._quiet_until = max(self._quiet_until, self._clock.monotonic() + pause)
