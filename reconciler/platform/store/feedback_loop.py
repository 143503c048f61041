"""The feedback loop of a deployment: its switch and the dataset versions it may fill."""

from collections.abc import Collection
from uuid import UUID

from reconciler.platform.store.faults import Conflict, Invalid, NotFound
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment, FeedbackDataset, FeedbackLoop
from reconciler.platform.store.touching import touch
from reconciler.platform.store.unit import Unit


def set_up(deployment: Deployment) -> None:
    """Give a deployment a feedback loop, switched off; one that is there stays as it is."""
    if deployment.feedback_loop is None:
        deployment.feedback_loop = FeedbackLoop(active=False)
        touch(deployment)


def loop_of(deployment: Deployment) -> FeedbackLoop:
    """Return a deployment's feedback loop, or raise NotFound where none was set up."""
    if deployment.feedback_loop is None:
        raise NotFound(f"The feedback loop of '{deployment.name}' is not set up.")
    return deployment.feedback_loop


def toggle(deployment: Deployment, *, active: bool) -> None:
    """Switch the loop on or off; before set-up, NotFound."""
    loop = loop_of(deployment)
    if loop.active is not active:
        loop.active = active
        touch(deployment)


def attach(unit: Unit, deployment: Deployment, version: DatasetVersion) -> None:
    """Let the loop fill a dataset version.

    Raises:
        NotFound: before set-up.
        Invalid: when the version's type is not the deployment's.
        Conflict: when it is attached already.
    """
    loop = loop_of(deployment)
    if version.type is not deployment.type:
        raise Invalid(
            f"The deployment '{deployment.name}' is of type {deployment.type}; the version "
            f"'{version.version}' of '{version.dataset.name}' is of type {version.type}."
        )
    if any(held.dataset_version_id == version.id for held in loop.datasets):
        raise Conflict(f"The version '{version.version}' is already attached to the feedback loop.")
    loop.datasets.append(FeedbackDataset(dataset_version_id=version.id))
    unit.session.flush()
    touch(deployment)


def detach(deployment: Deployment, version_ids: Collection[UUID]) -> None:
    """Take dataset versions off the loop; those that are not attached are left alone. Before set-up, NotFound."""
    loop = loop_of(deployment)
    kept = [held for held in loop.datasets if held.dataset_version_id not in version_ids]
    if len(kept) < len(loop.datasets):
        loop.datasets[:] = kept
        touch(deployment)
