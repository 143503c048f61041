"""A deployment with predictions in the store, recorded as accepting them does, without HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from reconciler.platform.intake import accepting, measuring
from reconciler.platform.intake.accepting import Observation
from reconciler.platform.intake.pictures import Sent
from reconciler.platform.store import data, deployments, models, objects, predictions, tags
from reconciler.platform.store.predictions import Answer, Seen
from reconciler.platform.store.tables.data import Data, Datalake
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.words import Framework, InferenceType, ObjectKind
from tests.platform.services import png

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from reconciler.platform.app import Platform
    from reconciler.platform.store.blobs import Blob
    from reconciler.platform.store.unit import Unit

# The first second of some hour.
BEGIN: Final = 1_700_000_400 - 1_700_000_400 % 3600
PICTURE: Final = png(size=(16, 8))
MEASURED: Final = measuring.measure(PICTURE)
LABELS: Final = {"0": "cat", "1": "dog", "2": "bird"}


@dataclass(frozen=True)
class Shot:
    """One prediction to record: Unix seconds, seconds, classes with their scores, by champion and shadow."""

    timestamp: float
    latency: float = 0.05
    scored: tuple[tuple[int, float], ...] = ()
    shadow: tuple[tuple[int, float], ...] | None = None
    tags: tuple[str, ...] = ()
    source: str | None = None
    keeps: bool = True


@dataclass(frozen=True)
class World:
    """A platform's deployment, and what was recorded of it, in the order of recording."""

    platform: Platform
    deployment_id: UUID
    recorded: dict[UUID, Shot] = field(default_factory=dict)

    def record(self, shot: Shot) -> UUID:
        """Record one prediction and return its predicted asset's id."""
        with self.platform.store.read(self.platform.owner) as unit:
            seen = _seen(unit.find(Deployment, self.deployment_id), shot)
        observation = Observation(Sent(PICTURE, "a.png", "image/png"), seen, shot.keeps)
        told = accepting.accept(self.platform.store, self.platform.owner, self.deployment_id, observation)
        self.recorded[told.predicted_asset_id] = shot
        return told.predicted_asset_id

    def record_all(self, shots: Sequence[Shot]) -> None:
        """Record predictions in one transaction: what accepting them one by one leaves, but for their own files."""
        with self.platform.store.write(self.platform.owner) as unit:
            deployment = unit.find(Deployment, self.deployment_id)
            lake = unit.find(Datalake, deployment.target_datalake_id)
            blob = unit.blobs.write([PICTURE])
            for shot in shots:
                datum = _datum(unit, lake, shot, blob) if shot.keeps else None
                asset = predictions.record(unit, deployment, _seen(deployment, shot), datum)
                self.recorded[asset.id] = shot

    def newest(self, wanted: Callable[[Shot], bool] = lambda _: True) -> list[UUID]:
        """Return what a gallery must show of the kept shots that are wanted, newest first."""
        found = [each for each, shot in self.recorded.items() if shot.keeps and wanted(shot)]
        return sorted(found, key=lambda each: (self.recorded[each].timestamp, each), reverse=True)


def build(platform: Platform, name: str) -> World:
    """Make a deployment with a champion and a shadow of one model."""
    with platform.store.write(platform.owner) as unit:
        home = platform.owner.organization_id
        model = models.create(unit, home, f"{name}-model")
        release = models.Release(type=InferenceType.OBJECT_DETECTION, framework=Framework.ONNX, labels=dict(LABELS))
        champion, shadow = (models.create_version(unit, model, release) for _ in range(2))
        new = deployments.NewDeployment(champion.id, name, shadow_model_version_id=shadow.id)
        return World(platform, deployments.create(unit, home, new).id)


def plan(count: int, *, seed: int = 3) -> list[Shot]:
    """Return predictions of ten hours: several share a moment, every fifth is not kept, some have a shadow."""
    rng = np.random.default_rng(seed)
    return [_shot(rng, index) for index in range(count)]


def _shot(rng: np.random.Generator, index: int) -> Shot:
    return Shot(
        timestamp=float(BEGIN + int(rng.integers(0, 120)) * 300),
        latency=float(rng.uniform(0.001, 2.0)),
        scored=_scored(rng),
        shadow=_scored(rng) if index % 3 == 0 else None,
        tags=(("day", "night")[index % 2], *(("rare",) if index % 11 == 0 else ())),
        source=("line-1", "line-2", None)[index % 3],
        keeps=index % 5 != 4,
    )


def _scored(rng: np.random.Generator) -> tuple[tuple[int, float], ...]:
    count = int(rng.integers(0, 4))
    return tuple((int(label), round(float(rng.random()), 3)) for label in rng.integers(0, 3, count))


def _seen(deployment: Deployment, shot: Shot) -> Seen:
    champion, shadow = deployment.model_version_id, deployment.shadow_model_version_id
    return Seen(
        width=16,
        height=8,
        champion=_answer(shot.scored, shot.latency, champion),
        shadow=_answer(shot.shadow, shot.latency * 2, shadow) if shot.shadow is not None and shadow else None,
        timestamp=datetime.fromtimestamp(shot.timestamp, UTC),
        source=shot.source,
        tags=shot.tags,
    )


def _datum(unit: Unit, lake: Datalake, shot: Shot, blob: Blob) -> Data:
    name = objects.invent_name(ObjectKind.DATA, "a.png", context=lake.id, folder=None)
    objects.place(unit, lake.connector_id, name, blob=blob, content_type="image/png")
    scope = tags.Scope.datalake(lake)
    tag_ids = [tags.ensure(unit, scope, tag).id for tag in shot.tags]
    return data.register(unit, lake, data.NewData("a.png", name, "image/png", width=16, height=8, tag_ids=tag_ids))


def _answer(scored: tuple[tuple[int, float], ...], latency: float, version_id: UUID) -> Answer:
    shapes: dict[str, object] = {
        "detection_classes": [label for label, _ in scored],
        "detection_scores": [score for _, score in scored],
        "detection_boxes": [[0, 0, 5, 5] for _ in scored],
    }
    return Answer(shapes, latency, version_id, len(scored))
