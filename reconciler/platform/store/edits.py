"""What people changed on pages, and what their settings may be chosen from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from reconciler.platform.store.tables.base import now
from reconciler.platform.store.tables.datasets import Dataset, DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment, SettingEdit
from reconciler.platform.store.tables.projects import Project
from reconciler.platform.store.unit import Unit

# The most entries of a list to choose from.
MOST = 500


@dataclass(frozen=True)
class Choice:
    """Something that a setting may name."""

    id: UUID
    name: str


def note(unit: Unit, deployment: Deployment, field: str) -> None:
    """Record that the actor changed a field on a page, in the transaction that changes it."""
    row = unit.session.get(SettingEdit, (deployment.id, field))
    if row is None:
        unit.session.add(SettingEdit(deployment_id=deployment.id, field=field, actor=unit.actor.username))
    else:
        row.actor, row.at = unit.actor.username, now()


def of_deployment(unit: Unit, deployment: Deployment) -> Mapping[str, SettingEdit]:
    """Return the last change of each field that was ever changed on a page."""
    rows = select(SettingEdit).where(SettingEdit.deployment_id == deployment.id)
    return {row.field: row for row in unit.session.scalars(rows)}


def dataset_versions(unit: Unit, deployment: Deployment) -> Sequence[Choice]:
    """Return the dataset versions of a deployment's type in its organisation, by name; `MOST` of them."""
    rows = (
        select(DatasetVersion.id, Dataset.name, DatasetVersion.version)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(DatasetVersion.organization_id == deployment.organization_id, DatasetVersion.type == deployment.type)
        .order_by(Dataset.name, DatasetVersion.version)
        .limit(MOST)
    )
    return [Choice(identifier, f"{name} / {version}") for identifier, name, version in unit.session.execute(rows)]


def projects(unit: Unit, deployment: Deployment) -> Sequence[Choice]:
    """Return the projects of a deployment's organisation, by name; `MOST` of them."""
    rows = select(Project.id, Project.name).where(Project.organization_id == deployment.organization_id)
    found = unit.session.execute(rows.order_by(Project.name).limit(MOST))
    return [Choice(identifier, name) for identifier, name in found]
