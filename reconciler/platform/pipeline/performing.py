"""How one job is performed: its steps in order, each once it is needed, and an end that is always told.

Nothing here knows who remembers which steps were taken: that is `durable`.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from reconciler.platform.pipeline.work import Bench, Lane, Stopped, Task, Work
from reconciler.platform.store import jobs
from reconciler.platform.store.faults import Fault
from reconciler.platform.store.tables.jobs import Job
from reconciler.platform.store.unit import Unit

_LOG = logging.getLogger(__name__)

# How many jobs of a lane one process performs at once.
ROOM: Mapping[Lane, int] = {Lane.TRAINING: 1, Lane.COMPUTING: 2}

# Runs a step under its name, or returns what it came to when it was run before this process began.
Remember = Callable[[str, Callable[[], str | None]], str | None]


class Performer:
    """Performs jobs at one bench."""

    def __init__(self, bench: Bench, works: Callable[[], Mapping[str, Work]]) -> None:
        self.bench = bench
        self._works = works
        self._busy: Counter[Lane] = Counter()
        self._changed = threading.Condition()

    def lane(self, kind: str) -> Lane:
        """Return where a kind of work waits."""
        work = self._works().get(kind)
        return work.lane if work is not None else Lane.COMPUTING

    def perform(self, job_id: UUID, remember: Remember) -> None:
        """Take a job through its steps; Stopped leaves it where it is."""
        task, kind = self._task(job_id)
        if task is None:
            return
        work = self._works().get(kind)
        self._enter(self.lane(kind))
        try:
            error = self._steps(work, task, remember) if work else f"This platform does not know work called '{kind}'."
            remember("end", lambda: self._end(work, task, error))
        finally:
            self._leave(self.lane(kind))

    def stop(self) -> None:
        """Let every step in hand leave at its next look."""
        self.bench.stopping.set()
        with self._changed:
            self._changed.notify_all()

    def _task(self, job_id: UUID) -> tuple[Task | None, str]:
        with self.bench.read() as unit:
            job = unit.session.get(Job, job_id)
            return (Task.of(job), job.kind) if job is not None and jobs.is_unfinished(job) else (None, "")

    def _steps(self, work: Work, task: Task, remember: Remember) -> str | None:
        remember("begin", lambda: self._begin(task))
        for name, act in work.steps.items():
            error = remember(name, partial(self._step, name, act, task))
            if error is not None:
                return error
        return None

    def _begin(self, task: Task) -> None:
        with self.bench.write(task.organization_id) as unit:
            jobs.begin(unit, task.job_id)

    def _step(self, name: str, act: Callable[[Bench, Task], None], task: Task) -> str | None:
        """Return why the step could not be done, or None."""
        self.bench.check()
        self.bench.reached(f"{name}:begin")
        try:
            act(self.bench, task)
        except Fault as fault:
            return " ".join([fault.message, *fault.detail])
        except Exception as error:  # noqa: BLE001  (nobody waits for this step: the job must tell of any failure)
            _LOG.exception("the step %s of job %s failed", name, task.job_id)
            return f"The step '{name}' failed: {error!r}"
        # Done, and not yet remembered: a process that dies here runs the step again.
        self.bench.reached(f"{name}:done")
        return None

    def _end(self, work: Work | None, task: Task, error: str | None) -> None:
        with self.bench.write(task.organization_id) as unit:
            job = unit.session.get(Job, task.job_id)
            if job is not None and jobs.is_unfinished(job):
                _end(unit, job, task, work=work, error=error)
        self.bench.reached("end:done")

    def _enter(self, lane: Lane) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._busy[lane] < ROOM[lane] or self.bench.stopping.is_set())
            self._busy[lane] += 1
        if self.bench.stopping.is_set():
            self._leave(lane)
            raise Stopped

    def _leave(self, lane: Lane) -> None:
        with self._changed:
            self._busy[lane] -= 1
            self._changed.notify_all()


def _end(unit: Unit, job: Job, task: Task, *, work: Work | None, error: str | None) -> None:
    if error is None:
        jobs.succeed(job)
        return
    jobs.fail(job, error)
    if work is not None:
        work.failed(unit, task, error)
