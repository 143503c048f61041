"""Images that a deployment saw, made up: predictions as models send them, sane and not."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from reconciler.platform.dashboard.drawing import Labels
from reconciler.platform.dashboard.pages.review.sheets import Neighbours
from reconciler.platform.store.tables.data import Data
from reconciler.platform.store.tables.deployments import Deployment, DeploymentLabel
from reconciler.platform.store.tables.predictions import PredictedAsset, Prediction
from reconciler.platform.store.words import InferenceType, ModelRole, ReviewState

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES: Final = ("cat", "dog", "<script>")
IDS: Final = [uuid5(UUID(int=0), name) for name in NAMES]
LABELS: Final = Labels.listing((place, IDS[place], name) for place, name in enumerate(NAMES))
ALONE: Final = Neighbours(None, None)
_SEED: Final = 20261122


def asset_of(kind: InferenceType, shapes: dict[str, Any], size: tuple[int, int] = (64, 48)) -> PredictedAsset:
    """Return an image of a deployment of that type, with what its champion answered."""
    labels = [DeploymentLabel(id=IDS[place], position=place, name=name) for place, name in enumerate(NAMES)]
    return PredictedAsset(
        id=UUID(int=1),
        deployment_id=UUID(int=2),
        deployment=Deployment(id=UUID(int=2), name="d", type=kind, labels=labels),
        data=Data(filename="a.png"),
        timestamp=datetime(2026, 11, 22, tzinfo=UTC),
        state=ReviewState.TO_REVIEW,
        width=size[0],
        height=size[1],
        predictions=[Prediction(role=ModelRole.CHAMPION, shapes=shapes)],
        reviews=[],
    )


def boxed(boxes: Sequence[Sequence[int]], classes: Sequence[int] | None = None) -> dict[str, Any]:
    """Return a detection as it is kept: boxes by their top, left, bottom and right edges."""
    found = list(classes) if classes is not None else [0] * len(boxes)
    return {"detection_boxes": list(boxes), "detection_classes": found, "detection_scores": [0.5] * len(boxes)}


def examples(count: int) -> list[PredictedAsset]:
    """Return images of detectors and classifiers, the same ones each time."""
    chance = random.Random(_SEED)  # noqa: S311  (examples, not secrets)
    return [_detected(chance) if chance.random() < 0.8 else _classified(chance) for _ in range(count)]


def _detected(chance: random.Random) -> PredictedAsset:
    boxes = [[chance.randint(-20, 80) for _ in range(4)] for _ in range(chance.randint(0, 6))]
    classes = [chance.randrange(len(NAMES)) for _ in boxes]
    return asset_of(InferenceType.OBJECT_DETECTION, boxed(boxes, classes))


def _classified(chance: random.Random) -> PredictedAsset:
    classes = chance.sample(range(len(NAMES)), chance.randint(0, len(NAMES)))
    shapes = {"detection_classes": classes, "detection_scores": [chance.random() for _ in classes]}
    return asset_of(InferenceType.CLASSIFICATION, shapes)
