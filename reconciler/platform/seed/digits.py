"""The hand-written digits that scikit-learn ships (UCI, 1,797 images of 8 x 8 grey levels), as 64 x 64 PNG files."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from reconciler.platform.seed.samples import Collection, Sample, Shape
from reconciler.platform.seed.splits import first_of_each, stratified
from reconciler.platform.training.pixels import encode_png

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SEED: Final = 2026
LABELS: Final = tuple(str(digit) for digit in range(10))
# Each of the 8 x 8 cells becomes a block of 8 x 8 equal pixels: nothing is lost or invented, and an ordinary image
# viewer shows a digit instead of a speck.
CELLS: Final = 8
BLOCK: Final = 8
SIDE: Final = CELLS * BLOCK
# scikit-learn counts ink from 0 to 16.
FULL_INK: Final = 16

STREAM: Final = "stream"
SHARES: Final = {"2026-06": 0.40, "production": 0.05, "holdout": 0.20, STREAM: 0.35}
PILOT: Final = "2026-01"
PILOT_PER_CLASS: Final = 10

DESCRIPTION: Final = (
    "Hand-written digits of 13 writers (UCI Optical Recognition of Handwritten Digits, as shipped with scikit-learn), "
    "8 x 8 grey levels enlarged to 64 x 64 without interpolation."
)


@cache
def ink() -> NDArray[np.uint8]:
    """Return the 1,797 images as 8 x 8 grey levels 0..255, in scikit-learn's order."""
    import numpy as np
    from sklearn.datasets import load_digits

    grey = np.rint(load_digits().images * (255 / FULL_INK))
    return np.asarray(grey, dtype=np.uint8)


@cache
def truth() -> tuple[int, ...]:
    """Return the digit each image shows, in scikit-learn's order."""
    from sklearn.datasets import load_digits

    return tuple(int(digit) for digit in load_digits().target)


def parts(seed: int = SEED) -> dict[str, tuple[int, ...]]:
    """Return which images belong to which version, as indices into `ink()`.

    `2026-06`, `production`, `holdout` and `stream` are disjoint and exhaustive; `2026-01`, the pilot, is the part of
    `2026-06` that was labelled first.
    """
    dealt = stratified(truth(), SHARES, seed=seed)
    return {PILOT: first_of_each(truth(), dealt["2026-06"], count=PILOT_PER_CLASS), **dealt}


def collect(seed: int = SEED) -> Collection:
    """Return the digits, dealt out to versions and stream."""
    dealt = {name: tuple(_sample(index) for index in indices) for name, indices in parts(seed).items()}
    stream = dealt.pop(STREAM)
    return Collection("digits", "CLASSIFICATION", DESCRIPTION, LABELS, dealt, stream)


@cache
def _sample(index: int) -> Sample:
    enlarged = ink()[index].repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)
    shape = Shape(LABELS[truth()[index]])
    return Sample(f"digit-{index:04d}.png", encode_png(enlarged), SIDE, SIDE, (shape,))
