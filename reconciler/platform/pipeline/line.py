"""The line of an embedded platform: performs its jobs in this process, and needs no thread while there are none."""

import logging
import threading
from collections.abc import Callable, Sequence
from uuid import UUID

from reconciler.platform.pipeline.performing import Performer
from reconciler.platform.pipeline.work import Bench
from reconciler.platform.store import jobs

_LOG = logging.getLogger(__name__)
EXECUTOR = "platform"


class Line:
    """Performs the jobs of one platform, in this process."""

    def __init__(self, performer: Performer, database_url: str) -> None:
        self._performer = performer
        self._database_url = database_url
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._wanted = False
        self._closing = False
        # Jobs asked for in this session, each with what waits until its end is remembered.
        self._asked: dict[UUID, Callable[[], None]] = {}
        self._begun: set[UUID] = set()
        self._ended: set[UUID] = set()

    @property
    def bench(self) -> Bench:
        """Where the jobs are performed."""
        return self._performer.bench

    @property
    def pids(self) -> Sequence[int]:
        """The process ids of workers: this line needs none."""
        return ()

    def resume(self) -> None:
        """Take up what an earlier process left undone."""
        with self.bench.read() as unit:
            waiting = jobs.unfinished(unit)
        if waiting:
            self.wake()

    def wake(self) -> None:
        """Look for jobs soon."""
        with self._changed:
            if self._closing:
                return
            self._wanted = True
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)
                self._thread.start()

    def settle(self) -> None:
        """Wait until every job asked for so far has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._thread is None)

    def close(self) -> None:
        """Stop at the next step, epoch or image; what is undone is resumed by the next process."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._performer.stop()
        self.settle()

    def _run(self) -> None:
        try:
            while self._is_wanted():
                self._perform()
        except Exception:  # noqa: BLE001  (nobody waits for this thread: what ends it must be heard of)
            _LOG.exception("durable work cannot be performed")
            with self._changed:
                self._thread = None
                self._changed.notify_all()

    def _is_wanted(self) -> bool:
        with self._changed:
            if self._wanted and not self._closing:
                return True
            self._thread = None
            self._changed.notify_all()
            return False

    def _perform(self) -> None:
        # Only whoever has work pays for importing DBOS.
        from reconciler.platform.pipeline import durable

        with durable.staged(self._performer, self, database_url=self._database_url, executor=EXECUTOR):
            while self._take():
                self._start(durable.start)
                self._await()
            self._drain()

    def _take(self) -> bool:
        with self._changed:
            wanted, self._wanted = self._wanted, False
            return wanted and not self._closing

    def _start(self, start: Callable[[UUID], Callable[[], None]]) -> None:
        with self.bench.read() as unit:
            fresh = [job_id for job_id in jobs.unfinished(unit) if job_id not in self._asked]
        for job_id in fresh:
            self._asked[job_id] = start(job_id)

    def entered(self, job_id: UUID) -> None:
        """Hear that a job is being performed."""
        with self._changed:
            self._begun.add(job_id)

    def left(self, job_id: UUID, *, finished: bool) -> None:
        """Hear that a job is no longer being performed, and whether it came to its end."""
        with self._changed:
            self._begun.discard(job_id)
            if finished:
                self._ended.add(job_id)
            self._changed.notify_all()

    def _await(self) -> None:
        """Wait for more to do, for all that was asked for to end, or for the jobs in hand to stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._wanted or self._closing or self._asked.keys() <= self._ended)
            if self._closing:
                self._changed.wait_for(lambda: not self._begun)

    def _drain(self) -> None:
        """Wait until the ends that were reached are remembered; what was stopped stays as it is."""
        for job_id in self._ended & self._asked.keys():
            self._asked[job_id]()
        self._asked.clear()
        self._ended.clear()
