"""Images and thumbnails: the bytes that came, told apart by what they are, kept by browsers, shown to nobody else."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

from reconciler.platform.dashboard.security import HEADERS
from reconciler.platform.store import gallery, objects, predicted_assets
from tests.platform.api import stranger
from tests.platform.dashboard.browsing import signed_in
from tests.platform.monitoring.test_ingest import body, record
from tests.platform.services import encoded, monitoring, png

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.platform.api import Api, Reply
    from tests.platform.dashboard.browsing import Browser

pytestmark = pytest.mark.anyio

PAGE = b"<!doctype html><script>alert(1)</script>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
WIDE = np.zeros((600, 1200, 3), dtype=np.uint8)


async def kept(api: Api, content: bytes, **more: object) -> tuple[Reply, str]:
    """Deploy something that saw one file; return the deployment and the predicted asset's id."""
    made = await api.deployment(disable_serving=True)
    service = await monitoring(api, made["id"])
    told = body(image=base64.b64encode(content).decode(), **more)
    return made, (await record(service, told))["predicted_asset_id"]


async def fetched(browser: Browser, deployment: Reply, kind: str, identifier: str, **headers: str) -> httpx.Response:
    """Ask for an image (`images`) or its thumbnail (`thumbnails`)."""
    return await browser.client.get(f"/deployments/{deployment['id']}/{kind}/{identifier}", headers=headers)


def replace(api: Api, identifier: str, content: bytes) -> None:
    """Let an image's object hold other bytes, still saying that it is an image."""
    with api.platform.store.write(api.platform.owner) as unit:
        data = predicted_assets.visible(unit, UUID(identifier)).data
        assert data is not None
        objects.put(unit, data.datalake.connector_id, data.object_name, content, content_type="image/png")


def stored_file(api: Api, identifier: str) -> Path:
    """Return where the bytes of an image lie."""
    with api.platform.store.read(api.platform.owner) as unit:
        asset = predicted_assets.visible(unit, UUID(identifier))
        return unit.blobs.path(gallery.picture(unit, asset.deployment, asset.id).blob)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_the_whole_image_is_sent_as_what_it_is(api: Api, browser: Browser, kind: str) -> None:
    content = encoded(WIDE, kind)
    made, identifier = await kept(api, content, width=1200, height=600)
    answer = await fetched(browser, made, "images", identifier)
    assert answer.content == content
    assert answer.headers["content-type"] == f"image/{kind.lower()}"
    assert answer.headers["content-disposition"] == "inline"


async def test_a_thumbnail_is_a_smaller_picture_of_the_same_form(api: Api, browser: Browser) -> None:
    content = encoded(WIDE)
    made, identifier = await kept(api, content, width=1200, height=600)
    answer = await fetched(browser, made, "thumbnails", identifier)
    with Image.open(io.BytesIO(answer.content)) as small:
        assert answer.headers["content-type"] == Image.MIME[small.format or ""]
        assert small.width < 1200
        assert small.width == 2 * small.height


@pytest.mark.parametrize("kind", ["images", "thumbnails"])
async def test_a_browser_keeps_it_and_is_told_when_nothing_changed(api: Api, browser: Browser, kind: str) -> None:
    made, identifier = await kept(api, png())
    first = await fetched(browser, made, kind, identifier)
    assert first.headers["cache-control"] == "private, max-age=3600"
    etag = first.headers["etag"]
    for told in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await fetched(browser, made, kind, identifier, **{"If-None-Match": told})
        assert (again.status_code, again.content) == (304, b"")
        assert (again.headers["etag"], again.headers["cache-control"]) == (etag, "private, max-age=3600")
    other = await fetched(browser, made, kind, identifier, **{"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize("content", [PAGE, DRAWING, b"", b"\x89PNG"], ids=["page", "drawing", "empty", "cut"])
async def test_a_file_that_is_no_image_is_never_shown_as_one(api: Api, browser: Browser, content: bytes) -> None:
    made, identifier = await kept(api, png())
    replace(api, identifier, content)
    answer = await fetched(browser, made, "images", identifier)
    assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await fetched(browser, made, "thumbnails", identifier)).status_code == 404


async def test_an_image_that_is_gone_is_not_found(api: Api, browser: Browser) -> None:
    made, identifier = await kept(api, png())
    stored_file(api, identifier).unlink()
    assert (await fetched(browser, made, "images", identifier)).status_code == 404
    seen = await api.ask("GET", f"/predicted/asset/{identifier}")
    await api.ask("DELETE", f"/data/{seen['data']['id']}")
    for kind in ("images", "thumbnails"):
        assert (await fetched(browser, made, kind, identifier)).status_code == 404


@pytest.mark.parametrize("kind", ["images", "thumbnails", "predictions"])
async def test_nobody_else_sees_it(api: Api, browser: Browser, kind: str) -> None:
    made, identifier = await kept(api, png())
    neighbour = await api.deployment()
    assert (await fetched(browser, made, kind, identifier)).status_code == 200
    assert (await fetched(browser, neighbour, kind, identifier)).status_code == 404
    assert (await fetched(browser, made, kind, neighbour["id"])).status_code == 404
    assert (await fetched(browser, made, kind, "none")).status_code == 404
    others = stranger(api.platform).client.headers["Authorization"].removeprefix("Bearer ")
    other = await signed_in(api.platform, others)
    assert (await fetched(other, made, kind, identifier)).status_code == 404
    etag = (await fetched(browser, made, kind, identifier)).headers.get("etag", "*")
    assert (await fetched(other, made, kind, identifier, **{"If-None-Match": etag})).status_code == 404
