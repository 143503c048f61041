"""Datasets, their versions, labels and assets."""

from uuid import UUID

from pydantic import AliasPath, Field

from reconciler.platform.shapes.base import Name, Request, Shape, Text
from reconciler.platform.shapes.data import DataShape
from reconciler.platform.shapes.organizations import JobShape
from reconciler.platform.shapes.tags import TagShape
from reconciler.platform.store.words import InferenceType


class DatasetShape(Shape):
    """A named container of versions."""

    id: UUID
    name: str
    description: str


class DatasetDetail(DatasetShape):
    """A dataset, with its tags."""

    tags: list[TagShape]


class NewDataset(Request):
    """A dataset to create."""

    name: Name
    description: Text = ""


class DatasetVersionShape(Shape):
    """A subset of data, of one inference type."""

    id: UUID
    origin_id: UUID = Field(validation_alias="dataset_id", description="The dataset.")
    origin_name: str = Field(validation_alias=AliasPath("dataset", "name"), description="The dataset's name.")
    version: str
    description: str
    type: InferenceType
    locked: bool
    annotation_campaign_id: UUID | None = None


class DatasetVersionDetail(DatasetVersionShape):
    """A dataset version, with its tags."""

    tags: list[TagShape]


class NewDatasetVersion(Request):
    """A dataset version to create."""

    version: Name
    description: Text = ""
    type: InferenceType = InferenceType.NOT_CONFIGURED


class DatasetVersionUpdate(Request):
    """What to change of a dataset version."""

    version: Name | None = None
    description: Text | None = None
    type: InferenceType | None = None


class Fork(NewDatasetVersion):
    """A dataset version to make out of another; `asset_ids` null takes every asset."""

    parent_id: UUID
    with_tags: bool = False
    with_labels: bool = False
    with_annotations: bool = False
    asset_ids: list[UUID] | None = None


class AssetCopy(Request):
    """Assets to copy into another version of the same dataset."""

    destination_id: UUID
    asset_ids: list[UUID] = Field(max_length=10_000)
    with_tags: bool = False
    with_annotations: bool = False


class CopiedAssets(Shape):
    """The finished work of copying assets."""

    job: JobShape


class Forked(Shape):
    """The version that was made, and the finished work."""

    dataset_version: DatasetVersionShape
    job: JobShape


class AttachedDatasetVersion(Shape):
    """A dataset version attached to something."""

    dataset_version: DatasetVersionShape


class AliasedDatasetVersion(AttachedDatasetVersion):
    """A dataset version attached under an alias."""

    name: str


class LabelShape(Shape):
    """A class name."""

    id: UUID
    name: str
    group_id: UUID | None = None


class LabelUpdate(Request):
    """What to change of a label."""

    name: Name | None = None
    group_id: UUID | None = None


class AssetShape(Shape):
    """A data's membership of a dataset version."""

    id: UUID
    data: DataShape


class AssetDetail(AssetShape):
    """An asset, with its tags."""

    tags: list[TagShape]


class NewAssets(Request):
    """Data to add to a dataset version."""

    data_ids: list[UUID] = Field(max_length=10_000)
    asset_tag_ids: list[UUID] = Field(default_factory=list)


class AddedAssets(Shape):
    """The finished work of adding data."""

    dataset_version: DatasetVersionShape
    job: JobShape
