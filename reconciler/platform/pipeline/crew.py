"""The crew of a platform on PostgreSQL: processes that perform its jobs, handed out and kept alive by this one.

A worker that dies is replaced by one of the same name, which takes up what the dead one left. Workers end with this
process, however it ends: each holds the reading end of a pipe that only we can write to.
"""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

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
        self._wanted = True
        self._closing = False
        self._workers: dict[str, subprocess.Popen[bytes]] = {}
        self._thread = threading.Thread(target=self._run, name="crew", daemon=True)

    @property
    def pids(self) -> Sequence[int]:
        """The process ids of the workers that were started last."""
        return [worker.pid for worker in self._workers.values()]

    def resume(self) -> None:
        """Start the workers, and hand out what an earlier process left undone."""
        from reconciler.platform.pipeline import durable

        durable.migrate(self._settings.jobs_url)
        for number in range(1, self._settings.workers + 1):
            self._hire(f"worker-{number}")
        self._thread.start()

    def wake(self) -> None:
        """Look for jobs soon."""
        with self._changed:
            self._wanted = True
            self._changed.notify_all()

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
        if self._thread.is_alive():
            self._thread.join()
        for worker in self._workers.values():
            _dismiss(worker)

    def _run(self) -> None:
        from reconciler.platform.pipeline import durable

        with durable.handing_out(self._settings.jobs_url) as hand_out:
            while not self._closing:
                try:
                    self._look_after(hand_out)
                except Exception:  # noqa: BLE001  (a database that is away for a moment must not end the crew)
                    _LOG.exception("the crew of workers cannot be looked after")
                with self._changed:
                    self._changed.wait_for(lambda: self._wanted or self._closing, timeout=_LOOK)

    def _look_after(self, hand_out: Callable[[UUID, str], None]) -> None:
        for name, worker in self._workers.items():
            if worker.poll() is not None and not self._closing:
                _LOG.error("the worker %s ended with %s and is replaced", name, worker.returncode)
                _dismiss(worker)
                self._hire(name)
        with self._changed:
            wanted, self._wanted = self._wanted, False
        if wanted:
            for job_id, lane in self._unfinished():
                hand_out(job_id, lane)

    def _unfinished(self) -> list[tuple[UUID, str]]:
        with self._performer.bench.read() as unit:
            rows = [unit.session.get_one(Job, job_id) for job_id in jobs.unfinished(unit)]
            return [(row.id, self._performer.lane(row.kind).value) for row in rows]

    def _hire(self, name: str) -> None:
        command = [sys.executable, "-m", "reconciler.platform.pipeline.worker"]
        worker = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603  (our own module)
        self._workers[name] = worker
        if worker.stdin is not None:
            # On the command line everybody could read the password in the URL.
            worker.stdin.write(orders(name, self._settings))
            worker.stdin.flush()


def orders(name: str, settings: PlatformSettings) -> bytes:
    """Return what a worker is told first: its name, and where the store and the objects are."""
    programs = {key: [list(program.command), program.timeout] for key, program in settings.programs.items()}
    note = {"name": name, "data_dir": str(settings.data_dir), "store_url": settings.store_url, "programs": programs}
    return json.dumps(note).encode() + b"\n"


def _dismiss(worker: subprocess.Popen[bytes]) -> None:
    if worker.stdin is not None:
        try:
            worker.stdin.close()
        except BrokenPipeError:
            _LOG.debug("worker %s was gone already", worker.pid)
    try:
        worker.wait(_GRACE)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
