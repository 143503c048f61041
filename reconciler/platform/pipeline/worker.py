"""A worker process: performs jobs that the platform hands out, until the pipe on its standard input ends.

It is started by `crew`, which writes one line of orders first.
"""

import json
import signal
import sys
import threading
from pathlib import Path
from uuid import UUID

from reconciler.platform.pipeline import catalogue, durable
from reconciler.platform.pipeline.milestones import Teller
from reconciler.platform.pipeline.performing import Performer
from reconciler.platform.pipeline.work import Bench
from reconciler.platform.settings import PlatformSettings, TrainingProgram
from reconciler.platform.store import jobs, organizations
from reconciler.platform.store.blobs import Blobs
from reconciler.platform.store.database import Store
from reconciler.platform.store.tables.jobs import Job


class _Shift:
    """One worker's time: hands out what its own jobs ask for, and ends when it is told to."""

    def __init__(self, performer: Performer) -> None:
        self._performer = performer
        self._changed = threading.Condition()
        self._wanted = False
        self._over = False
        self._begun: set[UUID] = set()

    def wake(self) -> None:
        with self._changed:
            self._wanted = True
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._performer.stop()

    def entered(self, job_id: UUID) -> None:
        with self._changed:
            self._begun.add(job_id)

    def left(self, job_id: UUID, *, finished: bool) -> None:
        del finished
        with self._changed:
            self._begun.discard(job_id)
            self._changed.notify_all()

    def work(self) -> None:
        while self._take():
            with self._performer.bench.read() as unit:
                rows = [unit.session.get_one(Job, job_id) for job_id in jobs.unfinished(unit)]
            for row in rows:
                durable.enqueue(row.id, self._performer.lane(row.kind))
        with self._changed:
            self._changed.wait_for(lambda: not self._begun)

    def _take(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._wanted or self._over)
            self._wanted = False
            return not self._over


def main() -> None:
    """Work until standard input ends."""
    # Ctrl-C reaches the whole group: the platform decides when its workers end, and closes their pipes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told = json.loads(sys.stdin.buffer.readline())
    programs = {name: TrainingProgram(tuple(command), timeout) for name, (command, timeout) in told["programs"].items()}
    teller = Teller(sys.stdout.buffer, sys.stdin.buffer)
    settings = PlatformSettings(
        data_dir=Path(told["data_dir"]),
        store_url=told["store_url"],
        programs=programs,
        milestone=teller.tell if told["watched"] else None,
    )
    store = Store(settings.database_url, Blobs(settings.data_dir / "objects"))
    with store.founding() as session:
        user = organizations.first_user(session)
        if user is None:
            raise SystemExit("The store has no user: start the platform first.")
        owner = organizations.actor_of(session, user)
    performer = Performer(Bench(store, settings, owner), catalogue.works)
    shift = _Shift(performer)
    store.on_submitted = shift.wake
    with durable.staged(performer, shift, database_url=settings.jobs_url, executor=told["name"]):
        durable.open_lanes()
        threading.Thread(target=_await_end, args=(shift, teller), daemon=True).start()
        shift.work()
    store.close()


def _await_end(shift: _Shift, teller: Teller) -> None:
    teller.listen()
    shift.end()


if __name__ == "__main__":
    main()
