"""Ending early without leaving a mess: the signal from outside, and the brake of one run.

    StopSignal   asked by a signal handler or a cancellation; outlives the run
    Brake        one run's answer to "may anything new start?": stop, deadline, or a failure that concerns every chain

Neither interrupts a request in flight: a write whose answer is thrown away is a write nobody knows about.
"""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Final, TypeVar, cast

from reconciler.errors import DeadlinePassed, Stopped
from reconciler.ports import unconditional

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine, Iterable

    from reconciler.errors import ReconcilerError
    from reconciler.ports import Clock, Permit

T = TypeVar("T")

STOPPED: Final = "stopped"
OUT_OF_TIME: Final = "the time allowed is over"
_TIME_OUT: Final = 9


class StopSignal:
    """A request to end gracefully; once asked, always asked. Made inside or outside an event loop, used in one."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.signal_number = 0
        """2 (SIGINT) or 15 (SIGTERM) once asked."""

    def ask(self, signal_number: int = signal.SIGINT) -> None:
        """Ask to stop; the first number asked with stays."""
        if not self._event.is_set():
            self.signal_number = int(signal_number)
            self._event.set()

    @property
    def asked(self) -> bool:
        """Tell whether anybody asked."""
        return self._event.is_set()

    async def wait(self) -> None:
        """Return once somebody asks."""
        await self._event.wait()


class Brake:
    """Whether anything new may start in one run, and if not, why.

    Args:
        clock: Time.
        stop: The signal from outside.
        seconds: Time for the run from now, `None` for no limit.
    """

    def __init__(self, clock: Clock, stop: StopSignal, seconds: float | None = None) -> None:
        self._clock = clock
        self._stop = stop
        self._until = None if seconds is None else clock.monotonic() + seconds
        self._pulled: dict[str, int] = {}
        self.permit: Permit = unconditional
        """Asked in the last moment before a write goes out; raises LeaseLost."""
        self._event = asyncio.Event()

    def pull(self, reason: str, code: int) -> None:
        """Let nothing new start, for a reason that is worth this exit code."""
        self._pulled.setdefault(reason, code)
        self._event.set()

    @property
    def reasons(self) -> dict[str, int]:
        """Every reason in force, in the order in which they arose, with its exit code; empty while all may go on."""
        reasons = dict(self._pulled)
        if self._stop.asked:
            reasons[STOPPED] = 128 + self._stop.signal_number
        if self._until is not None and self._clock.monotonic() >= self._until:
            reasons[OUT_OF_TIME] = _TIME_OUT
        return reasons

    @property
    def reason(self) -> str:
        """The first reason in force, or empty."""
        return next(iter(self.reasons), "")

    def released(self) -> Brake:
        """Return a brake with the same deadline and signal, which no failure of this run has pulled."""
        other = Brake(self._clock, self._stop)
        other._until = self._until
        return other

    async def pause(self, seconds: float) -> None:
        """Wait, but no longer than until something pulls the brake."""
        await _first_of(asyncio.ensure_future(self._clock.sleep(seconds)), [*self._interruptions(), self._event.wait()])

    async def during(self, reading: Awaitable[T]) -> T:
        """Await something that writes nothing, and give it up when asked to stop. Raises Stopped, DeadlinePassed."""
        task = asyncio.ensure_future(reading)
        if self._interrupted():
            # Cancelled before its first step, so that not even one request is sent.
            task.cancel()
        await _first_of(task, self._interruptions())
        if task.cancelled():
            raise self._interruption()
        return task.result()

    def check_interrupted(self) -> None:
        """Return unless asked to stop. Raises Stopped, DeadlinePassed."""
        if self._interrupted():
            raise self._interruption()

    def _interrupted(self) -> bool:
        return not self.reasons.keys().isdisjoint({STOPPED, OUT_OF_TIME})

    def _interruption(self) -> ReconcilerError:
        if self._stop.asked:
            return Stopped(self._stop.signal_number)
        return DeadlinePassed(OUT_OF_TIME, hint="Allow more time with --timeout, or select fewer deployments.")

    def _interruptions(self) -> list[Coroutine[None, None, object]]:
        watched: list[Coroutine[None, None, object]] = [self._stop.wait()]
        if self._until is not None:
            watched.append(self._clock.sleep(max(0.0, self._until - self._clock.monotonic())))
        return watched


async def finishing(work: Coroutine[None, None, T], stop: StopSignal) -> T:
    """Await work to its end even when cancelled: a cancellation asks it to stop, and is passed on once it has ended."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            # Unlike awaiting the task, waiting for it does not hand a cancellation down.
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            stop.ask()
            cancelled = error
    if cancelled is not None:
        raise cancelled from task.exception()
    return task.result()


async def _first_of(work: asyncio.Future[T], interruptions: Iterable[Coroutine[None, None, object]]) -> None:
    """Wait for the first of them and cancel the rest; nothing is left running."""
    everything: list[asyncio.Future[object]] = [
        cast("asyncio.Future[object]", work),
        *map(asyncio.ensure_future, interruptions),
    ]
    try:
        await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)
