"""The work of scoring the images that were there before a training-data reference became ready."""

from uuid import UUID

from reconciler.platform.intake.scoring import judged
from reconciler.platform.pipeline.work import Bench, Lane, Task, Work
from reconciler.platform.store import scores
from reconciler.platform.store.scores import Candidate, Judge
from reconciler.platform.store.unit import Unit

# On SQLite everybody else who writes waits for a batch: some ten milliseconds.
_BATCH = 250


def _score(bench: Bench, task: Task) -> None:
    """Score batch by batch, newest first; what was scored before a restart is not scored again."""
    deployment_id = task.identifier("deployment_id")
    with bench.read() as unit:
        judge = scores.judge_of(unit, deployment_id)
    last: Candidate | None = None
    while judge is not None:
        bench.check()
        with bench.write(task.organization_id) as unit:
            # A reference that was set anew has its images scored by a job of its own.
            if scores.judge_of(unit, deployment_id) != judge:
                return
            last = _batch(unit, deployment_id, judge, last)
        if last is None:
            return


def _batch(unit: Unit, deployment_id: UUID, judge: Judge, last: Candidate | None) -> Candidate | None:
    """Score the next images and return the last of them, or None when none is left."""
    found = scores.candidates(unit, deployment_id, judge, after=last, most=_BATCH)
    if not found:
        return None
    scores.keep(unit, deployment_id, judge, judged(unit.blobs.path(judge.blob), found))
    return found[-1]


def work() -> Work:
    """Return the kind of work that scores images."""
    return Work(scores.KIND, Lane.COMPUTING, {"score": _score})
