"""A deployment that saw many different images, and what the API tells of them: what its gallery must agree with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.platform.monitoring.test_ingest import body, record
from tests.platform.services import monitoring

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.platform.api import Api, Reply

EPOCH = 1_700_000_000
STEP = 3600
HOSTILE = "<script>alert(1)</script>\"'&\u202e\U0001f600"
STATES = ("TO_REVIEW", "REVIEWED", "SUBMITTED")
_TILE = re.compile(r'<a class="frame" href="/deployments/[0-9a-f-]{36}/predictions/([0-9a-f-]{36})')


@dataclass(frozen=True)
class Hall:
    """A deployment and its images, newest first, each as the API tells it in detail."""

    deployment: Reply
    images: Sequence[Reply]

    @property
    def path(self) -> str:
        """Where its gallery is."""
        return f"/deployments/{self.deployment['id']}/predictions"

    def fitting(self, fits: Callable[[Reply], bool]) -> list[str]:
        """Return the ids of images that fit, newest first."""
        return [image["id"] for image in self.images if fits(image)]


def shown(page: str) -> list[str]:
    """Return the ids of the images that a gallery page shows, in its order."""
    return _TILE.findall(page)


def moment(image: Reply) -> float:
    """Return when an image was predicted, in Unix seconds."""
    return datetime.fromisoformat(image["timestamp"]).timestamp()


def answer(image: Reply, *, shadow: bool = False) -> Any:
    """Return what the champion (or the shadow) answered for an image; None where it did not."""
    found = (held for held in image["predictions"] if held["is_shadow"] is shadow)
    return next((held["raw_predictions"] for held in found), None)


def best(image: Reply, label: int | None = None, *, shadow: bool = False) -> float | None:
    """Return the best score that an image was given, of one label if it is given."""
    told = answer(image, shadow=shadow)
    if told is None:
        return None
    pairs = zip(told["detection_classes"], told["detection_scores"], strict=True)
    return max((score for position, score in pairs if label in (None, position)), default=None)


async def opened(api: Api, count: int = 12, **more: object) -> Hall:
    """Deploy a detector and let it see images that differ in everything that filters look at."""
    shadow = await api.model_version("OBJECT_DETECTION")
    made = await api.deployment("OBJECT_DETECTION", shadow_model_version_id=shadow["id"], **more)
    service = await monitoring(api, made["id"])
    for number in range(count):
        await record(service, body(_raw(number), **_facts(number)))
    for state in STATES[1:]:
        await _move(api, made, state, count)
    return await told(api, made)


async def told(api: Api, deployment: Reply) -> Hall:
    """Return a deployment with what the API tells of its images now."""
    page = await api.ask("GET", f"/deployment/{deployment['id']}/predictedassets", limit=1000)
    images = [await _whole(api, item) for item in page["items"]]
    return Hall(deployment, sorted(images, key=lambda image: (image["timestamp"], image["id"]), reverse=True))


async def _whole(api: Api, item: Reply) -> Reply:
    data = await api.ask("GET", f"/data/{item['data']['id']}")
    return {**await api.ask("GET", f"/predicted/asset/{item['id']}"), "data": data}


def _raw(number: int) -> dict[str, object]:
    """Return a prediction of none to two shapes, of three classes one of which has no name."""
    count = number % 3
    places = range(number, number + count)
    return {
        "detection_classes": [place % 3 for place in places],
        "detection_scores": [(place * 7 % 20) / 20 for place in places],
        "detection_boxes": [[1, place % 8, 4, 9 + place % 8] for place in places],
    }


def _facts(number: int) -> dict[str, object]:
    shadow = {"shadow_raw_predictions": _raw(number + 1), "shadow_latency": 0.5} if number % 2 else {}
    return {
        "filename": f"{number}.png",
        "timestamp": EPOCH + number // 2 * STEP,
        "source": None if number % 5 == 0 else f"camera-{number % 3}",
        "tags": [["night"], ["day", HOSTILE], []][number % 3],
        **shadow,
    }


async def _move(api: Api, deployment: Reply, state: str, count: int) -> None:
    """Let every fourth image be reviewed, and every second one of these be submitted."""
    hall = await told(api, deployment)
    chosen = [image for image in hall.images if int(image["data"]["filename"].removesuffix(".png")) % 4 == 0]
    assert count < 4 or chosen
    if state == "REVIEWED":
        for image in chosen:
            await api.ask("POST", f"/predicted/asset/{image['id']}/reviews", {})
        return
    version = await api.dataset_version("OBJECT_DETECTION")
    path = f"/deployment/{deployment['id']}"
    await api.ask("POST", f"{path}/pipeline/fl/setup", {})
    await api.ask("POST", f"{path}/fl/datasets", {"dataset_version_id": version["id"]})
    await api.ask("PUT", f"{path}/pipeline/fl", {"active": True})
    await api.ask("POST", f"{path}/fl/submit", {"predicted_asset_ids": [image["id"] for image in chosen[::2]]})
