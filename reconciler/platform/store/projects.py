"""Projects and the dataset versions attached to them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import select

from reconciler.platform.store import experiments
from reconciler.platform.store.faults import Conflict
from reconciler.platform.store.names import claim, find_named, in_organization
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import ContinuousTraining
from reconciler.platform.store.tables.projects import Project, ProjectDataset
from reconciler.platform.store.unit import Unit


def create(unit: Unit, organization_id: UUID, name: str, description: str = "") -> Project:
    """Create a project; a name taken raises Conflict."""
    unit.admit(organization_id)
    claim(unit, Project, name, in_organization(Project, organization_id))
    return unit.add(Project(organization_id=organization_id, name=name, description=description))


def find_by_name(unit: Unit, organization_id: UUID, name: str) -> Project:
    """Return the project of that name, or raise NotFound."""
    unit.admit(organization_id)
    return find_named(unit, Project, name, in_organization(Project, organization_id))


def list_page(unit: Unit, organization_id: UUID, request: PageRequest) -> Page[Project]:
    """Return a page of an organisation's projects."""
    unit.admit(organization_id)
    return paged(unit, select(Project).where(in_organization(Project, organization_id)), Project, request)


def update(unit: Unit, project: Project, *, name: str | None, description: str | None) -> None:
    """Change what is given; a name taken raises Conflict."""
    if name is not None:
        owned = in_organization(Project, project.organization_id)
        project.name = claim(unit, Project, name, owned, holder=project)
    if description is not None:
        project.description = description


def delete(unit: Unit, project: Project) -> None:
    """Remove a project with its experiments.

    Raises:
        Conflict: while a deployment's continuous training works in it, or an experiment is being trained.
    """
    users = select(ContinuousTraining.deployment_id).where(ContinuousTraining.project_id == project.id)
    if unit.session.scalar(users.limit(1)) is not None:
        raise Conflict(f"The project '{project.name}' is used by a deployment's continuous training.")
    experiments.delete(unit, project, None)
    unit.session.execute(sql_delete(ProjectDataset).where(ProjectDataset.project_id == project.id))
    unit.session.delete(project)


def attach(unit: Unit, project: Project, version: DatasetVersion) -> None:
    """Attach a dataset version; attaching it again raises Conflict."""
    if unit.session.get(ProjectDataset, (project.id, version.id)) is not None:
        raise Conflict(f"This dataset version is already attached to the project '{project.name}'.")
    unit.add(ProjectDataset(project_id=project.id, dataset_version_id=version.id))


def detach(unit: Unit, project: Project, version_ids: Iterable[UUID]) -> None:
    """Detach dataset versions; those that are not attached are left alone."""
    unit.session.execute(
        sql_delete(ProjectDataset).where(
            ProjectDataset.project_id == project.id, ProjectDataset.dataset_version_id.in_(list(version_ids))
        )
    )


def attached(unit: Unit, project: Project) -> Sequence[DatasetVersion]:
    """Return the dataset versions attached to a project, oldest first."""
    joined = select(DatasetVersion).join(ProjectDataset, ProjectDataset.dataset_version_id == DatasetVersion.id)
    rows = joined.where(ProjectDataset.project_id == project.id).order_by(DatasetVersion.id)
    return unit.session.scalars(rows).all()
