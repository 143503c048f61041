"""The crew of a platform on PostgreSQL: processes that perform its jobs, handed out and kept alive by this one.

The workers are hired with the first job: a platform without work has no processes but its own. One that dies is
replaced by one of the same name, which takes up what the dead one left. Workers end with this process, however it
ends: each holds the reading end of a pipe that only we can write to.
"""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from reconciler.platform.pipeline import milestones
from reconciler.platform.pipeline.performing import Performer
from reconciler.platform.settings import PlatformSettings
from reconciler.platform.store import jobs
from reconciler.platform.store.tables.jobs import Job

_LOG = logging.getLogger(__name__)
# Seconds between two looks at the workers, and at the jobs while somebody waits for them.
_LOOK: Final = 1.0
_GLANCE: Final = 0.05
# Seconds a worker gets to leave the step in hand.
_GRACE: Final = 60.0


class Crew:
    """Worker processes, and who hands jobs out to them."""

    def __init__(self, performer: Performer, settings: PlatformSettings) -> None:
        self._performer = performer
        self._settings = settings
        self._changed = threading.Condition()
        self._wanted = False
        self._closing = False
        self._workers: dict[str, subprocess.Popen[bytes]] = {}
        self._thread: threading.Thread | None = None

    @property
    def pids(self) -> Sequence[int]:
        """The process ids of the workers that were started last."""
        return [worker.pid for worker in list(self._workers.values())]

    def resume(self) -> None:
        """Hand out what an earlier process left undone."""
        if self._unfinished():
            self.wake()

    def wake(self) -> None:
        """Look for jobs soon."""
        with self._changed:
            if self._closing:
                return
            self._wanted = True
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="crew", daemon=True)
                self._thread.start()

    def settle(self) -> None:
        """Wait until every job asked for so far has ended."""
        with self._changed:
            while self._unfinished():
                self._changed.wait(_GLANCE)

    def close(self) -> None:
        """Let the workers leave their steps and end; what is undone is resumed by the next crew."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        # All are told before any is waited for: they leave their steps at the same time.
        for worker in self._workers.values():
            _tell_to_end(worker)
        for worker in self._workers.values():
            _dismiss(worker)

    def _run(self) -> None:
        while not self._closing:
            try:
                self._work()
            except Exception:  # noqa: BLE001  (a database that is away for a moment must not end the crew)
                _LOG.exception("the crew of workers cannot be looked after")
                with self._changed:
                    # What could not be handed out must be looked for again.
                    self._wanted = True
                    self._changed.wait_for(lambda: self._closing, timeout=_LOOK)

    def _work(self) -> None:
        from reconciler.platform.pipeline import durable

        durable.migrate(self._settings.jobs_url)
        with durable.handing_out(self._settings.jobs_url) as hand_out:
            while not self._closing:
                self._look_after(hand_out)
                with self._changed:
                    self._changed.wait_for(lambda: self._wanted or self._closing, timeout=_LOOK)

    def _look_after(self, hand_out: Callable[[UUID, str], None]) -> None:
        for number in range(1, self._settings.workers + 1):
            self._ensure(f"worker-{number}")
        with self._changed:
            wanted, self._wanted = self._wanted, False
        if wanted:
            for job_id, lane in self._unfinished():
                hand_out(job_id, lane)

    def _ensure(self, name: str) -> None:
        worker = self._workers.get(name)
        if worker is not None and worker.poll() is not None:
            _LOG.error("the worker %s ended with %s and is replaced", name, worker.returncode)
            _dismiss(worker)
            worker = None
        if worker is None:
            self._hire(name)

    def _unfinished(self) -> list[tuple[UUID, str]]:
        with self._performer.bench.read() as unit:
            rows = [unit.session.get_one(Job, job_id) for job_id in jobs.unfinished(unit)]
            return [(row.id, self._performer.lane(row.kind).value) for row in rows]

    def _hire(self, name: str) -> None:
        command = [sys.executable, "-m", "reconciler.platform.pipeline.worker"]
        milestone = self._settings.milestone
        told = subprocess.PIPE if milestone is not None else None
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=told)  # noqa: S603  (our own module)
        self._workers[name] = worker
        if worker.stdin is not None:
            # On the command line everybody could read the password in the URL.
            worker.stdin.write(orders(name, self._settings))
            worker.stdin.flush()
        if milestone is not None:
            milestones.watch(worker, milestone)


def orders(name: str, settings: PlatformSettings) -> bytes:
    """Return what a worker is told first: its name, where the store and the objects are, and whether it is watched."""
    note = {
        "name": name,
        "data_dir": str(settings.data_dir),
        "store_url": settings.store_url,
        "programs": {key: [list(program.command), program.timeout] for key, program in settings.programs.items()},
        "watched": settings.milestone is not None,
    }
    return json.dumps(note).encode() + b"\n"


def _tell_to_end(worker: subprocess.Popen[bytes]) -> None:
    if worker.stdin is not None:
        try:
            worker.stdin.close()
        except BrokenPipeError:
            _LOG.debug("worker %s was gone already", worker.pid)


def _dismiss(worker: subprocess.Popen[bytes]) -> None:
    _tell_to_end(worker)
    try:
        worker.wait(_GRACE)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
