"""Fifty clients predict and monitor while the champion changes twenty times: nothing fails, is lost or kept twice."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
import httpx
import pytest

from tests.platform.api import Api, own
from tests.platform.harness import embedded, running_server
from tests.platform.onnx_models import brightness
from tests.platform.services import classifying, png, runnable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.platform.api import Reply
    from tests.platform.harness import Ready

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CLIENTS = 50
# Of each kind, by each client.
ROUNDS = 2
SWAPS = 20
ALL = CLIENTS * ROUNDS * 2

# The machine may be slow; what is proved is that all is answered, not how fast.
PATIENCE = httpx.Timeout(600)


@dataclass
class Traffic:
    """What was answered, and how much of it there is; whoever waits for more is woken."""

    predicted: list[Reply] = field(default_factory=list)
    monitored: list[Reply] = field(default_factory=list)
    failures: list[tuple[int, str]] = field(default_factory=list)
    progress: anyio.Condition = field(default_factory=anyio.Condition)

    @property
    def answered(self) -> int:
        """How many requests have been answered."""
        return len(self.predicted) + len(self.monitored) + len(self.failures)

    async def note(self, into: list[Reply], response: httpx.Response, expected: int) -> None:
        """Keep an answer."""
        async with self.progress:
            if response.status_code == expected:
                into.append(response.json())
            else:
                self.failures.append((response.status_code, response.text))
            self.progress.notify_all()

    async def reach(self, count: int) -> None:
        """Wait until that many requests have been answered."""
        async with self.progress:
            while self.answered < count:
                await self.progress.wait()


@dataclass(frozen=True)
class Stage:
    """A served deployment with two versions to change between, told apart by what they answer for a white image."""

    ready: Ready
    deployment_id: str
    classes: dict[str, int]


@pytest.fixture(scope="module")
async def stage(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("load") / "platform"
    async with embedded(data_dir=folder) as (client, platform):
        made, classes = await staged(own(client, platform))
    with running_server(folder) as ready:
        yield Stage(ready, made["id"], classes)


async def staged(api: Api) -> tuple[Reply, dict[str, int]]:
    """Make the deployment; return it with what each version answers."""
    made, other = await classifying(api), await runnable(api, brightness(gain=0.0))
    await api.ask("POST", f"/deployment/{made['id']}/shadow", {"model_version_id": other["id"]})
    champion = (await api.settings(made))["model_version_id"]
    return made, {champion: 1, other["id"]: 0}


async def logged_in(client: httpx.AsyncClient, stage: Stage, url: str) -> dict[str, str]:
    """Return the headers of a login."""
    body = {"api_token": stage.ready["token"], "deployment_id": stage.deployment_id}
    answer = await client.post(url, json=body)
    return {"Authorization": f"Bearer {answer.json()['jwt']}"}


async def one_client(stage: Stage, traffic: Traffic) -> None:
    """Predict and monitor in turn."""
    monitoring, serving = stage.ready["monitoring_url"], stage.ready["serving_url"]
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
        predicting = await logged_in(client, stage, f"{serving}/api/login")
        telling = await logged_in(client, stage, f"{monitoring}/api/auth/login")
        for _ in range(ROUNDS):
            path = f"{serving}/api/deployments/{stage.deployment_id}/predict"
            answer = await client.post(path, files={"media": ("white.png", png(255))}, headers=predicting)
            await traffic.note(traffic.predicted, answer, 200)
            path = f"{monitoring}/api/deployment/{stage.deployment_id}/predictions"
            answer = await client.post(path, json=observation(), headers=telling)
            await traffic.note(traffic.monitored, answer, 201)


def observation() -> dict[str, object]:
    image = base64.b64encode(png(255)).decode()
    told = {"filename": "told.png", "content_type": "IMAGE/PNG", "height": 8, "width": 16, "latency": 0.25}
    return {**told, "image": image, "raw_predictions": {"detection_classes": [1], "detection_scores": [0.9]}}


async def swap(stage: Stage, traffic: Traffic) -> None:
    """Change the champion again and again, each time after some more requests were answered."""
    url = f"{stage.ready['url']}/api/deployment/{stage.deployment_id}/model"
    headers = {"Authorization": f"Bearer {stage.ready['token']}"}
    champion, other = stage.classes
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False, headers=headers) as client:
        for number in range(SWAPS):
            await traffic.reach(number * (ALL - CLIENTS) // SWAPS)
            answer = await client.post(url, json={"model_version_id": (other, champion)[number % 2]})
            assert answer.status_code == 200, answer.text


async def asked(stage: Stage, tail: str) -> Reply:
    """Ask the control service about the deployment."""
    url = f"{stage.ready['url']}/api/deployment/{stage.deployment_id}/{tail}"
    headers = {"Authorization": f"Bearer {stage.ready['token']}"}
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False, headers=headers) as client:
        return dict((await client.get(url)).json())


async def test_no_request_fails_and_each_is_recorded_once_while_the_champion_changes(stage: Stage) -> None:
    traffic = Traffic()
    async with anyio.create_task_group() as group:
        group.start_soon(swap, stage, traffic)
        for _ in range(CLIENTS):
            group.start_soon(one_client, stage, traffic)
    assert traffic.failures == []
    assert (len(traffic.predicted), len(traffic.monitored)) == (CLIENTS * ROUNDS, CLIENTS * ROUNDS)
    told = [answer["id"] for answer in [*traffic.predicted, *traffic.monitored]]
    kept = (await asked(stage, "predictedassets"))["items"]
    assert sorted(asset["oracle_prediction_id"] for asset in kept) == sorted(told)
    assert len({asset["data"]["id"] for asset in kept}) == ALL
    wrong = [a for a in traffic.predicted if a["detection_classes"] != [stage.classes[a["model_version_id"]]]]
    assert wrong == []
    # The first champion and shadow are changes too.
    assert (await asked(stage, "models/history"))["count"] == 2 + SWAPS
