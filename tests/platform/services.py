"""All three services of one platform in a test: who may call which, images, deployments whose models really run."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import numpy as np
from PIL import Image

from reconciler.platform.store import models, objects
from reconciler.platform.store.tables.models import ModelVersion
from tests.platform.api import Api, Reply, fresh
from tests.platform.onnx_models import LABELS, boxes, brightness

if TYPE_CHECKING:
    from reconciler.platform.app import App


@dataclass(frozen=True)
class Service:
    """One service, through the JWT of one deployment."""

    client: httpx.AsyncClient
    deployment_id: str

    async def send(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Send a request and return whatever comes back."""
        return await self.client.request(method, path, **content)

    async def ask(self, method: str, path: str, expected: int, **content: Any) -> Reply:
        """Send a request that must be answered with a status, and return the object of the answer."""
        response = await self.send(method, path, **content)
        assert response.status_code == expected, (path, response.status_code, response.text)
        return dict(response.json())


async def monitoring(api: Api, deployment_id: str) -> Service:
    """Log into the monitoring service."""
    return await _logged_in(api, api.platform.monitoring, "/api/auth/login", deployment_id)


async def serving(api: Api, deployment_id: str) -> Service:
    """Log into the serving service."""
    return await _logged_in(api, api.platform.serving, "/api/login", deployment_id)


async def _logged_in(api: Api, app: App, path: str, deployment_id: str) -> Service:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service.test")
    token = api.client.headers["Authorization"].removeprefix("Bearer ")
    answer = await client.post(path, json={"api_token": token, "deployment_id": deployment_id})
    assert answer.status_code == 200, answer.text
    client.headers["Authorization"] = f"Bearer {answer.json()['jwt']}"
    return Service(client, deployment_id)


def png(level: int = 128, size: tuple[int, int] = (16, 8)) -> bytes:
    """Return an image of one grey level (0 to 255), of a size (width, height) in pixels."""
    return encoded(np.full((size[1], size[0]), level, dtype=np.uint8))


def encoded(pixels: np.ndarray[Any, Any], kind: str = "PNG") -> bytes:
    """Return pixels as the bytes of an image file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format=kind)
    return buffer.getvalue()


async def runnable(api: Api, onnx: bytes, kind: str = "CLASSIFICATION") -> Reply:
    """Create a version of a new model with an ONNX file that runs."""
    version = await api.model_version(kind, labels={str(place): name for place, name in enumerate(LABELS)})
    give_file(api, version["id"], onnx)
    return version


def give_file(api: Api, version_id: str, onnx: bytes, name: str = "model-latest") -> None:
    """Store a model file and let a version have it."""
    with api.platform.store.write(api.platform.owner) as unit:
        version = unit.find(ModelVersion, UUID(version_id))
        connector = unit.organization(version.organization_id).default_connector_id
        assert connector is not None
        place = f"models/{fresh('file')}.onnx"
        objects.put(unit, connector, place, onnx, content_type="application/octet-stream")
        models.add_file(unit, version, models.NewFile(name, "model.onnx", place, large=False))


async def classifying(api: Api, onnx: bytes | None = None, **more: object) -> Reply:
    """Deploy a classifier by brightness."""
    return await _deployed(api, await runnable(api, onnx or brightness()), more)


async def detecting(api: Api, onnx: bytes | None = None, **more: object) -> Reply:
    """Deploy a detector of two boxes, the second less certain."""
    found = [((0.0, 0.0, 4.0, 4.0), 0, 0.75), ((2.0, 4.0, 8.0, 8.0), 1, 0.5)]
    return await _deployed(api, await runnable(api, onnx or boxes(found), "OBJECT_DETECTION"), more)


async def _deployed(api: Api, version: Reply, more: dict[str, object]) -> Reply:
    body = {"name": fresh("deployment"), "model_version_id": version["id"], **more}
    return await api.ask("POST", api.home("deployments"), body)
