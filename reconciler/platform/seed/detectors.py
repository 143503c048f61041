"""The detector of scenes: the built-in trainer's sliding window, with settings that suit digits of 12 to 24 pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.platform.inference.contract import Contract, DetectedBoxes, ImageInput
from reconciler.platform.seed.digits import LABELS
from reconciler.platform.seed.inference import judge
from reconciler.platform.seed.scenes import SIDE
from reconciler.platform.training import detector_graph, windowed
from reconciler.platform.training.estimators import silently
from reconciler.platform.training.knobs import Knobs
from reconciler.platform.training.pixels import decode_gray
from reconciler.platform.training.windowed import Fitted, Scene
from reconciler.platform.training.windows import Grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.platform.seed.releases import Metrics
    from reconciler.platform.seed.samples import Sample, Shape
    from reconciler.platform.training.windows import Edges

DETECTED: Final = DetectedBoxes()
CONTRACT: Final = Contract(ImageInput(SIDE, SIDE, batch=1), DETECTED, LABELS)
# A window covers 24 x 24 pixels: the largest digit.
GRID: Final = Grid(SIDE, SIDE, shrink=2, background=len(LABELS))
_BATCH: Final = 64
_PENALTY: Final = 1e-2


def scene_of(sample: Sample) -> Scene:
    """Return an image as the detector sees it; ValueError where a digit has no box."""
    truth = [(LABELS.index(shape.label), _edges(shape)) for shape in sample.shapes]
    return Scene.of(decode_gray(sample.png, (SIDE, SIDE)), truth, GRID)


def fit(samples: Sequence[Sample], *, hidden: int, epochs: int, seed: int) -> Fitted:
    """Fit a detector on scenes, with exactly `epochs` passes over the chosen windows."""
    knobs = Knobs(epochs=epochs, batch_size=_BATCH, hidden=hidden, penalty=_PENALTY, seed=seed)
    scenes = [scene_of(sample) for sample in samples]
    return windowed.fit(scenes, background=GRID.background, knobs=knobs, tell=silently)


def to_onnx(fitted: Fitted) -> bytes:
    """Export a fitted detector as an ONNX file that explains itself."""
    return detector_graph.to_onnx(fitted.network, fitted.boxes, grid=GRID, contract=CONTRACT)


def measure(model: bytes, samples: Sequence[Sample]) -> Metrics:
    """Run an exported model with ONNX Runtime; average precision at an overlap of 0.5, and over 0.50 to 0.95."""
    from reconciler.platform.monitoring.average_precision import score

    found = score(judge(model, samples, contract=CONTRACT, output=DETECTED))
    return {"ap_50": found.ap_50 or 0.0, "ap_50_95": found.ap_50_95 or 0.0}


def _edges(shape: Shape) -> Edges:
    if shape.box is None:
        raise ValueError(f"a scene's shape needs a box: {shape}")
    return shape.box.top, shape.box.left, shape.box.bottom, shape.box.right
