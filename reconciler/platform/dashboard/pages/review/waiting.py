"""What is reviewed and waits to be submitted: how much, where it may go, and the page that sends it there."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from reconciler.platform.dashboard.notices import Notice
from reconciler.platform.dashboard.pages import submitting
from reconciler.platform.dashboard.pages.glance import glance_of
from reconciler.platform.dashboard.pages.heading import address, head_of
from reconciler.platform.dashboard.pages.review.queue import queue_of
from reconciler.platform.dashboard.rendering import render
from reconciler.platform.dashboard.visit import Visit, action, page, see
from reconciler.platform.dashboard.words import count
from reconciler.platform.store import submissions, training_runs
from reconciler.platform.store.faults import Fault, Invalid
from reconciler.platform.store.submissions import Outcome
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import Trigger

# Images that one submission takes: what is written while somebody waits.
MOST: Final = 1000


@dataclass(frozen=True)
class Waiting:
    """How much is reviewed and not submitted; `number` stops at `MOST`, which is what one submission takes."""

    number: int
    told: str


def waiting_of(unit: Unit, deployment: Deployment) -> Waiting:
    """Look for what waits to be submitted."""
    found = len(submissions.waiting(unit, deployment, limit=MOST + 1))
    number = min(found, MOST)
    return Waiting(number, f"{count(number)}{'+' if found > MOST else ''}")


def finish(visit: Visit) -> Response:
    """Show what is left to review, what waits to be submitted, and what that leads to."""
    with visit.read() as unit:
        queue = queue_of(visit, unit, waiting=True)
        deployment = queue.deployment
        return render(
            visit,
            "review-end.html",
            head=head_of(deployment, "review"),
            base=address(deployment, "review"),
            settings=address(deployment, "settings"),
            predictions=address(deployment, "predictions"),
            queue=queue,
            following=queue.first(unit),
            waiting=waiting_of(unit, deployment),
            loop=submitting.loop_of(deployment),
            glance=glance_of(unit, deployment),
        )


def submit(visit: Visit) -> Response:
    """Submit what is reviewed to the dataset versions that were chosen."""
    with visit.write() as unit:
        deployment = visit.deployment(unit)
        back = see(f"{address(deployment, 'review')}/finish")
        try:
            done = _submitted(visit, unit, deployment)
        except Fault as fault:
            unit.session.rollback()
            return Notice(" ".join([fault.message, *fault.detail]), "bad").put(back)
        notice = submitting.told(done)
        led_to = _led_to(unit, deployment) if done.submitted else ""
    return Notice(f"{notice.text} {led_to}".strip(), notice.tone).put(back)


routes = [
    Route("/deployments/{deployment_id}/review/finish", page(finish), methods=["GET"]),
    Route("/deployments/{deployment_id}/review/submit", action(submit), methods=["POST"]),
]


def _submitted(visit: Visit, unit: Unit, deployment: Deployment) -> Outcome:
    wanted = submissions.waiting(unit, deployment, limit=MOST)
    if not wanted:
        raise Invalid("Nothing waits to be submitted.")
    return submitting.send(visit, unit, deployment, wanted)


def _led_to(unit: Unit, deployment: Deployment) -> str:
    """Return what a submission led to: a training, or how far the next one is."""
    training = deployment.continuous_training
    if training is None or not training.active:
        return ""
    unit.session.refresh(training)
    if training_runs.running(unit, deployment.id) is not None:
        return "A training is under way."
    if training.trigger is not Trigger.FEEDBACK_LOOP or training.threshold is None:
        return ""
    return f"{count(training.submitted_since_last_run)} of {count(training.threshold)} for the next training."
