"""Submitting reviewed images to the feedback loop: what may be chosen, what was sent, and how it went in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from reconciler.platform.dashboard.notices import Notice
from reconciler.platform.dashboard.visit import Visit
from reconciler.platform.dashboard.words import plural
from reconciler.platform.store import submissions
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.submissions import Outcome
from reconciler.platform.store.tables.deployments import Deployment, FeedbackLoop
from reconciler.platform.store.unit import Unit

# As many as the API takes at once.
_MOST = 10_000
_REASONS = 3


@dataclass(frozen=True)
class Choice:
    """A dataset version that images may go to."""

    id: UUID
    name: str
    is_chosen: bool
    is_locked: bool


@dataclass(frozen=True)
class Loop:
    """Where reviewed images may go; `problem` says why they may not, empty where they may."""

    problem: str
    choices: Sequence[Choice]


def loop_of(deployment: Deployment, chosen: frozenset[UUID] = frozenset()) -> Loop:
    """Return where a deployment's reviewed images may go."""
    loop = deployment.feedback_loop
    if loop is None:
        return Loop("The feedback loop of this deployment is not set up.", [])
    if not loop.active:
        return Loop("The feedback loop of this deployment is off.", [])
    if not loop.datasets:
        return Loop("No dataset version is attached to the feedback loop.", [])
    return Loop("", _choices(loop, chosen))


def submit(visit: Visit, unit: Unit, deployment: Deployment) -> Outcome:
    """Submit the images that a form names to the dataset versions that it names, as the API does.

    Raises:
        Invalid: when none is selected, or too many are.
        Fault: whatever else `send` raises.
    """
    assets = identifiers(visit, "asset")
    if not assets:
        raise Invalid("Select the images to submit first.")
    if len(assets) > _MOST:
        raise Invalid(f"At most {_MOST:,} images are submitted at once.")
    return send(visit, unit, deployment, assets)


def send(visit: Visit, unit: Unit, deployment: Deployment, assets: Sequence[UUID]) -> Outcome:
    """Submit images to the dataset versions that a form names.

    Raises:
        Invalid: when it names none of several.
        Fault: whatever else `submissions.submit` raises.
    """
    versions = identifiers(visit, "version")
    if not versions and len(loop_of(deployment).choices) > 1:
        raise Invalid("Choose the dataset version to submit to.")
    return submissions.submit(unit, deployment, assets, versions or None)


def told(outcome: Outcome) -> Notice:
    """Say how a submission went: how many images were submitted, how many were not, and why."""
    done = f"Submitted {plural(outcome.submitted, 'image')} to the feedback loop."
    if not outcome.skipped:
        return Notice(done)
    reasons = Counter(each.reason.rstrip(".") for each in outcome.skipped).most_common()
    why = [f"{number:,} \u00d7 {reason}" for reason, number in reasons[:_REASONS]]
    rest = [f"{plural(len(reasons) - _REASONS, 'other reason')}"] if len(reasons) > _REASONS else []
    text = f"{done} Skipped {len(outcome.skipped):,}: {'; '.join([*why, *rest])}."
    return Notice(text, "good" if outcome.submitted else "bad")


def identifiers(visit: Visit, name: str) -> list[UUID]:
    """Return the ids that a form's boxes of one name say; Invalid for anything else."""
    told = [value for value in visit.form.getlist(name) if isinstance(value, str)][: _MOST + 1]
    try:
        return [UUID(value) for value in told]
    except ValueError:
        raise Invalid("The form holds something that is no id.") from None


def _choices(loop: FeedbackLoop, chosen: frozenset[UUID]) -> list[Choice]:
    return [
        Choice(
            id=held.dataset_version_id,
            name=f"{held.dataset_version.dataset.name} / {held.dataset_version.version}",
            is_chosen=held.dataset_version_id in chosen or len(loop.datasets) == 1,
            is_locked=held.dataset_version.locked,
        )
        for held in loop.datasets
    ]
