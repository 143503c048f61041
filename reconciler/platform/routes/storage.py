"""The storage itself: objects sent and fetched by presigned URL, without a token (wire protocol 2.5)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from starlette.datastructures import UploadFile

from reconciler.platform.context import Context, context_of
from reconciler.platform.late import LateRouter
from reconciler.platform.links import Link, check
from reconciler.platform.store import objects
from reconciler.platform.store.blobs import Blob, chunks_of
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.unit import Actor

_IN_MEMORY = 1024 * 1024

# Whoever holds a signed URL acts on that one object only, and as nobody.
_BEARER = Actor(UUID(int=0), "presigned URL", UUID(int=0), frozenset())

# A stored file is somebody's data: a browser must neither run nor guess it.
_INERT = {
    "Content-Disposition": "attachment",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox",
}

_FORM = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {"file": {"type": "string", "format": "binary"}},
        }
    }
}
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}

_PATH = "/{connector_id}/{object_name:path}"

router = LateRouter(tags=["storage"])

Opened = Annotated[Context, Depends(context_of)]


@dataclass(frozen=True)
class Seal:
    """What proves that this platform made a URL."""

    expires: int
    signature: str


async def _seal(
    expires: Annotated[int, Query(ge=0, le=2**53)], signature: Annotated[str, Query(max_length=64)]
) -> Seal:
    return Seal(expires, signature)


Sealed = Annotated[Seal, Depends(_seal)]


def _checked(context: Context, seal: Seal, link: Link) -> Link:
    check(context, link, expires=seal.expires, signature=seal.signature)
    return link


async def _download(context: Opened, seal: Sealed, connector_id: UUID, object_name: str) -> Link:
    return _checked(context, seal, Link("get", connector_id, object_name))


SignedType = Annotated[str, Query(max_length=255)]


async def _upload(
    context: Opened, seal: Sealed, connector_id: UUID, object_name: str, *, content_type: SignedType = ""
) -> Link:
    return _checked(context, seal, Link("post", connector_id, object_name, content_type))


PartNumber = Annotated[int, Query(ge=1, le=objects.MOST_PARTS)]


async def _part(
    context: Opened, seal: Sealed, connector_id: UUID, object_name: str, *, upload_id: UUID, part_no: PartNumber
) -> Link:
    link = Link("put", connector_id, object_name, upload_id=upload_id, part_no=part_no)
    return _checked(context, seal, link)


@router.post(
    _PATH,
    status_code=status.HTTP_204_NO_CONTENT,
    openapi_extra={"requestBody": {"content": _FORM, "required": True}},
)
async def receive_object(context: Opened, request: Request, link: Annotated[Link, Depends(_upload)]) -> None:
    """Store the form's `file` under the name the URL was signed for."""
    async with request.form(max_files=1, max_fields=20) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Invalid("The form has no file part named 'file'.")
        blob = await run_in_threadpool(context.store.blobs.write, chunks_of(file.file))
    await run_in_threadpool(_place, context, link, blob)


@router.put(
    _PATH,
    openapi_extra={"requestBody": {"content": _BYTES, "required": True}},
    response_class=Response,
)
async def receive_part(context: Opened, request: Request, link: Annotated[Link, Depends(_part)]) -> Response:
    """Keep one part of an upload; the header `ETag` tells how to name it when completing."""
    async with _spooled(request) as file:
        blob = await run_in_threadpool(context.store.blobs.write, chunks_of(file))
    await run_in_threadpool(_keep, context, link, blob)
    return Response(headers={"ETag": f'"{blob.etag}"'})


@router.get(_PATH, response_class=FileResponse)
def send_object(context: Opened, link: Annotated[Link, Depends(_download)]) -> FileResponse:
    """Send an object's bytes, with their length."""
    with context.store.read(_BEARER) as unit:
        stored = objects.get(unit, link.connector_id, link.object_name)
        path = unit.blobs.path(stored.blob)
        return FileResponse(path, media_type=stored.content_type, headers=_INERT)


def _place(context: Context, link: Link, blob: Blob) -> None:
    with context.store.write(_BEARER) as unit:
        kind = link.content_type or "application/octet-stream"
        objects.place(unit, link.connector_id, link.object_name, blob=blob, content_type=kind)


def _keep(context: Context, link: Link, blob: Blob) -> None:
    with context.store.write(_BEARER) as unit:
        upload = objects.upload_of(unit, link.connector_id, link.object_name, link.upload_id)
        objects.receive_part(unit, upload, link.part_no, blob)


@asynccontextmanager
async def _spooled(request: Request) -> AsyncIterator["SpooledTemporaryFile[bytes]"]:
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        async for chunk in request.stream():
            await run_in_threadpool(file.write, chunk)
        await run_in_threadpool(file.seek, 0)
        yield file
