"""Virtual time: an event loop whose clock jumps to the next timer, so nothing ever sleeps and order is exact.

A coroutine that waits for something that can never happen raises here instead of hanging the test.
"""

from __future__ import annotations

import asyncio
import selectors
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")

START: Final = datetime(2026, 11, 21, 20, 36, tzinfo=UTC)
"""The wall-clock time at which every virtual loop begins."""


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of blocking, moves the loop's time on by as long as it would have blocked."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("deadlock: everything waits and no timer is running")
        self.passed += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.passed


def run(main: Coroutine[None, None, T]) -> T:
    """Run a coroutine in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


class FakeClock:
    """The Clock port over the running loop's time; outside a loop it is the start of time."""

    def now(self) -> str:
        at = START + timedelta(seconds=self.monotonic())
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def monotonic(self) -> float:
        try:
            return asyncio.get_running_loop().time()
        except RuntimeError:
            return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
