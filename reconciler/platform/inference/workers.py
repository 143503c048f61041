"""The threads that infer: a bounded number, before a bounded queue, so that the event loop never waits."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from reconciler.platform.store.faults import Busy

T = TypeVar("T")

# A request waits for the database and for the processor in turn: more threads than processors keep both at work.
THREADS = 8
MOST_WAITING = 1000


class Workers:
    """Runs work in threads of its own."""

    def __init__(self, threads: int = THREADS, most_waiting: int = MOST_WAITING) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="serving")
        self._most = threads + most_waiting
        self._lock = threading.Lock()
        self._taken = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread and return what it returns.

        Raises:
            Busy: when too many wait already; then it is not run.
        """
        with self._lock:
            if self._taken >= self._most:
                raise Busy("The serving service has more work than it can take; ask again in a moment.")
            self._taken += 1
        future = self._pool.submit(work)
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Finish what runs; what waits is given up."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _leave(self, _done: Future[T]) -> None:
        with self._lock:
            self._taken -= 1
