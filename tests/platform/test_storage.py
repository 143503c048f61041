"""Object storage: names, signed URLs, whole and multipart uploads, downloads, and what an attacker may try."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.context import Context
from reconciler.platform.folder import Keys
from reconciler.platform.links import LIFETIME, Link, check, sign
from reconciler.platform.store.faults import Forbidden, Invalid
from reconciler.platform.store.objects import check_name
from tests.platform.api import Api, Reply, fresh, stranger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Bucket:
    """A connector, reached as the SDK does: signing with a token, transferring without."""

    api: Api
    connector_id: str
    outside: httpx.AsyncClient

    async def sign(self, deed: str, body: Reply) -> Reply:
        """Ask for a signature."""
        return await self.api.ask("POST", f"/object-storage/{self.connector_id}/{deed}", body)

    async def upload(self, object_name: str, content: bytes, *, content_type: str = "image/png") -> httpx.Response:
        """Upload a whole object."""
        signed = await self.sign("generate_presigned_url", {"object_name": object_name, "content_type": content_type})
        assert signed["client_type"] == "MINIO"
        form = signed["presigned_url_data"]
        fields = {**form["fields"], "Content-Type": content_type}
        return await self.outside.post(form["url"], data=fields, files={"file": (object_name, content)})

    async def download_url(self, object_name: str) -> str:
        """Ask where an object is downloaded."""
        return str((await self.sign("retrieve_presigned_url", {"object_name": object_name}))["presigned_url"])

    async def download(self, object_name: str) -> httpx.Response:
        """Download an object."""
        return await self.outside.get(await self.download_url(object_name))


@pytest.fixture
async def bucket(api: Api) -> AsyncIterator[Bucket]:
    lake = await api.ask("GET", api.home("datalake"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api.platform.control)) as outside:
        yield Bucket(api, lake["connector_id"], outside)


def on_disk(api: Api) -> int:
    return sum(path.is_file() for path in (api.platform.settings.data_dir / "objects").rglob("*"))


async def test_what_is_uploaded_is_downloaded_with_its_length(bucket: Bucket) -> None:
    for content in (b"", b"x", bytes(range(256)) * 8192):
        name = fresh("folder/deep/a b+ü")
        assert (await bucket.upload(name, content)).status_code == 204
        response = await bucket.download(name)
        assert response.content == content
        assert response.headers["content-length"] == str(len(content))
        assert response.headers["content-type"] == "image/png"


async def test_browsers_neither_run_nor_guess_what_is_stored(bucket: Bucket) -> None:
    await bucket.upload("page.html", b"<script>alert(1)</script>", content_type="text/html")
    headers = (await bucket.download("page.html")).headers
    assert headers["content-disposition"] == "attachment"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox"


async def test_uploading_again_replaces_the_bytes_and_frees_the_old_ones(bucket: Bucket, api: Api) -> None:
    name = fresh("again")
    await bucket.upload(name, b"first")
    before = on_disk(api)
    await bucket.upload(name, b"second")
    assert (await bucket.download(name)).content == b"second"
    assert on_disk(api) == before


async def test_parts_are_put_together_in_their_order(bucket: Bucket) -> None:
    name, pieces = fresh("large"), [b"a" * 100_000, b"b" * 2_000_000, b""]
    started = await bucket.sign("init_multipart_upload", {"object_name": name, "content_type": "video/mp4"})
    assert started["client_type"] == "MINIO"
    upload, parts = {"object_name": name, "upload_id": started["upload_id"]}, []
    for number, piece in reversed(list(enumerate(pieces, start=1))):
        url = (await bucket.sign("generate_part_presigned_url", {**upload, "part_no": number}))["url"]
        await bucket.outside.put(url, content=b"sent in vain")
        response = await bucket.outside.put(url, content=piece)
        assert response.headers["etag"].strip('"') == hashlib.md5(piece, usedforsecurity=False).hexdigest()
        parts.insert(0, {"ETag": response.headers["etag"], "PartNumber": number})
    stored = await bucket.sign("complete_part_upload", {**upload, "parts": parts})
    assert stored["size"] == sum(map(len, pieces))
    assert (await bucket.download(name)).content == b"".join(pieces)
    path = f"/object-storage/{bucket.connector_id}/complete_part_upload"
    assert await bucket.api.status("POST", path, {**upload, "parts": parts}) == 404


async def test_an_upload_is_completed_with_exactly_the_parts_received(bucket: Bucket) -> None:
    name = fresh("parts")
    started = await bucket.sign("init_multipart_upload", {"object_name": name, "content_type": "a/b"})
    upload = {"object_name": name, "upload_id": started["upload_id"]}
    complete = f"/object-storage/{bucket.connector_id}/complete_part_upload"
    assert await bucket.api.status("POST", complete, {**upload, "parts": []}) == 400
    url = (await bucket.sign("generate_part_presigned_url", {**upload, "part_no": 1}))["url"]
    etag = (await bucket.outside.put(url, content=b"one")).headers["etag"]
    right = {"ETag": etag, "PartNumber": 1}
    for parts in (
        [],
        [{"ETag": "0" * 32, "PartNumber": 1}],
        [{**right, "PartNumber": 2}],
        [right, {**right, "PartNumber": 2}],
    ):
        assert await bucket.api.status("POST", complete, {**upload, "parts": parts}) == 400
    assert await bucket.api.status("POST", complete, {**upload, "object_name": "other", "parts": [right]}) == 404
    await bucket.sign("complete_part_upload", {**upload, "parts": [right]})


async def test_names_are_made_up_fresh_beneath_what_they_belong_to(bucket: Bucket, api: Api) -> None:
    path = api.home(f"connector/{bucket.connector_id}/generate_object_name")
    owner = str(uuid4())
    wish = {"filename": "a.png", "type": "MODEL_FILE", "context": {"model_version_id": owner}, "upload_dir": "/x/y/"}
    names = {(await api.ask("POST", path, wish))["object_name"] for _ in range(3)}
    assert len(names) == 3
    assert all(name.startswith(f"x/y/model_file/{owner}/") and name.endswith("-a.png") for name in names)
    climbing = {"filename": "../../a.png", "type": "DATA"}
    assert ".." not in (await api.ask("POST", path, climbing))["object_name"]
    for wrong in ({**wish, "upload_dir": "../.."}, {**wish, "filename": "a\\b"}):
        assert await api.status("POST", path, wrong) in {400, 422}
    assert await api.status("POST", path, {**wish, "type": "SECRET"}) == 422


@pytest.mark.parametrize(
    "name", ["../a", "a/../b", "/a", "a//b", "a/./b", "..", "a\\b", "a\nb", "a\x00b", "x" * 1025, "é" * 600]
)
async def test_a_name_that_climbs_or_hides_is_refused_everywhere(bucket: Bucket, name: str) -> None:
    for deed in ("generate_presigned_url", "init_multipart_upload"):
        path = f"/object-storage/{bucket.connector_id}/{deed}"
        assert await bucket.api.status("POST", path, {"object_name": name, "content_type": "a/b"}) in {400, 422}
    path = f"/object-storage/{bucket.connector_id}/retrieve_presigned_url"
    assert await bucket.api.status("POST", path, {"object_name": name}) in {400, 404, 422}


@given(st.text(max_size=40))
async def test_every_accepted_name_is_a_relative_path_below_its_root(name: str) -> None:
    try:
        check_name(name)
    except Invalid:
        return
    segments = name.split("/")
    assert segments
    assert not {"", ".", ".."} & set(segments)
    assert name.isprintable()


async def test_a_path_in_the_url_reaches_no_file(bucket: Bucket, api: Api) -> None:
    await bucket.upload("a", b"x")
    query = urlsplit(await bucket.download_url("a")).query
    for climb in ("../../token", "..%2f..%2ftoken", "%2e%2e/%2e%2e/secret", "/etc/passwd", "....//token"):
        url = f"http://control.test/storage/{bucket.connector_id}/{climb}?{query}"
        response = await bucket.outside.get(url)
        assert response.status_code in {403, 404, 422}, climb
        assert api.platform.token not in response.text


@pytest.mark.parametrize("change", ["signature", "expires", "object", "connector", "method", "none"])
async def test_a_url_allows_what_it_was_signed_for_and_nothing_else(bucket: Bucket, change: str) -> None:
    name, other = fresh("signed"), fresh("signed")
    for stored in (name, other):
        await bucket.upload(stored, b"x")
    url = await bucket.download_url(name)
    query = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
    forged = {
        "signature": url.replace(query["signature"], query["signature"][::-1]),
        "expires": url.replace(query["expires"], str(int(query["expires"]) + 1)),
        "object": url.replace(quote(name), quote(other)),
        "connector": url.replace(bucket.connector_id, str(uuid4())),
        "method": url,
        "none": url.split("?")[0],
    }[change]
    method = "POST" if change == "method" else "GET"
    response = await bucket.outside.request(method, forged)
    assert response.status_code in {403, 422}
    assert set(response.json()) == {"message", "detail"}


@given(moment=st.integers(0, 2 * LIFETIME))
def test_a_url_is_valid_until_it_expires(moment: int) -> None:
    context = Context(None, None, Keys(b"k" * 32), None, None, None, None, None)  # type: ignore[arg-type]  # signing needs the keys alone
    link = Link("get", uuid4(), "a")
    query = parse_qs(urlsplit(sign(context, "http://x", link, clock=lambda: 0.0)).query)
    expires, signature = int(query["expires"][0]), query["signature"][0]
    if moment <= LIFETIME:
        check(context, link, expires=expires, signature=signature, clock=lambda: moment)
    else:
        with pytest.raises(Forbidden, match="expired"):
            check(context, link, expires=expires, signature=signature, clock=lambda: moment)


async def test_a_form_without_a_file_is_refused_and_leaves_nothing(bucket: Bucket, api: Api) -> None:
    body = {"object_name": fresh("empty"), "content_type": "a/b"}
    url = (await bucket.sign("generate_presigned_url", body))["presigned_url_data"]["url"]
    before = on_disk(api)
    for request in ({"data": {"file": "text"}}, {"data": {"x": "1"}}, {"content": b"raw"}, {"files": {"other": b"x"}}):
        response = await bucket.outside.post(url, **request)  # type: ignore[arg-type]
        assert (response.status_code, set(response.json())) == (400, {"message", "detail"})
    assert on_disk(api) == before


async def test_storage_of_another_organization_is_not_found(bucket: Bucket) -> None:
    other = stranger(bucket.api.platform)
    await bucket.upload("mine", b"x")
    body = {"object_name": "mine", "content_type": "a/b"}
    for deed in ("retrieve_presigned_url", "generate_presigned_url", "init_multipart_upload"):
        assert await other.status("POST", f"/object-storage/{bucket.connector_id}/{deed}", body) == 404
    path = f"/organization/{other.organization_id}/connector/{bucket.connector_id}/generate_object_name"
    assert await other.status("POST", path, {"filename": "a", "type": "DATA"}) == 404


async def test_older_clients_sign_under_connector(bucket: Bucket) -> None:
    await bucket.upload("older", b"x")
    path = f"/sdk/connector/{bucket.connector_id}/retrieve_presigned_url"
    response = await bucket.api.client.post(path, json={"object_name": "older"})
    assert (await bucket.outside.get(response.json()["presigned_url"])).content == b"x"


async def test_data_are_signed_by_their_own_route(bucket: Bucket, api: Api) -> None:
    name = fresh("data")
    await bucket.upload(name, b"x")
    lake = await api.ask("GET", api.home("datalake"))
    body = {"type": "IMAGE", "filename": "a", "object_name": name, "content_type": "a/b", "data_source_id": None}
    made = await api.ask("POST", f"/datalake/{lake['id']}/datas", body)
    url = (await api.ask("GET", f"/data/{made['id']}/presigned-url"))["presigned_url"]
    assert (await bucket.outside.get(url)).content == b"x"
    await api.ask("DELETE", f"/data/{made['id']}")
    assert (await bucket.outside.get(url)).status_code == 404


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    from reconciler.platform.store.blobs import Blobs

    blobs = Blobs(tmp_path)

    def torn() -> object:
        yield b"some"
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        blobs.write(torn())  # type: ignore[arg-type]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
