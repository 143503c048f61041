"""Projects and the dataset versions attached to them."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reconciler.platform.store.tables.base import Named, Prose, Row


class Project(Named, Row):
    """A workspace holding experiments and attached dataset versions."""

    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)
    noun = "project"

    description: Mapped[Prose] = mapped_column(default="")


class ProjectDataset(Row):
    """A dataset version attached to a project."""

    __tablename__ = "project_datasets"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id"), primary_key=True, index=True)
