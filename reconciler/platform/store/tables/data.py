"""Where bytes live and what they are: connectors, stored objects, datalakes, data and their sources."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reconciler.platform.store.tables.base import Identified, Json, Named, Owned, Row
from reconciler.platform.store.tables.tags import Tag, tag_link
from reconciler.platform.store.words import DataType, UploadStatus


class Connector(Owned, Row):
    """A storage that an organisation's objects are kept in."""

    __tablename__ = "connectors"
    noun = "connector"

    client_type: Mapped[str]
    bucket_name: Mapped[str]


class StoredObject(Identified, Row):
    """The bytes behind an object name; replacing them points the same row at another blob."""

    __tablename__ = "stored_objects"
    __table_args__ = (UniqueConstraint("connector_id", "object_name"),)
    noun = "object"

    connector_id: Mapped[UUID] = mapped_column(ForeignKey("connectors.id"))
    object_name: Mapped[str] = mapped_column(String(1024))
    blob: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    etag: Mapped[str]
    content_type: Mapped[str]


class MultipartUpload(Identified, Row):
    """An upload in parts that has not been completed."""

    __tablename__ = "multipart_uploads"
    noun = "upload"

    connector_id: Mapped[UUID] = mapped_column(ForeignKey("connectors.id"))
    object_name: Mapped[str] = mapped_column(String(1024))
    content_type: Mapped[str]
    parts: Mapped[list["MultipartPart"]] = relationship(order_by="MultipartPart.part_no", cascade="all, delete-orphan")


class MultipartPart(Row):
    """One part of an upload; sending it again replaces it."""

    __tablename__ = "multipart_parts"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("multipart_uploads.id"), primary_key=True)
    part_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    blob: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    etag: Mapped[str]


class Datalake(Named, Row):
    """An organisation's store of data, behind one connector."""

    __tablename__ = "datalakes"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)
    noun = "datalake"

    connector_id: Mapped[UUID] = mapped_column(ForeignKey("connectors.id"))
    is_default: Mapped[bool] = mapped_column(default=False)


class DataSource(Named, Row):
    """A named origin of data, such as a camera."""

    __tablename__ = "data_sources"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)
    noun = "data source"


class Data(Owned, Row):
    """One image or video in a datalake."""

    __tablename__ = "data"
    __table_args__ = (UniqueConstraint("datalake_id", "object_name"),)
    noun = "data"

    datalake_id: Mapped[UUID] = mapped_column(ForeignKey("datalakes.id"))
    data_source_id: Mapped[UUID | None] = mapped_column(ForeignKey("data_sources.id"), index=True)
    type: Mapped[DataType]
    filename: Mapped[str] = mapped_column(index=True)
    object_name: Mapped[str] = mapped_column(String(1024))
    content_type: Mapped[str]
    upload_status: Mapped[UploadStatus]
    width: Mapped[int | None]
    height: Mapped[int | None]
    # `metadata` is taken by the declarative base.
    facts: Mapped[Json | None] = mapped_column("metadata")
    custom_metadata: Mapped[Json | None]
    datalake: Mapped[Datalake] = relationship()
    data_source: Mapped[DataSource | None] = relationship()
    tags: Mapped[list[Tag]] = tag_link("Data")

    @property
    def meta(self) -> dict[str, int] | None:
        """The size in pixels, once known."""
        if self.width is None or self.height is None:
            return None
        return {"width": self.width, "height": self.height}
