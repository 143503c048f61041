"""Statistics of a deployment with a million predictions over ninety days: how long each service takes to answer.

Rows are written straight into the store, as recording would have left them; answers are timed as a request makes them,
without HTTP. The slowest of three is printed.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sqlalchemy import insert

from reconciler.platform.app import PlatformSettings, open_platform
from reconciler.platform.intake.measuring import measure
from reconciler.platform.monitoring import answering
from reconciler.platform.seed import stream
from reconciler.platform.shapes.statistics_queries import AggregateService, PredictionService
from reconciler.platform.store import deployments, measurements, models, tally
from reconciler.platform.store.identifiers import new_id
from reconciler.platform.store.scopes import Scope
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.monitoring import HourlyRollup, MeasuredImage, MeasuredPrediction
from reconciler.platform.store.tables.predictions import PredictedAsset, Prediction
from reconciler.platform.store.words import Framework, InferenceType, ModelRole, ReviewState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from reconciler.platform.app import Platform
    from reconciler.platform.store.measurements import Measured

COUNT: Final = int(os.environ.get("PREDICTIONS", "1000000"))
HOURS: Final = 90 * 24
BEGIN: Final = 1_700_000_000 // 3600
CHUNK: Final = 20_000
POOL: Final = 64
LABELS: Final = {str(number): str(number) for number in range(10)}


def run() -> None:
    """Fill a store and time every service, with no filter and with a span of time."""
    with tempfile.TemporaryDirectory() as folder:
        platform = open_platform(PlatformSettings(data_dir=Path(folder)))
        began = time.perf_counter()
        deployment_id = _deployed(platform)
        _fill(platform, deployment_id)
        print(f"{COUNT} predictions written in {time.perf_counter() - began:.0f} s")
        span = Scope(from_timestamp=(BEGIN + 10.5) * 3600, to_timestamp=(BEGIN + HOURS - 10.5) * 3600)
        for name, scope in (("everything", Scope()), ("a span", span)):
            _time(platform, deployment_id, name, scope)
        platform.close()


def _time(platform: Platform, deployment_id: UUID, name: str, scope: Scope) -> None:
    for single in PredictionService:
        _told(
            platform, deployment_id, f"single {single}, {name}", lambda u, d, s=single: answering.tell(u, d, s, scope)
        )
    for service in AggregateService:
        _told(
            platform,
            deployment_id,
            f"{service}, {name}",
            lambda u, d, s=service: answering.tell_together(u, d, s, scope),
        )
        _told(
            platform,
            deployment_id,
            f"{service}, {name}, computed cold",
            lambda u, d, s=service: answering.compute(u, d, s, scope),
        )


def _told(platform: Platform, deployment_id: UUID, name: str, answer: Callable[..., object]) -> None:
    slowest = 0.0
    for _ in range(3):
        began = time.perf_counter()
        with platform.store.read(platform.owner) as unit:
            answer(unit, unit.find(Deployment, deployment_id))
        slowest = max(slowest, time.perf_counter() - began)
    print(f"{slowest * 1000:8.0f} ms  {name}")


def _deployed(platform: Platform) -> UUID:
    with platform.store.write(platform.owner) as unit:
        home = platform.owner.organization_id
        model = models.create(unit, home, "model")
        release = models.Release(type=InferenceType.OBJECT_DETECTION, framework=Framework.ONNX, labels=dict(LABELS))
        version = models.create_version(unit, model, release)
        return deployments.create(unit, home, deployments.NewDeployment(version.id, "watched")).id


def _contributions() -> list[tally.Contribution]:
    rng = np.random.default_rng(1)
    answer = tally.Answer(InferenceType.OBJECT_DETECTION, ModelRole.CHAMPION, 640, 480, 0.05, {})
    return [tally.contribution(replace(answer, shapes=_shapes(rng))) for _ in range(POOL)]


def _shapes(rng: np.random.Generator) -> dict[str, object]:
    count = int(rng.integers(0, 5))
    corners = rng.integers(0, 300, (count, 2))
    return {
        "detection_classes": rng.integers(0, 10, count).tolist(),
        "detection_scores": rng.random(count).tolist(),
        "detection_boxes": np.hstack([corners, corners + 80]).tolist(),
    }


def _fill(platform: Platform, deployment_id: UUID) -> None:
    pool, hours = _contributions(), Counter[tuple[int, int]]()
    with platform.store.read(platform.owner) as unit:
        deployment = unit.find(Deployment, deployment_id)
    for begin in range(0, COUNT, CHUNK):
        rows = list(_rows(deployment, pool, range(begin, min(begin + CHUNK, COUNT)), hours))
        with platform.store.write(platform.owner) as unit:
            for place, table in enumerate((PredictedAsset, Prediction, MeasuredImage, MeasuredPrediction)):
                unit.session.execute(insert(table), [row[place] for row in rows])
    with platform.store.write(platform.owner) as unit:
        unit.session.execute(insert(HourlyRollup), list(_rollups(deployment, pool, hours)))


Values = dict[str, Any]


@cache
def _images() -> list[Measured | None]:
    return [measure(png) for _, png, _ in stream.of_digits()[:POOL]]


def _rows(
    deployment: Deployment, pool: list[tally.Contribution], numbers: range, hours: Counter[tuple[int, int]]
) -> Iterator[tuple[Values, Values, Values, Values]]:
    """Yield asset, prediction, measured image and measured prediction of each number."""
    images = _images()
    owner, version_id = deployment.organization_id, deployment.model_version_id
    for number in numbers:
        asset_id, prediction_id, kind = new_id(), new_id(), number % POOL
        timestamp = BEGIN * 3600 + number * HOURS * 3600 / COUNT
        hours[int(timestamp // 3600), kind] += 1
        image, added = images[kind], pool[kind]
        assert image is not None
        moment = np.datetime64(int(timestamp * 1e6), "us").item()
        common = {"deployment_id": deployment.id, "timestamp": timestamp}
        yield (
            {
                "id": asset_id,
                "organization_id": owner,
                "deployment_id": deployment.id,
                "timestamp": moment,
                "width": 640,
                "height": 480,
                "state": ReviewState.TO_REVIEW,
                "data_tags": [],
            },
            {
                "id": prediction_id,
                "predicted_asset_id": asset_id,
                "role": ModelRole.CHAMPION,
                "model_version_id": version_id,
                "latency": 0.05,
                "shapes": {},
                "raw_count": 0,
            },
            {
                **common,
                "predicted_asset_id": asset_id,
                "lot": measurements.lot_of(asset_id),
                "features": image.features,
                "view": image.view,
            },
            {
                **common,
                "prediction_id": prediction_id,
                "predicted_asset_id": asset_id,
                "model_version_id": version_id,
                "role": ModelRole.CHAMPION,
                "latency": 0.05,
                "objects": added.objects,
                "slots": added.slots,
                "labels": added.labels,
            },
        )


def _rollups(
    deployment: Deployment, pool: list[tally.Contribution], hours: Counter[tuple[int, int]]
) -> Iterator[Values]:
    slots = np.array([np.bincount(np.frombuffer(each.slots, np.uint16), minlength=tally.SLOTS) for each in pool])
    for hour in sorted({hour for hour, _ in hours}):
        counts = np.array([hours[hour, kind] for kind in range(POOL)])
        labels = Counter[str]()
        for each, count in zip(pool, counts.tolist(), strict=True):
            labels.update({label: count * int(str(number)) for label, number in each.labels.items()})
        yield {
            "deployment_id": deployment.id,
            "model_version_id": deployment.model_version_id,
            "role": ModelRole.CHAMPION,
            "hour": hour,
            "predictions": int(counts.sum()),
            "objects": int(sum(each.objects * count for each, count in zip(pool, counts.tolist(), strict=True))),
            "latency_sum": int(counts.sum()) * tally.nanoseconds(0.05),
            "latency_least": 0.05,
            "latency_most": 0.05,
            "counters": (counts @ slots).astype(np.uint32).tobytes(),
            "labels": dict(labels),
        }
