"""Style sheets, scripts and icons: small files of this package, at addresses that change with their content."""

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.platform.store.faults import NotFound

_FOLDER = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"
_DIGITS = 12


def address(name: str) -> str:
    """Return the path that serves a file; another content has another path, so browsers may keep it for good.

    Raises:
        KeyError: when there is no such file.
    """
    digest, _ = _files()[name]
    return f"/assets/{digest}/{name}"


async def serve(request: Request) -> Response:
    """Answer a file; one asked for by the address of an older content is answered too, but not to be kept."""
    name = request.path_params["name"]
    if name not in _files():
        raise NotFound(f"There is no file '{name}'.")
    digest, content = _files()[name]
    kept = _FOREVER if request.path_params["digest"] == digest else "no-cache"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(content, media_type=kind, headers={"Cache-Control": kept})


routes = [Route("/assets/{digest}/{name:path}", serve)]


@cache
def _files() -> dict[str, tuple[str, bytes]]:
    """Return each file's digest and content by its name; only what lies in the folder can be asked for."""
    found = {}
    for place in sorted(_FOLDER.rglob("*")):
        if place.is_file():
            content = place.read_bytes()
            name = place.relative_to(_FOLDER).as_posix()
            found[name] = (hashlib.sha256(content).hexdigest()[:_DIGITS], content)
    return found
