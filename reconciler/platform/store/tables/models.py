"""The model registry: models, their versions, files, and what a version was made from."""

from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reconciler.platform.store.tables.base import Identified, Json, Named, Prose, Row
from reconciler.platform.store.tables.tags import Tag, tag_link
from reconciler.platform.store.words import Framework, InferenceType


class Model(Named, Row):
    """A registry entry; one that is not private is readable by every organisation."""

    __tablename__ = "models"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)
    noun = "model"

    description: Mapped[Prose] = mapped_column(default="")
    private: Mapped[bool] = mapped_column(default=True)
    next_version: Mapped[int] = mapped_column(default=0)
    # What the newest version is: older clients read both on the model.
    type: Mapped[InferenceType] = mapped_column(default=InferenceType.NOT_CONFIGURED)
    framework: Mapped[Framework] = mapped_column(default=Framework.NOT_CONFIGURED)
    tags: Mapped[list[Tag]] = tag_link("Model")


class ModelVersion(Named, Row):
    """A numbered release of a model; numbers start at 0 and are never used twice."""

    __tablename__ = "model_versions"
    __table_args__ = (UniqueConstraint("model_id", "version"), UniqueConstraint("model_id", "name"))
    noun = "model version"

    model_id: Mapped[UUID] = mapped_column(ForeignKey("models.id"))
    version: Mapped[int]
    description: Mapped[Prose] = mapped_column(default="")
    type: Mapped[InferenceType]
    framework: Mapped[Framework]
    labels: Mapped[Json | None]
    parameters: Mapped[Json | None]
    docker_image: Mapped[str | None]
    docker_tag: Mapped[str | None]
    docker_flags: Mapped[list[str] | None]
    docker_env_variables: Mapped[Json | None]
    thumbnail_object_name: Mapped[str | None] = mapped_column(String(1024))
    notebook_link: Mapped[str | None] = mapped_column(String(2048))
    model: Mapped[Model] = relationship(lazy="joined", innerjoin=True)
    tags: Mapped[list[Tag]] = tag_link("ModelVersion")


class ModelFile(Named, Row):
    """A stored object that belongs to a model version, under a name."""

    __tablename__ = "model_files"
    __table_args__ = (UniqueConstraint("model_version_id", "name"),)
    noun = "model file"

    model_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_versions.id"))
    filename: Mapped[str]
    object_name: Mapped[str] = mapped_column(String(1024))
    large: Mapped[bool]
    version: Mapped[ModelVersion] = relationship()


class ModelContext(Identified, Row):
    """What a model version was made from: facts of the past, kept when the things they name are gone.

    `datas` lists the dataset versions used: `id` (dataset), `name` (alias), `version_id`, `repartition` (label
    to count).
    """

    __tablename__ = "model_contexts"
    noun = "context"

    model_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_versions.id"), unique=True)
    experiment_id: Mapped[UUID | None]
    datas: Mapped[list[Json]]
    parameters: Mapped[Json]
