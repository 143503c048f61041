"""Datasets, their versions, and what a version holds."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reconciler.platform.store.tables.base import Named, Owned, Prose, Row
from reconciler.platform.store.tables.data import Data
from reconciler.platform.store.tables.tags import Tag, tag_link
from reconciler.platform.store.words import InferenceType


class Dataset(Named, Row):
    """A named container of versions."""

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)
    noun = "dataset"

    description: Mapped[Prose] = mapped_column(default="")
    tags: Mapped[list[Tag]] = tag_link("Dataset")


class DatasetVersion(Owned, Row):
    """A subset of data with labels, of one inference type."""

    __tablename__ = "dataset_versions"
    __table_args__ = (UniqueConstraint("dataset_id", "version"),)
    noun = "dataset version"

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id"))
    version: Mapped[str]
    description: Mapped[Prose] = mapped_column(default="")
    type: Mapped[InferenceType]
    locked: Mapped[bool] = mapped_column(default=False)
    # Every wire form names the dataset: reading it with the row saves a query each time.
    dataset: Mapped[Dataset] = relationship(lazy="joined", innerjoin=True)
    tags: Mapped[list[Tag]] = tag_link("DatasetVersion")


class Label(Named, Row):
    """A class name of one dataset version."""

    __tablename__ = "labels"
    __table_args__ = (UniqueConstraint("dataset_version_id", "name"),)
    noun = "label"

    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id"))
    group_id: Mapped[UUID | None]
    version: Mapped[DatasetVersion] = relationship()


class Asset(Owned, Row):
    """The membership of one data in one dataset version."""

    __tablename__ = "assets"
    __table_args__ = (UniqueConstraint("dataset_version_id", "data_id"),)
    noun = "asset"

    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id"))
    data_id: Mapped[UUID] = mapped_column(ForeignKey("data.id"), index=True)
    data: Mapped[Data] = relationship()
    version: Mapped[DatasetVersion] = relationship()
    tags: Mapped[list[Tag]] = tag_link("Asset")
