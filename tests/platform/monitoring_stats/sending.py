"""Predictions to send, and what must be told of them: the same figures, computed the long way round."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.platform.services import png

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.platform.api import Reply
    from tests.platform.services import Service

# The first second of some hour.
BEGIN = 1_700_000_400 - 1_700_000_400 % 3600
BOXES = ([0, 0, 5, 5], [2, 4, 8, 16], [0, 0, 8, 16], [7, 15, 8, 16])


@dataclass(frozen=True)
class Sent:
    """One prediction as it was sent: boxes are top, left, bottom, right in an image of 16 x 8 pixels."""

    timestamp: float
    latency: float
    classes: tuple[int, ...]
    scores: tuple[float, ...]
    boxes: tuple[list[int], ...]
    tag: str
    shadow_latency: float | None

    def body(self) -> dict[str, Any]:
        """Return the request that records it."""
        raw = {
            "detection_classes": list(self.classes),
            "detection_scores": list(self.scores),
            "detection_boxes": list(self.boxes),
        }
        shadow = {"shadow_raw_predictions": raw, "shadow_latency": self.shadow_latency}
        return {
            "filename": "a.png",
            "content_type": "IMAGE/PNG",
            "height": 8,
            "width": 16,
            "image": base64.b64encode(png(size=(16, 8))).decode(),
            "raw_predictions": raw,
            "latency": self.latency,
            "timestamp": self.timestamp,
            "tags": [self.tag],
            **(shadow if self.shadow_latency is not None else {}),
        }


def plan(count: int, *, seed: int = 7) -> list[Sent]:
    """Return predictions spread over five hours, every third with a shadow's answer."""
    rng = np.random.default_rng(seed)
    return [_one(rng, index) for index in range(count)]


def _one(rng: np.random.Generator, index: int) -> Sent:
    shapes = int(rng.integers(0, 4))
    return Sent(
        timestamp=float(BEGIN + rng.uniform(0, 5 * 3600)),
        latency=float(rng.uniform(0.001, 2.0)),
        classes=tuple(int(each) for each in rng.integers(0, 3, shapes)),
        scores=tuple(round(float(each), 3) for each in rng.random(shapes)),
        boxes=tuple(BOXES[int(each)] for each in rng.integers(0, len(BOXES), shapes)),
        tag=("day", "night")[index % 2],
        shadow_latency=float(rng.uniform(0.001, 2.0)) if index % 3 == 0 else None,
    )


async def send(service: Service, sent: Sent) -> Reply:
    """Record a prediction."""
    path = f"/api/deployment/{service.deployment_id}/predictions"
    return await service.ask("POST", path, 201, json=sent.body())


async def stats(service: Service, name: str, **query: object) -> Reply:
    """Return what is told of predictions together, data and all."""
    path = f"/api/deployment/{service.deployment_id}/stats"
    return await service.ask("GET", path, 200, params={"service": name, **query})


async def single_stats(service: Service, name: str, **query: object) -> Reply:
    """Return the data told of single predictions."""
    path = f"/api/deployment/{service.deployment_id}/predictions/stats"
    answer = await service.ask("GET", path, 200, params={"service": name, **query})
    assert "infos" not in answer
    return dict(answer["deployment"]["data"])


def nanoseconds(latencies: Sequence[float]) -> int:
    """Return the sum of latencies, each in whole nanoseconds."""
    return sum(round(each * 1e9) for each in latencies)


def heat(sent: Sequence[Sent]) -> list[list[int]]:
    """Return the heat map of the predictions: how many boxes share area with each of 16 x 16 cells."""
    cells = np.zeros((16, 16), dtype=int)
    for top, left, bottom, right in (box for each in sent for box in each.boxes):
        for row in range(16):
            for column in range(16):
                # A cell is half a pixel high and one pixel wide.
                is_within_rows = row * 0.5 < bottom and (row + 1) * 0.5 > top
                cells[row, column] += is_within_rows and column < right and column + 1 > left
    return [[int(count) for count in row] for row in cells]


def check(told: Reply, sent: Sequence[Sent]) -> None:
    """Assert that an aggregate tells exactly of these predictions."""
    shadows = [each.shadow_latency for each in sent if each.shadow_latency is not None]
    assert told["count"] == len(sent)
    for role, latencies in (("champion", [each.latency for each in sent]), ("shadow", shadows)):
        _check_role(told[role], latencies)
    if sent:
        assert told["champion"]["heat_map"]["counts"] == heat(sent)
        scores = [score for each in sent for score in each.scores]
        edges = np.array([-np.inf, *told["champion"]["scores"]["edges"], np.inf])
        assert told["champion"]["scores"]["counts"] == np.histogram(scores, edges)[0].tolist()
        assert told["champion"]["objects"] == len(scores)
    hours = Counter(int(each.timestamp // 3600) * 3600 for each in sent)
    champion = {point["timestamp"]: point["predictions"] for point in told["series"] if point["role"] == "CHAMPION"}
    assert champion == hours
    assert sum(each["count"] for each in told["images"]["ratio"]) == len(sent)


def _check_role(told: Reply | None, latencies: Sequence[float]) -> None:
    if not latencies:
        assert told is None
        return
    assert told is not None
    assert told["predictions"] == len(latencies)
    assert told["latency"]["mean"] == nanoseconds(latencies) / 1e9 / len(latencies)
    assert (told["latency"]["least"], told["latency"]["most"]) == (min(latencies), max(latencies))
    edges = np.array([0, *told["latency"]["histogram"]["edges"], np.inf])
    assert told["latency"]["histogram"]["counts"] == np.histogram(latencies, edges)[0].tolist()
    for share in (0.5, 0.95, 0.99):
        exact = float(np.quantile(latencies, share, method="inverted_cdf"))
        assert exact <= told["latency"][f"p{round(share * 100)}"] <= exact * 10 ** (1 / 16)


def labels(sent: Sequence[Sent]) -> dict[str, int]:
    """Return how often each class was predicted, by name."""
    names = {0: "cat", 1: "dog", 2: "2"}
    return dict(Counter(names[number] for each in sent for number in each.classes))
