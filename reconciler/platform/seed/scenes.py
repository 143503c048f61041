"""Composed scenes for detection: the real digits, drawn in white onto darkened crops of two real photographs.

The photographs are the two that scikit-learn ships (`china.jpg`, `flower.jpg`). A scene of one version uses only
digits of the same version of the digits, and training scenes never share a photograph's half with holdout scenes, so
that a measurement on the holdout is honest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from reconciler.platform.seed import digits
from reconciler.platform.seed.samples import Box, Collection, Sample, Shape
from reconciler.platform.training.pixels import encode_png

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.random import Generator
    from numpy.typing import NDArray

SIDE: Final = 96
PHOTOGRAPHS: Final = ("china.jpg", "flower.jpg")
CROPS: Final = (96, 200)
BRIGHTNESS: Final = (0.25, 0.6)
DIGIT_SIDES: Final = (16, 24)
DIGITS_A_SCENE: Final = (1, 5)
# Pixels between two digits, so that a suppressed duplicate can never be a neighbour.
GAP: Final = 2
# What counts as ink (of 1) when the tight box around a drawn digit is taken.
INK: Final = 0.25
TRIES: Final = 20

PILOT_SCENES: Final = 40

DESCRIPTION: Final = (
    "Composed scenes: one to five real hand-written digits (UCI, as shipped with scikit-learn) drawn onto crops of "
    "scikit-learn's two sample photographs, 96 x 96 grey, with a tight box around each digit."
)


@dataclass(frozen=True, slots=True)
class Part:
    """How many scenes a version has and which half of each photograph their backgrounds come from."""

    name: str
    scenes: int
    half: int


PARTS: Final = (
    Part("2026-06", 240, 0),
    Part("production", 20, 0),
    Part("holdout", 80, 1),
    Part(digits.STREAM, 120, 1),
)


def collect(seed: int = digits.SEED) -> Collection:
    """Return the scenes, dealt out to versions and stream; `2026-01`, the pilot, is the beginning of `2026-06`."""
    pools = digits.parts(seed)
    dealt: dict[str, tuple[Sample, ...]] = {}
    first = 0
    for order, part in enumerate(PARTS):
        dealt[part.name] = _part(part, pools[part.name], (seed, order), first)
        first += part.scenes
    stream = dealt.pop(digits.STREAM)
    versions = {digits.PILOT: dealt["2026-06"][:PILOT_SCENES], **dealt}
    return Collection("digit-scenes", "OBJECT_DETECTION", DESCRIPTION, digits.LABELS, versions, stream)


def _part(part: Part, pool: Sequence[int], seed: tuple[int, int], first: int) -> tuple[Sample, ...]:
    import numpy as np

    rng = np.random.default_rng(seed)
    return tuple(_scene(rng, pool, part.half, f"scene-{first + n:04d}.png") for n in range(part.scenes))


def _scene(rng: Generator, pool: Sequence[int], half: int, filename: str) -> Sample:
    """Compose one scene: a background, then digits where they keep their distance."""
    import numpy as np

    canvas = _background(rng, half)
    taken: list[Box] = []
    shapes: list[Shape] = []
    for _ in range(int(rng.integers(DIGITS_A_SCENE[0], DIGITS_A_SCENE[1] + 1))):
        place = _free_place(rng, taken)
        if place is not None:
            taken.append(place)
            shapes.append(_draw(canvas, pool[int(rng.integers(len(pool)))], place))
    pixels = np.rint(canvas).astype(np.uint8)
    return Sample(filename, encode_png(pixels), SIDE, SIDE, tuple(shapes))


@cache
def _photographs() -> tuple[NDArray[np.uint8], ...]:
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_sample_image

    loaded = (Image.fromarray(load_sample_image(name)).convert("L") for name in PHOTOGRAPHS)
    return tuple(np.asarray(each, dtype=np.uint8) for each in loaded)


def _background(rng: Generator, half: int) -> NDArray[np.float64]:
    """Crop a square out of one half of a photograph, shrink it to a scene's size and darken it."""
    import numpy as np
    from PIL import Image

    photograph = _photographs()[int(rng.integers(len(PHOTOGRAPHS)))]
    middle = photograph.shape[1] // 2
    part = photograph[:, half * middle : (half + 1) * middle]
    side = int(rng.integers(CROPS[0], CROPS[1] + 1))
    top, left = (int(rng.integers(extent - side + 1)) for extent in part.shape)
    crop = Image.fromarray(part[top : top + side, left : left + side]).resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(crop, dtype=np.float64) * rng.uniform(*BRIGHTNESS)


def _free_place(rng: Generator, taken: Sequence[Box]) -> Box | None:
    """Return a square for one more digit, or None where the scene is too full to find one by chance."""
    for _ in range(TRIES):
        side = int(rng.integers(DIGIT_SIDES[0], DIGIT_SIDES[1] + 1))
        top, left = (int(edge) for edge in rng.integers(0, SIDE - side + 1, size=2))
        place = Box(top, left, top + side, left + side)
        if not any(_touch(place, other) for other in taken):
            return place
    return None


def _touch(one: Box, other: Box) -> bool:
    apart_in_rows = one.bottom + GAP <= other.top or other.bottom + GAP <= one.top
    apart_in_columns = one.right + GAP <= other.left or other.right + GAP <= one.left
    return not (apart_in_rows or apart_in_columns)


def _draw(canvas: NDArray[np.float64], index: int, place: Box) -> Shape:
    """Draw a digit in white onto the canvas, in place, and return it with the tight box around its ink."""
    import numpy as np
    from PIL import Image

    side = place.bottom - place.top
    grown = Image.fromarray(digits.ink()[index]).resize((side, side), Image.Resampling.BILINEAR)
    ink = np.asarray(grown, dtype=np.float64) / 255
    under = canvas[place.top : place.bottom, place.left : place.right]
    under += (255 - under) * ink
    rows, columns = (np.flatnonzero((ink > INK).any(axis=axis)) for axis in (1, 0))
    box = Box(
        place.top + int(rows[0]),
        place.left + int(columns[0]),
        place.top + int(rows[-1]) + 1,
        place.left + int(columns[-1]) + 1,
    )
    return Shape(digits.LABELS[digits.truth()[index]], box)
