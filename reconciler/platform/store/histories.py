"""What became of one predicted asset: the dataset versions it was submitted to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from reconciler.platform.store.tables.datasets import Dataset, DatasetVersion
from reconciler.platform.store.tables.predictions import Submission
from reconciler.platform.store.unit import Unit


@dataclass(frozen=True)
class Sent:
    """One submission.

    Attributes:
        dataset: the names of dataset and version, None where the version is gone since.
        at: when it was submitted.
        is_used: whether a training run has consumed it.
    """

    dataset: tuple[str, str] | None
    at: datetime
    is_used: bool


def submissions_of(unit: Unit, predicted_asset_id: UUID) -> Sequence[Sent]:
    """Return where an image was submitted to, oldest first."""
    rows = select(Submission).where(
        Submission.predicted_asset_id == predicted_asset_id, Submission.organization_id.in_(unit.actor.reach)
    )
    found = unit.session.scalars(rows.order_by(Submission.created_at, Submission.id)).all()
    names = _names(unit, [row.dataset_version_id for row in found])
    return [Sent(names.get(row.dataset_version_id), row.created_at, row.training_run_id is not None) for row in found]


def _names(unit: Unit, version_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = select(DatasetVersion.id, Dataset.name, DatasetVersion.version).join(DatasetVersion.dataset)
    held = unit.session.execute(rows.where(DatasetVersion.id.in_(version_ids)))
    return {identifier: (dataset, version) for identifier, dataset, version in held}
