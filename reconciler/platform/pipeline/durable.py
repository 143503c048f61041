"""DBOS, which remembers the steps of jobs across crashes; importing this module imports it.

It exists once in a process, with one memory. A process may open several platforms, so each takes the stage for as long
as it has work, and leaves it in good order; the others wait.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, SetWorkflowID

from reconciler.platform.pipeline.performing import ROOM, Performer
from reconciler.platform.pipeline.work import Lane, Stopped

# Not the release's version: it moves only when steps are renamed, removed or reordered, because DBOS resumes the work
# of its own version alone. Until it moves, an upgraded platform takes up what the older one left.
VERSION = "1"
APPLICATION = "reconciler"
# Seconds between two looks of a worker at each lane.
_POLL = 0.2

_TAKEN = threading.Lock()


class Watcher(Protocol):
    """Who is told what happens on stage."""

    def entered(self, job_id: UUID) -> None:
        """Hear that a job is being performed."""

    def left(self, job_id: UUID, *, finished: bool) -> None:
        """Hear that a job is no longer being performed, and whether it came to its end."""


class _Stage:
    """Who is on stage, and who watches."""

    performer: Performer | None = None
    watcher: Watcher | None = None


@DBOS.workflow(name="perform")
def perform(job_id: str) -> None:
    """Perform one job; its workflow has the job's id, so that asking twice performs it once."""
    performer, watcher = _Stage.performer, _Stage.watcher
    if performer is None or watcher is None or performer.bench.stopping.is_set():
        raise Stopped
    finished = False
    watcher.entered(UUID(job_id))
    try:
        performer.perform(UUID(job_id), _remember)
        finished = True
    finally:
        watcher.left(UUID(job_id), finished=finished)


def _remember(name: str, act: Callable[[], str | None]) -> str | None:
    return DBOS.run_step({"name": name}, act)


@contextmanager
def staged(performer: Performer, watcher: Watcher, *, database_url: str, executor: str) -> Iterator[None]:
    """Have DBOS for one platform; work that an earlier process of the same `executor` left is taken up at once."""
    # It would write to the standard error of whoever embeds us, past the logging they configured.
    log = logging.getLogger("dbos")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    with _TAKEN:
        _Stage.performer, _Stage.watcher = performer, watcher
        DBOS(config=_config(database_url, executor))
        try:
            DBOS.launch()
            yield
        finally:
            DBOS.destroy()
            _Stage.performer, _Stage.watcher = None, None


def start(job_id: UUID) -> Callable[[], None]:
    """Start a job, unless it was started before; return what waits until its end is remembered."""
    with SetWorkflowID(str(job_id)):
        handle = DBOS.start_workflow(perform, str(job_id))
    return lambda: handle.get_result(polling_interval_sec=0.05)


def migrate(database_url: str) -> None:
    """Make the memory of durable work, once, before several processes share it."""
    DBOS.migrate(database_url)


def open_lanes() -> None:
    """Take jobs from every lane, as many at once as a lane has room."""
    for lane in Lane:
        DBOS.register_queue(lane.value, worker_concurrency=ROOM[lane], polling_interval_sec=_POLL)


def enqueue(job_id: UUID, lane: Lane) -> None:
    """Hand a job out from within a process that performs jobs; one that was handed out before is left alone."""
    with SetWorkflowID(str(job_id)):
        DBOS.enqueue_workflow(lane.value, perform, str(job_id))


@contextmanager
def handing_out(database_url: str) -> Iterator[Callable[[UUID, str], None]]:
    """Give what hands jobs out to workers; a job that was handed out before is left alone."""
    client = DBOSClient(system_database_url=database_url, application_name=APPLICATION)

    def hand_out(job_id: UUID, lane: str) -> None:
        options: EnqueueOptions = {
            "workflow_name": "perform",
            "queue_name": lane,
            "workflow_id": str(job_id),
            "app_version": VERSION,
        }
        client.enqueue(options, str(job_id))

    try:
        yield hand_out
    finally:
        client.destroy()


def _config(database_url: str, executor: str) -> DBOSConfig:
    return DBOSConfig(
        name=APPLICATION,
        system_database_url=database_url,
        application_version=VERSION,
        executor_id=executor,
        log_level="ERROR",
        # Nothing here sends messages or has schedules: the threads for them only have to end quickly.
        notification_listener_polling_interval_sec=0.1,
        scheduler_polling_interval_sec=1.0,
    )
