"""The training data that production is compared with, as far as they are there."""

from dataclasses import dataclass

from reconciler.platform.dashboard.pages.dashboard.view import View
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.words import ReferenceStatus


@dataclass(frozen=True)
class Reference:
    """A deployment's training data: the dataset version's name, empty where none is set, and how far they are."""

    name: str
    is_ready: bool = False
    is_pending: bool = False
    error: str | None = None


def reference_of(view: View) -> Reference:
    """Return how far a deployment's training data are."""
    row = view.deployment.training_data
    if row is None:
        return Reference("")
    version = view.unit.find(DatasetVersion, row.dataset_version_id)
    return Reference(
        name=f"{version.dataset.name} / {version.version}",
        is_ready=row.status is ReferenceStatus.SUCCESS,
        is_pending=row.status in (ReferenceStatus.PENDING, ReferenceStatus.COMPUTING),
        error=row.error if row.status is ReferenceStatus.ERROR else None,
    )
