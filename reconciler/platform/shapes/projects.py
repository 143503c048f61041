"""Projects."""

from uuid import UUID

from reconciler.platform.shapes.base import Name, Request, Shape, Text


class ProjectShape(Shape):
    """A workspace holding experiments."""

    id: UUID
    name: str


class NewProject(Request):
    """A project to create."""

    name: Name
    description: Text | None = None


class DatasetVersionReference(Request):
    """A dataset version to attach."""

    dataset_version_id: UUID
