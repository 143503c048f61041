"""Datalakes, data, and how bytes come in and go out."""

from uuid import UUID

from pydantic import Field

from reconciler.platform.shapes.base import ContentType, JsonObject, Name, ObjectName, Request, Shape, Text
from reconciler.platform.shapes.organizations import JobShape
from reconciler.platform.shapes.tags import DataSourceShape, TagShape
from reconciler.platform.store.data import NewData
from reconciler.platform.store.imports import Facts
from reconciler.platform.store.objects import MOST_PARTS
from reconciler.platform.store.words import DataType, ObjectKind, UploadStatus


class DatalakeShape(Shape):
    """A store of data."""

    id: UUID
    name: str
    connector_id: UUID


class ConnectorShape(Shape):
    """Where a datalake's bytes are kept."""

    id: UUID
    client_type: str
    bucket_name: str


class Meta(Shape):
    """The size of an image, in pixels."""

    width: int = Field(ge=1, le=2**31 - 1)
    height: int = Field(ge=1, le=2**31 - 1)


class DataShape(Shape):
    """One image or video."""

    id: UUID
    object_name: str
    filename: str
    type: DataType
    content_type: str
    upload_status: UploadStatus
    meta: Meta | None = Field(description="Null until the size is known.")
    metadata: dict[str, object] | None = Field(validation_alias="facts")
    custom_metadata: dict[str, object] | None


class DataDetail(DataShape):
    """A data, with where it is and came from."""

    datalake_id: UUID
    data_source: DataSourceShape | None
    tags: list[TagShape]


class NewDataBody(Request):
    """A file to register."""

    type: DataType
    filename: Name
    object_name: ObjectName
    content_type: ContentType
    tags: list[UUID] = Field(default_factory=list)
    data_source_id: UUID | None = None
    meta: Meta | None = None
    metadata: JsonObject | None = None
    custom_metadata: JsonObject | None = None

    def new(self) -> NewData:
        """Return it as the store takes it."""
        return NewData(
            filename=self.filename,
            object_name=self.object_name,
            content_type=self.content_type,
            type=self.type,
            width=self.meta.width if self.meta else None,
            height=self.meta.height if self.meta else None,
            tag_ids=self.tags,
            source_id=self.data_source_id,
            metadata=self.metadata,
            custom_metadata=self.custom_metadata,
        )


class CloudObject(Request):
    """What is to be known of an imported object."""

    metadata: JsonObject | None = None
    custom_metadata: JsonObject | None = None
    tags: list[Name] = Field(default_factory=list)
    data_source: Name | None = None

    def facts(self) -> Facts:
        """Return it as the store takes it."""
        return Facts(self.metadata, self.custom_metadata, self.tags, self.data_source)


class ObjectImport(Request):
    """Objects of the storage to make data of: those whose names begin so, or those named with what is known."""

    prefixes: list[ObjectName] | None = Field(default=None, max_length=500)
    tag_ids: list[UUID] = Field(default_factory=list)
    data_source_id: UUID | None = None
    objects: dict[str, CloudObject] | None = Field(default=None, max_length=500)


class StartedImport(Shape):
    """The datalake, and the finished work."""

    datalake: DatalakeShape
    job: JobShape


class MetadataUpdate(Request):
    """The metadata to replace; null removes it."""

    metadata: JsonObject | None


class CustomMetadata(Request):
    """The custom metadata to replace; null removes it."""

    custom_metadata: JsonObject | None


class PresignedUrl(Shape):
    """Where to GET an object, for a while, without a token."""

    presigned_url: str


class NameWish(Request):
    """What an object is for, so that a name can be found."""

    filename: Name
    type: ObjectKind
    context: dict[str, UUID] | None = Field(default=None, max_length=1)
    upload_dir: Text | None = Field(default=None, max_length=512)


class InventedName(Shape):
    """A name no object has."""

    object_name: str


class UploadWish(Request):
    """An object to upload."""

    object_name: ObjectName
    content_type: ContentType = "application/octet-stream"


class ObjectWish(Request):
    """An object to download."""

    object_name: ObjectName


class FormUpload(Shape):
    """Where to POST a form."""

    url: str
    fields: dict[str, str]


class SignedUpload(Shape):
    """How to upload a whole object."""

    client_type: str
    presigned_url_data: FormUpload


class StartedUpload(Shape):
    """An upload in parts."""

    client_type: str
    upload_id: UUID


class PartWish(Request):
    """A part to upload."""

    object_name: ObjectName
    upload_id: UUID
    part_no: int = Field(ge=1, le=MOST_PARTS)


class SignedPart(Shape):
    """Where to PUT a part."""

    url: str


class SentPart(Request):
    """A part, as its sender saw it answered."""

    ETag: str
    PartNumber: int


class CompletedUpload(Request):
    """All parts of an upload."""

    object_name: ObjectName
    upload_id: UUID
    parts: list[SentPart] = Field(max_length=MOST_PARTS)


class StoredShape(Shape):
    """An object that is stored now."""

    object_name: str
    size: int
    etag: str
