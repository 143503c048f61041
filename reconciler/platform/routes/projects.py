"""Projects and their datasets (wire protocol 2.6)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import ByNameOrId, Paging, listed, shaped
from reconciler.platform.shapes.base import IdsOrList, ids_of
from reconciler.platform.shapes.datasets import DatasetVersionShape
from reconciler.platform.shapes.models import NamedUpdate
from reconciler.platform.shapes.projects import DatasetVersionReference, NewProject, ProjectShape
from reconciler.platform.store import projects
from reconciler.platform.store.names import seek
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.projects import Project

router = LateRouter(tags=["projects"])


@router.post("/organization/{organization_id}/projects", status_code=status.HTTP_201_CREATED)
def create_project(call: Writing, organization_id: UUID, body: NewProject) -> ProjectShape:
    """Create a project."""
    with call.write() as unit:
        row = projects.create(unit, organization_id, body.name, body.description or "")
        return ProjectShape.model_validate(row)


@router.get("/organization/{organization_id}/projects/find")
def find_project(call: Reading, organization_id: UUID, sought: ByNameOrId) -> ProjectShape:
    """Find a project by id or name."""
    with call.read() as unit:
        return ProjectShape.model_validate(seek(unit, Project, organization_id, sought))


@router.get("/organization/{organization_id}/projects")
def list_projects(call: Reading, organization_id: UUID, page: Paging) -> Items[ProjectShape]:
    """List an organisation's projects."""
    with call.read() as unit:
        return shaped(projects.list_page(unit, organization_id, page), ProjectShape)


@router.get("/project/{project_id}")
def read_project(call: Reading, project_id: UUID) -> ProjectShape:
    """Read a project."""
    with call.read() as unit:
        return ProjectShape.model_validate(unit.find(Project, project_id))


@router.patch("/project/{project_id}")
def update_project(call: Writing, project_id: UUID, body: NamedUpdate) -> ProjectShape:
    """Rename or describe a project."""
    with call.write() as unit:
        row = unit.find(Project, project_id)
        projects.update(unit, row, name=body.name, description=body.description)
        return ProjectShape.model_validate(row)


@router.delete("/project/{project_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_project(call: Writing, project_id: UUID) -> None:
    """Delete a project; 409 while a continuous training works in it."""
    with call.write() as unit:
        projects.delete(unit, unit.find(Project, project_id))


@router.post("/project/{project_id}/datasets", status_code=status.HTTP_204_NO_CONTENT)
def attach_project_dataset(call: Writing, project_id: UUID, body: DatasetVersionReference) -> None:
    """Attach a dataset version to a project."""
    with call.write() as unit:
        project = unit.find(Project, project_id)
        version = unit.find(DatasetVersion, body.dataset_version_id, within=project.organization_id)
        projects.attach(unit, project, version)


@router.delete("/project/{project_id}/datasets", status_code=status.HTTP_204_NO_CONTENT)
def detach_project_datasets(call: Writing, project_id: UUID, body: IdsOrList) -> None:
    """Detach dataset versions from a project; those that are not attached are left alone."""
    with call.write() as unit:
        projects.detach(unit, unit.find(Project, project_id), ids_of(body))


@router.get("/project/{project_id}/datasets")
def list_project_datasets(call: Reading, project_id: UUID) -> Items[DatasetVersionShape]:
    """List the dataset versions attached to a project."""
    with call.read() as unit:
        return listed(projects.attached(unit, unit.find(Project, project_id)), DatasetVersionShape)
