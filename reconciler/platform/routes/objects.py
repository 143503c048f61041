"""Naming and signing objects (wire protocol 2.5): under `object-storage`, and `connector` for older clients."""

from uuid import UUID

from fastapi import Request

from reconciler.platform.auth import Call, Reading, Writing
from reconciler.platform.late import LateRouter
from reconciler.platform.links import Link, sign
from reconciler.platform.shapes.data import (
    CompletedUpload,
    FormUpload,
    InventedName,
    NameWish,
    ObjectWish,
    PartWish,
    PresignedUrl,
    SignedPart,
    SignedUpload,
    StartedUpload,
    StoredShape,
    UploadWish,
)
from reconciler.platform.store import objects
from reconciler.platform.store.tables.data import Connector, MultipartUpload
from reconciler.platform.store.unit import Unit

CLIENT_TYPE = "MINIO"

router = LateRouter(tags=["object storage"])
signing = LateRouter(tags=["object storage"])


@router.post("/organization/{organization_id}/connector/{connector_id}/generate_object_name")
def generate_object_name(call: Writing, organization_id: UUID, connector_id: UUID, body: NameWish) -> InventedName:
    """Make up a name no object has."""
    with call.read() as unit:
        unit.find(Connector, connector_id, within=organization_id)
    context = next(iter(body.context.values()), None) if body.context else None
    name = objects.invent_name(body.type, body.filename, context=context, folder=body.upload_dir)
    return InventedName(object_name=name)


@signing.post("/generate_presigned_url")
def sign_upload(call: Writing, request: Request, connector_id: UUID, body: UploadWish) -> SignedUpload:
    """Sign the upload of a whole object, as a form."""
    link = Link("post", connector_id, objects.check_name(body.object_name), body.content_type)
    with call.read() as unit:
        unit.find(Connector, connector_id)
    url = sign(call.context, origin(call, request), link)
    return SignedUpload(client_type=CLIENT_TYPE, presigned_url_data=FormUpload(url=url, fields={}))


@signing.post("/init_multipart_upload")
def start_upload(call: Writing, connector_id: UUID, body: UploadWish) -> StartedUpload:
    """Open an upload in parts."""
    with call.write() as unit:
        unit.find(Connector, connector_id)
        upload = objects.begin_upload(unit, connector_id, body.object_name, content_type=body.content_type)
        return StartedUpload(client_type=CLIENT_TYPE, upload_id=upload.id)


@signing.post("/generate_part_presigned_url")
def sign_part(call: Writing, request: Request, connector_id: UUID, body: PartWish) -> SignedPart:
    """Sign the upload of one part."""
    with call.read() as unit:
        _upload(unit, connector_id, body.object_name, body.upload_id)
    link = Link("put", connector_id, body.object_name, upload_id=body.upload_id, part_no=body.part_no)
    return SignedPart(url=sign(call.context, origin(call, request), link))


@signing.post("/complete_part_upload")
def complete_upload(call: Writing, connector_id: UUID, body: CompletedUpload) -> StoredShape:
    """Make one object of all parts."""
    with call.write() as unit:
        upload = _upload(unit, connector_id, body.object_name, body.upload_id)
        parts = [objects.Part(part.PartNumber, part.ETag) for part in body.parts]
        return StoredShape.model_validate(objects.complete_upload(unit, upload, parts))


@signing.post("/retrieve_presigned_url")
def sign_download(call: Reading, request: Request, connector_id: UUID, body: ObjectWish) -> PresignedUrl:
    """Sign the download of an object."""
    with call.read() as unit:
        unit.find(Connector, connector_id)
        stored = objects.get(unit, connector_id, body.object_name)
        link = Link("get", connector_id, stored.object_name)
    return PresignedUrl(presigned_url=sign(call.context, origin(call, request), link))


def origin(call: Call, request: Request) -> str:
    """Return where the caller reaches this service: as configured, or as they just did."""
    return call.context.settings.control_url or str(request.base_url)


def _upload(unit: Unit, connector_id: UUID, object_name: str, upload_id: UUID) -> MultipartUpload:
    unit.find(Connector, connector_id)
    return objects.upload_of(unit, connector_id, object_name, upload_id)


router.repeat(signing, prefix="/object-storage/{connector_id}")
router.repeat(signing, prefix="/connector/{connector_id}", documented=False)
