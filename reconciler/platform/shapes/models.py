"""Models, their versions, files and contexts."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import Field

from reconciler.platform.shapes.base import JsonObject, Name, ObjectName, Request, Shape, Text
from reconciler.platform.shapes.tags import TagShape
from reconciler.platform.store.models import NewFile, Release
from reconciler.platform.store.words import Framework, InferenceType


class ModelShape(Shape):
    """A registry entry; type and framework are those of its newest version, as older clients require them."""

    id: UUID
    name: str
    private: bool
    type: InferenceType
    framework: Framework


class ModelDetail(ModelShape):
    """A model, with its description and tags."""

    description: str
    tags: list[TagShape]


class NewModel(Request):
    """A model to create."""

    name: Name
    description: Text = ""


class NamedUpdate(Request):
    """A new name, a new description, or both."""

    name: Name | None = None
    description: Text | None = None


class ModelVersionShape(Shape):
    """A numbered release of a model."""

    id: UUID
    name: str
    version: int
    description: str
    type: InferenceType
    framework: Framework
    labels: dict[str, object] | None
    parameters: dict[str, object] | None
    docker_image: str | None
    docker_tag: str | None
    docker_flags: list[str] | None
    docker_env_variables: dict[str, object] | None
    thumbnail_object_name: str | None
    notebook_link: str | None
    origin: ModelShape = Field(validation_alias="model", description="The model.")


class ModelVersionDetail(ModelVersionShape):
    """A model version, with its tags."""

    tags: list[TagShape]


class ModelVersionBody(Request):
    """A model version to create or change; what is null or left out stays as it is."""

    name: Name | None = None
    type: InferenceType | None = None
    framework: Framework | None = None
    description: Text | None = None
    labels: JsonObject | None = None
    parameters: JsonObject | None = None
    docker_image: Name | None = None
    docker_tag: Name | None = None
    docker_flags: list[Text] | None = None
    docker_env_variables: JsonObject | None = None
    thumbnail_object_name: ObjectName | None = None
    notebook_link: Text | None = Field(default=None, max_length=2048)

    def release(self) -> Release:
        """Return it as a version to create."""
        return replace(Release(), **self.given())

    def given(self) -> dict[str, Any]:
        """Return only what was given."""
        return self.model_dump(exclude_none=True)


class ModelFileShape(Shape):
    """A file of a model version."""

    id: UUID
    name: str
    filename: str
    object_name: str
    large: bool


class NewModelFile(Request):
    """A stored object that is a model's file."""

    name: Name
    filename: Name
    object_name: ObjectName
    large: bool

    def file(self) -> NewFile:
        """Return it as the store takes it."""
        return NewFile(self.name, self.filename, self.object_name, self.large)


class UsedData(Shape):
    """A dataset version that a model version was made from."""

    id: UUID
    name: str
    version_id: UUID
    repartition: dict[str, int]


class ModelContextShape(Shape):
    """What a model version was made from."""

    id: UUID
    experiment_id: UUID | None
    datas: list[UsedData]
    parameters: dict[str, object]
