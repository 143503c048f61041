"""The pool that planted images are drawn from: real digits, enlarged, with invented answers; the same in every run."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from reconciler.platform.intake.measuring import measure
from reconciler.platform.seed import stream
from reconciler.platform.store import tally
from reconciler.platform.store.words import InferenceType, ModelRole

if TYPE_CHECKING:
    from reconciler.platform.store.measurements import Measured

KINDS: Final = 64
SIDE: Final = 640
LABELS: Final = {str(number): f"class-{number}" for number in range(10)}
# One image in so many is answered by the shadow, too.
SHADOWED: Final = 4

CHAMPION, SHADOW = ModelRole.CHAMPION, ModelRole.SHADOW


@dataclass(frozen=True)
class Kind:
    """What all images of one kind have in common; latencies in seconds."""

    shapes: dict[ModelRole, dict[str, object]]
    latency: float
    tags: tuple[str, ...]
    source: str
    png: bytes
    measured: Measured

    def contribution(self, role: ModelRole) -> tally.Contribution:
        """Return what one prediction adds to its hour."""
        answer = tally.Answer(InferenceType.OBJECT_DETECTION, role, SIDE, SIDE, self.latency, self.shapes[role])
        return tally.contribution(answer)


@cache
def kinds() -> tuple[Kind, ...]:
    """Return the pool, the same in every run."""
    rng = np.random.default_rng(1)
    pngs = [enlarged(png) for _, png, _ in stream.of_digits()[:KINDS]]
    return tuple(_kind(rng, number, png) for number, png in enumerate(pngs))


def enlarged(png: bytes) -> bytes:
    """Return a picture of `SIDE` pixels each way."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.resize((SIDE, SIDE)).save(buffer, "PNG")
    return buffer.getvalue()


def _kind(rng: np.random.Generator, number: int, png: bytes) -> Kind:
    measured = measure(png)
    assert measured is not None
    roles = (CHAMPION, SHADOW) if number % SHADOWED == 0 else (CHAMPION,)
    return Kind(
        shapes={role: _shapes(rng) for role in roles},
        latency=0.02 + number % 16 * 0.004,
        tags=("night",) if number % 2 else (),
        source=f"camera-{number % 5}",
        png=png,
        measured=measured,
    )


def _shapes(rng: np.random.Generator) -> dict[str, object]:
    count = int(rng.integers(0, 5))
    corners = rng.integers(0, 500, (count, 2))
    return {
        "detection_classes": rng.integers(0, len(LABELS), count).tolist(),
        "detection_scores": rng.random(count).round(3).tolist(),
        "detection_boxes": np.hstack([corners, corners + 80]).tolist(),
    }
