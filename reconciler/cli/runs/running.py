"""An asynchronous verb from start to end: time limit, Ctrl-C and SIGTERM, and the loop that everything runs in.

A first signal asks to stop: reading is given up, an apply finishes its requests in flight. A second one stops waiting
for anything but those; a third is left to the system.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from reconciler.engine.stopping import StopSignal
from reconciler.errors import DeadlinePassed, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

T = TypeVar("T")

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Stopping:
    """Whether and how this process was asked to stop.

    Attributes:
        signal: For whoever stops gracefully by itself.
        graceful: Whether somebody does; if not, a signal cancels the work at once.
    """

    def __init__(self) -> None:
        self.signal = StopSignal()
        self.graceful = False
        self._work: asyncio.Task[object] | None = None
        self._again = False

    def watch(self, work: asyncio.Task[object]) -> None:
        """Name the work that a signal may cancel."""
        self._work = work

    def ask(self, number: int) -> None:
        """Take note of a signal."""
        if (not self.graceful or self.signal.asked) and self._work is not None:
            self._work.cancel()
        self.signal.ask(number)


def run(work: Callable[[Stopping], Coroutine[None, None, T]], *, timeout: float | None = None) -> T:
    """Run a coroutine in a loop of its own.

    Args:
        work: Is given the way to learn that it should stop.
        timeout: Seconds until reading is given up; `None` for no limit.

    Raises:
        Stopped: A signal ended it.
        DeadlinePassed: The time is over.
    """
    return asyncio.run(_guarded(work, timeout))


async def _guarded(work: Callable[[Stopping], Coroutine[None, None, T]], timeout: float | None) -> T:  # noqa: ASYNC109  # a deadline for people
    stopping = Stopping()
    task = asyncio.ensure_future(work(stopping))
    stopping.watch(task)
    with _signals(stopping):
        done, _ = await asyncio.wait([task], timeout=timeout)
        late = not done
        if late and not stopping.graceful:
            task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            if stopping.signal.asked:
                raise Stopped(stopping.signal.signal_number) from None
            if late:
                raise _too_late(timeout) from None
            raise


def _too_late(seconds: float | None) -> DeadlinePassed:
    return DeadlinePassed(
        f"the {seconds:g} seconds of --timeout are over",
        hint="Allow more time with --timeout, or select fewer deployments.",
    )


@contextmanager
def _signals(stopping: Stopping) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def ask(number: int) -> None:
        if stopping.signal.asked:
            # The next one is the system's own business.
            loop.remove_signal_handler(number)
        stopping.ask(number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, ask, number)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
