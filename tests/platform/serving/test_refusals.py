"""What serving refuses, and how it says so: models that cannot run, files that are no images, too much of anything."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from reconciler.platform.app import open_platform
from reconciler.platform.settings import Limits
from tests.platform.api import Api, own, restricted
from tests.platform.harness import client_of
from tests.platform.onnx_models import boxes, brightness
from tests.platform.services import classifying, encoded, give_file, monitoring, png, runnable, serving
from tests.platform.stores import settings_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.platform.api import Reply

pytestmark = pytest.mark.anyio

SMALL = Limits(request_bytes=20_000, image_bytes=5_000, image_pixels=1_000)


@pytest.fixture(scope="module")
async def small(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """A platform that takes little."""
    settings = settings_of(tmp_path_factory.mktemp("small") / "platform", limits=SMALL)
    async with open_platform(settings) as platform, client_of(platform, platform.token) as client:
        yield own(client, platform)


async def refused(api: Api, deployment: Reply, content: bytes, expected: int = 400, name: str = "a.png") -> Reply:
    service = await serving(api, deployment["id"])
    path = f"/api/deployments/{deployment['id']}/predict"
    error = await service.ask("POST", path, expected, files={"media": (name, content)})
    assert set(error) == {"message", "detail"}
    assert (await api.ask("GET", f"/deployment/{deployment['id']}/predictedassets"))["count"] == 0
    return error


def announcing(width: int, height: int) -> bytes:
    """Return a PNG file of a few bytes whose header announces a size (a decompression bomb, if anybody decoded it)."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


async def test_a_model_without_an_onnx_file_says_so(api: Api) -> None:
    error = await refused(api, await api.deployment(), png())
    assert error["message"].endswith("cannot be served: it has no ONNX file.")


async def test_a_file_that_is_no_model_says_so_and_may_be_replaced(api: Api) -> None:
    made, version = await api.deployment(), await api.model_version()
    give_file(api, version["id"], b"no model")
    await api.ask("POST", f"/deployment/{made['id']}/model", {"model_version_id": version["id"]})
    assert "is not an ONNX model" in (await refused(api, made, png()))["message"]
    working = await runnable(api, brightness())
    await api.ask("POST", f"/deployment/{made['id']}/model", {"model_version_id": working["id"]})
    service = await serving(api, made["id"])
    await service.ask("POST", f"/api/deployments/{made['id']}/predict", 200, files={"media": ("a.png", png())})


async def test_a_model_of_another_format_says_so(api: Api) -> None:
    made = await classifying(api, boxes([((0.0, 0.0, 4.0, 4.0), 0, 0.9)]))
    assert "answers OBJECT_DETECTION" in (await refused(api, made, png()))["message"]


async def test_a_class_that_the_deployment_does_not_know_says_so(api: Api) -> None:
    made = await classifying(api, brightness(("cat", "wolf")))
    assert "'wolf'" in (await refused(api, made, png(255)))["message"]


async def test_a_deployment_whose_owner_infers_is_not_served(api: Api) -> None:
    made = await classifying(api, disable_serving=True)
    assert made["serving_host"] is None
    assert "not served by the platform" in (await refused(api, made, png()))["message"]


@pytest.mark.parametrize("content", [b"", b"no image", png()[:20], b"%!PS-Adobe-3.0 EPSF-3.0\n"])
async def test_a_file_that_is_no_image_says_so(api: Api, content: bytes) -> None:
    await refused(api, await classifying(api), content)


async def test_a_truncated_image_says_so(api: Api) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (64, 64), dtype=np.uint8)
    assert "decoded" in (await refused(api, await classifying(api), encoded(noise)[:2000]))["message"]


async def test_every_common_kind_of_image_is_read(api: Api) -> None:
    made = await classifying(api)
    service = await serving(api, made["id"])
    colour = np.full((8, 8, 3), 255, dtype=np.uint8)
    for kind in ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP"):
        media = {"media": (f"a.{kind.lower()}", encoded(colour, kind))}
        answer = await service.ask("POST", f"/api/deployments/{made['id']}/predict", 200, files=media)
        assert answer["detection_classes"] == [1], kind


async def test_a_decompression_bomb_is_refused_by_its_header(small: Api) -> None:
    made = await classifying(small)
    for size in [(1001, 1), (32, 32), (60_000, 60_000), (2**31 - 1, 2**31 - 1)]:
        content = announcing(*size)
        assert len(content) < 100
        assert "pixels" in (await refused(small, made, content, 413))["message"]
    service = await serving(small, made["id"])
    media = {"media": ("a.png", png(size=(25, 40)))}
    await service.ask("POST", f"/api/deployments/{made['id']}/predict", 200, files=media)


async def test_a_file_of_too_many_bytes_is_refused(small: Api) -> None:
    made = await classifying(small)
    assert "bytes" in (await refused(small, made, png() + bytes(5_000), 413))["message"]


async def test_a_request_of_too_many_bytes_is_refused_by_every_service(small: Api) -> None:
    made = await classifying(small)
    await refused(small, made, bytes(30_000), 413)
    watcher = await monitoring(small, made["id"])
    error = await watcher.ask("POST", f"/api/deployment/{made['id']}/predictions", 413, content=bytes(30_000))
    assert "20000 bytes" in error["message"]
    assert await small.status("POST", small.home("models"), {"name": "x", "description": "x" * 30_000}) == 413


async def test_a_body_that_does_not_announce_its_length_is_counted_while_it_comes(small: Api) -> None:
    made = await classifying(small)
    watcher = await monitoring(small, made["id"])

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield bytes(1_000)

    response = await watcher.client.post(f"/api/deployment/{made['id']}/predictions", content=endless())
    assert (response.status_code, set(response.json())) == (413, {"message", "detail"})


async def test_predicting_needs_a_token_that_may_write(api: Api) -> None:
    made = await classifying(api)
    service = await serving(restricted(api.platform), made["id"])
    await service.ask("POST", f"/api/deployments/{made['id']}/predict", 403, files={"media": ("a.png", png())})


MALFORMED = [
    {"metadata": "{"},
    {"metadata": "[1]"},
    {"custom_metadata": '{"a": NaN}'},
    {"tags": ""},
    {"monitor": "maybe"},
]


@pytest.mark.parametrize("form", MALFORMED)
async def test_a_form_that_is_not_well_formed_is_refused(api: Api, form: dict[str, str]) -> None:
    made = await classifying(api)
    service = await serving(api, made["id"])
    path = f"/api/deployments/{made['id']}/predict"
    await service.ask("POST", path, 422, files={"media": ("a.png", png())}, data=form)
    await service.ask("POST", path, 422, data={"tags": "x"})


async def test_who_asks_too_fast_is_told_when_to_ask_again(tmp_path: Path) -> None:
    limits = Limits(requests_per_second=0.001, burst=5)
    settings = settings_of(tmp_path / "platform", limits=limits)
    async with open_platform(settings) as platform, client_of(platform, platform.token) as client:
        answers = [await client.get("/api/home/ping") for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        assert 900 <= int(answers[-1].headers["Retry-After"]) <= 1000
        assert set(answers[-1].json()) == {"message", "detail"}
        other = restricted(platform)
        assert (await other.send("GET", "/home/ping")).status_code == 429
