"""The leases of one run: taken together before anything is written, renewed while it lasts, given back at its end.

    take ─ … renew, every third of a lease … ─ give back        in between, a write asks `check` before it goes out

How much of a lease is left is counted here from before it was asked for, by whichever of this machine's clocks is
further on: one of them stands still while a machine sleeps, and another jumps when it is set.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from reconciler.core.events import LeaseAwaited
from reconciler.core.lease import Claim
from reconciler.errors import LeaseHeld, LeaseLost, LedgerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from reconciler.core.lease import Lease
    from reconciler.engine.request import LeaseTerms
    from reconciler.engine.stopping import Brake
    from reconciler.engine.tools import Tools
    from reconciler.ports import Clock, Leases

_CONTENTION: Final = 6

BEATS: Final = 3
"""How often a lease is renewed before it would expire."""

_FIRST_PAUSE: Final = 0.25
_LONGEST_PAUSE: Final = 5.0
_TOLD_EVERY: Final = 15.0
"""Seconds between two words on who is waited for."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """A time by both clocks, in seconds."""

    monotonic: float
    wall: float

    @classmethod
    def of(cls, clock: Clock) -> _Moment:
        return cls(clock.monotonic(), datetime.fromisoformat(clock.now()).timestamp())

    def until(self, later: _Moment) -> float:
        return max(later.monotonic - self.monotonic, later.wall - self.wall)


class Queue:
    """How long an apply waits for leases in all, however often it asks for them.

    Args:
        clock: Time.
        seconds: From the first time that it has to wait; 0 for not at all.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._until: float | None = None
        self._told_at = -_TOLD_EVERY
        self._pause = _FIRST_PAUSE
        self.waited = False
        """Whether it had to wait since this was last set to False."""

    async def stand(self, held: LeaseHeld, *, tools: Tools, brake: Brake) -> None:
        """Wait a little. Raises what it was given once the time is over; Stopped, DeadlinePassed."""
        now = self._clock.monotonic()
        self._until = now + self._seconds if self._until is None else self._until
        left = self._until - now
        if left <= 0:
            raise held
        self.waited = True
        if now - self._told_at >= _TOLD_EVERY:
            self._told_at = now
            tools.announcer.announce(LeaseAwaited(held.message, left))
        await brake.pause(min(self._pause, left))
        self._pause = min(_LONGEST_PAUSE, self._pause * 2)
        brake.check_interrupted()


class Tenure:
    """What one run holds.

    Args:
        tools: Where leases are kept, and time.
        catalog: Whose deployments.
        run: Id of the run.
        terms: How long a lease lasts, who asks, how long a write may take.
        brake: Pulled when a lease is lost.
    """

    def __init__(self, tools: Tools, catalog: str, *, run: str, terms: LeaseTerms, brake: Brake) -> None:
        self._tools = tools
        self._catalog = catalog
        self._terms = terms
        self._claim = Claim(run, terms.holder, terms.process, terms.seconds)
        self._brake = brake
        self._since = _Moment.of(tools.clock)
        self._trouble = ""
        """Why the leases could not be renewed the last time it was tried."""
        self.leases: tuple[Lease, ...] = ()
        self.lost = ""
        """Why nothing may be written any more; empty while all is well."""
        self.kept = ""
        """Why the leases could not be given back; empty if they were."""

    @property
    def left(self) -> float:
        """Seconds for which the leases are certainly ours."""
        return self._terms.seconds - self._since.until(_Moment.of(self._tools.clock))

    @asynccontextmanager
    async def held(self, addresses: Collection[str], queue: Queue) -> AsyncIterator[None]:
        """Hold the leases of some deployments. Raises LeaseHeld, LedgerError; Stopped, DeadlinePassed while waiting."""
        leases = self._tools.leases
        if leases is None or not addresses:
            yield
            return
        await self._take(leases, addresses, queue)
        self._brake.permit = self.check
        beat = asyncio.ensure_future(self._renew_often(leases))
        try:
            yield
        finally:
            beat.cancel()
            await asyncio.gather(beat, return_exceptions=True)
            await self._give_back(leases)

    def check(self) -> None:
        """Return if more is left of the leases than a write that goes out now may take. Raises LeaseLost."""
        if not self.lost and self.left <= self._terms.margin:
            self._lose(f"the lease of {self._name} could not be renewed in time{self._because}")
        if self.lost:
            addresses = tuple(lease.address for lease in self.leases)
            raise LeaseLost(self.lost, addresses=addresses, hint="Plan again; what has landed is kept.")

    async def _take(self, leases: Leases, addresses: Collection[str], queue: Queue) -> None:
        while True:
            asked = _Moment.of(self._tools.clock)
            try:
                self.leases = tuple(await leases.acquire(self._catalog, addresses, self._claim))
            except LeaseHeld as error:
                await queue.stand(error, tools=self._tools, brake=self._brake)
            else:
                self._since = asked
                return

    async def _renew_often(self, leases: Leases) -> None:
        pause = self._terms.seconds / BEATS
        while not self.lost:
            await self._tools.clock.sleep(pause)
            # Once it was over, even for a moment, somebody may have come and gone.
            if self.left <= 0:
                self._lose(f"the lease of {self._name} ran out{self._because}")
            else:
                pause = await self._renew(leases)

    async def _renew(self, leases: Leases) -> float:
        """Renew once, and return how long to wait before the next time."""
        asked = _Moment.of(self._tools.clock)
        try:
            self.leases = tuple(await leases.renew(self._catalog, self.leases, self._terms.seconds))
        except LeaseLost as error:
            self._lose(error.message)
        except LedgerError as error:
            self._trouble = error.message
            return self._terms.seconds / BEATS / 4
        else:
            self._since, self._trouble = asked, ""
        return self._terms.seconds / BEATS

    async def _give_back(self, leases: Leases) -> None:
        try:
            await leases.release(self._catalog, self.leases)
        except LedgerError as error:
            self.kept = f"The leases could not be given back and will expire by themselves: {error}"

    def _lose(self, why: str) -> None:
        self.lost = why
        self._brake.pull(why, _CONTENTION)

    @property
    def _name(self) -> str:
        first, more = self.leases[0].address, len(self.leases) - 1
        return f"{first} and {more} more" if more else first

    @property
    def _because(self) -> str:
        return f": {self._trouble}" if self._trouble else ""
