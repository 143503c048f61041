"""The images that deployments saw, whole and small; a file that only says it is an image never runs as a page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from starlette.responses import FileResponse, Response
from starlette.routing import Route

from reconciler.platform.dashboard.visit import Visit, page
from reconciler.platform.store import gallery
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.thumbnails import etag_of

_HOME = "/deployments/{deployment_id}"
_NOT_MODIFIED = 304
_LONGEST_MARK = 16
# An image never changes; an hour is how long a browser goes without asking whether its reader is still signed in.
_KEPT = "private, max-age=3600"
# What browsers show as a picture and nothing else, by how the file begins; what it says of itself is not asked.
_BEGINNINGS: Final[Sequence[tuple[int, bytes, str]]] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
)
_UNKNOWN = "application/octet-stream"


def whole(visit: Visit) -> Response:
    """Send the whole image."""
    with visit.read() as unit:
        picture = gallery.picture(unit, visit.deployment(unit), visit.identifier("predicted_asset_id"))
        path = unit.blobs.path(picture.blob)
    etag = f'"{picture.etag}"'
    if _is_known(visit, etag):
        return _unchanged(etag)
    kind = _kind(path)
    shown = "attachment" if kind == _UNKNOWN else "inline"
    headers = {"Cache-Control": _KEPT, "Content-Disposition": shown, "ETag": etag}
    return FileResponse(path, media_type=kind, headers=headers)


def small(visit: Visit) -> Response:
    """Send a thumbnail of the image, if one can be made."""
    with visit.read() as unit:
        picture = gallery.picture(unit, visit.deployment(unit), visit.identifier("predicted_asset_id"))
    etag = etag_of(picture)
    if _is_known(visit, etag):
        return _unchanged(etag)
    made = visit.context.thumbnails.of(picture)
    if made is None:
        raise NotFound("There is no thumbnail of this file: it is no image that can be read.")
    return Response(made.content, media_type=made.content_type, headers={"Cache-Control": _KEPT, "ETag": etag})


routes = [
    Route(f"{_HOME}/images/{{predicted_asset_id}}", page(whole), methods=["GET"]),
    Route(f"{_HOME}/thumbnails/{{predicted_asset_id}}", page(small), methods=["GET"]),
]


def _is_known(visit: Visit, etag: str) -> bool:
    """Tell whether the browser says that it holds this very content."""
    told = visit.request.headers.get("if-none-match", "")
    return any(each.strip().removeprefix("W/") in (etag, "*") for each in told.split(","))


def _unchanged(etag: str) -> Response:
    return Response(status_code=_NOT_MODIFIED, headers={"Cache-Control": _KEPT, "ETag": etag})


def _kind(path: Path) -> str:
    try:
        with path.open("rb") as file:
            begins = file.read(_LONGEST_MARK)
    except FileNotFoundError:
        raise NotFound("The image is gone.") from None
    return next((kind for at, mark, kind in _BEGINNINGS if begins[at:].startswith(mark)), _UNKNOWN)
