"""The whole pipeline at a glance: what is on, what waits and what failed, from predictions to the next model."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from starlette.responses import Response
from starlette.routing import Route

from reconciler.platform.dashboard.forecast import Forecast, forecast
from reconciler.platform.dashboard.notices import Notice
from reconciler.platform.dashboard.pages.heading import address
from reconciler.platform.dashboard.rendering import render
from reconciler.platform.dashboard.visit import Visit, action, page, see
from reconciler.platform.dashboard.words import NOTHING, ago, count, plural
from reconciler.platform.store import flow as flows
from reconciler.platform.store import training_runs
from reconciler.platform.store.faults import Conflict
from reconciler.platform.store.flow import Flow, Run
from reconciler.platform.store.tables.base import now
from reconciler.platform.store.tables.deployments import ContinuousTraining, Deployment
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import JobRunStatus, Policy, Trigger

State = Literal["on", "busy", "waiting", "failed", "off"]

_POLICIES = {
    Policy.DEPLOY_SHADOW: "new versions become the shadow",
    Policy.DEPLOY_CHAMPION: "new versions become the champion",
    Policy.DEPLOY_MANUAL: "new versions wait for a person",
}
_BUSY = (JobRunStatus.PENDING, JobRunStatus.QUEUED, JobRunStatus.RUNNING)


@dataclass(frozen=True)
class Stage:
    """One stage: its figure, a line about it, and the page that tells more."""

    name: str
    figure: str
    told: str
    state: State
    link: str


@dataclass(frozen=True)
class Glance:
    """The pipeline of one deployment.

    Attributes:
        progress: submitted images and how many start a training; None where nothing is counted.
        told: what must still happen before the next training, or why none begins by itself.
        run: the training that began last.
        is_busy: whether one is under way, so that looking again is worth it.
    """

    address: str
    stages: Sequence[Stage]
    progress: tuple[int, int] | None
    told: str
    run: Run | None
    is_busy: bool
    may_train: bool


def glance_of(unit: Unit, deployment: Deployment) -> Glance:
    """Look at a deployment's pipeline."""
    found, run = flows.flow(unit, deployment), flows.last_run(unit, deployment)
    training = deployment.continuous_training
    is_busy = run is not None and run.ended is None
    return Glance(
        address=address(deployment, "dashboard"),
        stages=_stages(deployment, found, run),
        progress=_progress(training),
        told=_why_not(deployment) or _told(_forecast(training, found, now()), is_busy=is_busy),
        run=run,
        is_busy=is_busy,
        may_train=training is not None and not is_busy,
    )


def show(visit: Visit) -> Response:
    """Show the strip alone; the dashboard loads it again while a training is under way."""
    with visit.read() as unit:
        return render(visit, "glance.html", glance=glance_of(unit, visit.deployment(unit)))


def train(visit: Visit) -> Response:
    """Start a training now, whatever was submitted."""
    back = see(f"/deployments/{visit.identifier('deployment_id')}")
    try:
        with visit.write() as unit:
            training_runs.launch(unit, visit.deployment(unit))
    except Conflict as fault:
        # Out here nothing of a training that could not begin is committed.
        return Notice(fault.message, "bad").put(back)
    return Notice("A training has begun.").put(back)


routes = [
    Route("/deployments/{deployment_id}/glance", page(show), methods=["GET"]),
    Route("/deployments/{deployment_id}/train", action(train), methods=["POST"]),
]


def _stages(deployment: Deployment, found: Flow, run: Run | None) -> list[Stage]:
    return [
        _predictions(deployment, found),
        _reviews(deployment, found),
        _loop(deployment, found),
        _training(deployment, run),
        _export(deployment, run),
        _policy(deployment, run),
    ]


def _predictions(deployment: Deployment, found: Flow) -> Stage:
    told = "answered by the champion" if found.predictions else "none so far"
    state: State = "on" if found.predictions else "waiting"
    return Stage("Predictions", count(found.predictions), told, state, address(deployment, "predictions"))


def _reviews(deployment: Deployment, found: Flow) -> Stage:
    ready = found.reviewed - found.submitted
    told = f"{count(ready)} not submitted yet" if ready else "by a person"
    state: State = "on" if found.reviewed else "waiting"
    return Stage("Reviewed", count(found.reviewed), told, state, address(deployment, "review"))


def _loop(deployment: Deployment, found: Flow) -> Stage:
    loop, link = deployment.feedback_loop, f"{address(deployment, 'settings')}/feedback-loop"
    if loop is None or not loop.active:
        return Stage("Feedback loop", count(found.submitted), "off" if loop else "not set up", "off", link)
    versions = [held.dataset_version.version for held in loop.datasets]
    told = f"into {', '.join(versions)}" if versions else "no dataset attached"
    return Stage("Feedback loop", count(found.submitted), told, "on" if versions else "waiting", link)


def _training(deployment: Deployment, run: Run | None) -> Stage:
    training, link = deployment.continuous_training, f"{address(deployment, 'settings')}/continuous-training"
    figure = (
        f"{training.submitted_since_last_run} / {training.threshold}" if _counts(training) and training else NOTHING
    )
    if run is not None and run.ended is None:
        return Stage("Training", figure, "exporting" if run.trained else "under way", "busy", link)
    if run is not None and run.status == JobRunStatus.FAILED:
        return Stage("Training", figure, f"failed {ago(run.ended)}", "failed", link)
    if training is None or not training.active:
        return Stage("Training", figure, "off" if training else "not set up", "off", link)
    return Stage("Training", figure, f"last {ago(run.ended)}" if run else "none so far", "on", link)


def _export(deployment: Deployment, run: Run | None) -> Stage:
    link = f"{address(deployment, 'settings')}/continuous-training"
    if run is None:
        return Stage("Export", NOTHING, "no version so far", "waiting", link)
    if run.version is None:
        busy = run.ended is None
        return Stage("Export", NOTHING, "waits for the training" if busy else "no version", "waiting", link)
    return Stage("Export", run.version.name, f"of {run.version.model.name}", "on", link)


def _policy(deployment: Deployment, run: Run | None) -> Stage:
    policy, link = deployment.continuous_deployment, f"{address(deployment, 'settings')}/continuous-deployment"
    figure = f"deployed {ago(run.deployed)}" if run is not None and run.deployed else NOTHING
    if policy is None or not policy.active:
        return Stage("Deployment", figure, "off" if policy else "not set up", "off", link)
    return Stage("Deployment", figure, _POLICIES[policy.policy], "on", link)


def _counts(training: ContinuousTraining | None) -> bool:
    return training is not None and training.trigger is Trigger.FEEDBACK_LOOP and training.threshold is not None


def _progress(training: ContinuousTraining | None) -> tuple[int, int] | None:
    if training is None or training.threshold is None or not _counts(training):
        return None
    return training.submitted_since_last_run, training.threshold


def _why_not(deployment: Deployment) -> str:
    """Return why no training begins by itself; empty where one does."""
    training, loop = deployment.continuous_training, deployment.feedback_loop
    if training is None:
        return "Continuous training is not set up."
    if not training.active:
        return "Continuous training is off."
    if not _counts(training):
        return "Continuous training has no trigger: it begins when somebody starts it."
    if loop is None or not loop.active:
        return "The feedback loop is off, so nothing can be submitted."
    return "" if loop.datasets else "No dataset is attached to the feedback loop, so nothing can be submitted."


def _forecast(training: ContinuousTraining | None, found: Flow, moment: datetime) -> Forecast:
    return forecast(
        threshold=(training.threshold if training is not None else None) or 0,
        submitted=training.submitted_since_last_run if training is not None else 0,
        ready=found.reviewed - found.submitted,
        lately=found.lately,
        first_lately=found.first_lately,
        now=moment,
    )


def _told(foreseen: Forecast, *, is_busy: bool) -> str:
    if not foreseen.missing:
        return (
            "Enough is submitted: the next training begins when this one ends." if is_busy else "Enough is submitted."
        )
    if not foreseen.to_review:
        return f"Submit {plural(foreseen.missing, 'more reviewed image')} to start the next training."
    first = f"{plural(foreseen.to_review, 'more review')} and their submission start the next training"
    if foreseen.due is None or foreseen.pace is None:
        return f"{first}. Nobody reviewed within the last week, so no date can be foretold."
    return f"{first}: {ago(foreseen.due)} at {foreseen.pace:.3g} reviews a day."
