"""Stored objects: bytes under a name, in a connector; uploads whole or in parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from reconciler.platform.store.blobs import Blob
from reconciler.platform.store.faults import Invalid, NotFound
from reconciler.platform.store.images import image_size
from reconciler.platform.store.paging import chunks
from reconciler.platform.store.tables.data import (
    Connector,
    Data,
    Datalake,
    MultipartPart,
    MultipartUpload,
    StoredObject,
)
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ObjectKind, UploadStatus

LONGEST_NAME = 1024
MOST_PARTS = 10_000


@dataclass(frozen=True)
class Part:
    """One part as the client claims to have sent it."""

    part_no: int
    etag: str


def check_name(object_name: str) -> str:
    """Return a name that is safe in any storage: relative, without empty, `.` or `..` segments or control characters.

    Raises:
        Invalid: for any other.
    """
    segments = object_name.split("/")
    wrong = (
        len(object_name.encode()) > LONGEST_NAME
        or "\\" in object_name
        or not object_name.isprintable()
        or any(segment in {"", ".", ".."} for segment in segments)
    )
    if wrong:
        raise Invalid(f"'{object_name[:80]}' is not an object name.")
    return object_name


def invent_name(kind: ObjectKind, filename: str, *, context: UUID | None, folder: str | None) -> str:
    """Return a fresh object name: folder, kind, what it belongs to, and the file name behind a random identifier.

    Raises:
        Invalid: when the pieces make no valid name.
    """
    pieces = [folder.strip("/") if folder else "", kind.lower(), str(context) if context else ""]
    leaf = f"{uuid4()}-{filename.rsplit('/', 1)[-1]}"
    return check_name("/".join([*(piece for piece in pieces if piece), leaf]))


def put(unit: Unit, connector_id: UUID, object_name: str, content: bytes, *, content_type: str) -> StoredObject:
    """Store bytes under a name, replacing what was there."""
    unit.find(Connector, connector_id)
    check_name(object_name)
    return place(unit, connector_id, object_name, blob=unit.blobs.write([content]), content_type=content_type)


def place(unit: Unit, connector_id: UUID, object_name: str, *, blob: Blob, content_type: str) -> StoredObject:
    """Let a name mean a blob from now on, and tell data that waited for these bytes."""
    row = lookup(unit, connector_id, object_name)
    if row is None:
        row = StoredObject(connector_id=connector_id, object_name=object_name)
        unit.session.add(row)
    else:
        unit.forsake([row.blob])
    row.blob, row.size, row.etag, row.content_type = blob.name, blob.size, blob.etag, content_type
    unit.session.flush()
    _wake_data(unit, row)
    return row


def lookup(unit: Unit, connector_id: UUID, object_name: str) -> StoredObject | None:
    """Return the object of that name, or None."""
    return unit.session.scalar(
        select(StoredObject).where(StoredObject.connector_id == connector_id, StoredObject.object_name == object_name)
    )


def lookup_many(unit: Unit, connector_id: UUID, names: Sequence[str]) -> dict[str, StoredObject]:
    """Return the objects of these names that there are, by name."""
    rows = select(StoredObject).where(StoredObject.connector_id == connector_id)
    return {
        row.object_name: row
        for chunk in chunks(names)
        for row in unit.session.scalars(rows.where(StoredObject.object_name.in_(chunk)))
    }


def get(unit: Unit, connector_id: UUID, object_name: str) -> StoredObject:
    """Return the object of that name, or raise NotFound."""
    row = lookup(unit, connector_id, object_name)
    if row is None:
        raise NotFound(f"There is no object '{object_name}'.")
    return row


def content(unit: Unit, connector_id: UUID, object_name: str) -> bytes:
    """Return an object's bytes, or raise NotFound."""
    return b"".join(unit.blobs.read(get(unit, connector_id, object_name).blob))


def discard(unit: Unit, connector_id: UUID, object_name: str) -> None:
    """Remove an object; one that is not there is fine."""
    row = lookup(unit, connector_id, object_name)
    if row is not None:
        unit.forsake([row.blob])
        unit.session.delete(row)


def begin_upload(unit: Unit, connector_id: UUID, object_name: str, *, content_type: str) -> MultipartUpload:
    """Open an upload in parts."""
    upload = MultipartUpload(connector_id=connector_id, object_name=check_name(object_name), content_type=content_type)
    return unit.add(upload)


def upload_of(unit: Unit, connector_id: UUID, object_name: str, upload_id: UUID | None) -> MultipartUpload:
    """Return an open upload of that object, or raise NotFound."""
    upload = unit.session.get(MultipartUpload, upload_id) if upload_id is not None else None
    if upload is None or (upload.connector_id, upload.object_name) != (connector_id, object_name):
        raise NotFound(f"There is no upload {upload_id} of '{object_name}'.")
    return upload


def receive_part(unit: Unit, upload: MultipartUpload, part_no: int, blob: Blob) -> None:
    """Keep one part; a part sent again replaces the first."""
    part = unit.session.get(MultipartPart, (upload.id, part_no))
    if part is None:
        part = MultipartPart(upload_id=upload.id, part_no=part_no)
        unit.session.add(part)
    else:
        unit.forsake([part.blob])
    part.blob, part.size, part.etag = blob.name, blob.size, blob.etag


def complete_upload(unit: Unit, upload: MultipartUpload, parts: Sequence[Part]) -> StoredObject:
    """Make one object of an upload's parts, in the order of their numbers.

    Raises:
        Invalid: when the claimed parts are not exactly those received.
    """
    received = {part.part_no: part.etag for part in upload.parts}
    claimed = {part.part_no: part.etag.strip('"') for part in parts}
    if not received or received != claimed:
        raise Invalid(f"The parts of '{upload.object_name}' are not those that were received.")
    names = [part.blob for part in upload.parts]
    blob = unit.blobs.join(names)
    unit.forsake(names)
    stored = place(unit, upload.connector_id, upload.object_name, blob=blob, content_type=upload.content_type)
    unit.session.delete(upload)
    return stored


def settle(unit: Unit, datum: Data, stored: StoredObject | None) -> None:
    """Set a data's status and size from its bytes: PENDING until they arrive, ERROR when their size stays unknown."""
    if stored is None:
        datum.upload_status = UploadStatus.PENDING
        return
    size = image_size(unit.blobs.path(stored.blob)) or (datum.width, datum.height)
    datum.width, datum.height = size
    datum.upload_status = UploadStatus.ERROR if None in size else UploadStatus.DONE


def _wake_data(unit: Unit, stored: StoredObject) -> None:
    lakes = select(Datalake.id).where(Datalake.connector_id == stored.connector_id)
    waiting = select(Data).where(Data.object_name == stored.object_name, Data.datalake_id.in_(lakes))
    for datum in unit.session.scalars(waiting):
        settle(unit, datum, stored)
