"""A scene as the detector sees it: a grid of overlapping windows, and what is true of each.

A scene is averaged to half its size, padded by repeating its edge, and cut into every window of 12 x 12 cells. A
window covers 24 x 24 pixels, the largest digit, and is standardised (mean 0, deviation 1), so that the darkness of
the background does not matter. All of this is repeated, operation by operation, in the exported graph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.platform.seed.digits import LABELS
from reconciler.platform.seed.scenes import SIDE
from reconciler.platform.training.pixels import decode_gray

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.seed.samples import Sample, Shape

SHRINK: Final = 2
WINDOW: Final = 12
PADDING: Final = 4
GRID: Final = SIDE // SHRINK + 2 * PADDING - WINDOW + 1
# Added to the variance: an even patch of background must not be blown up into noise.
FLOOR: Final = 0.01

BACKGROUND: Final = len(LABELS)
UNCLEAR: Final = -1
# Distances, in pixels, between the centres of a window and of a digit: up to NEAR it shows the digit, beyond FAR it
# shows background, and between the two nobody is asked.
NEAR: Final = 2.5
FAR: Final = 7.0


def windows(sample: Sample) -> NDArray[np.float32]:
    """Return all windows of a scene, row by row: GRID² x (12 · 12), standardised."""
    import numpy as np

    cells = SIDE // SHRINK
    pixels = decode_gray(sample.png, (SIDE, SIDE)).astype(np.float32) / np.float32(255)
    small = pixels.reshape(cells, SHRINK, cells, SHRINK).mean(axis=(1, 3))
    padded = np.pad(small, PADDING, mode="edge")
    cut = np.lib.stride_tricks.sliding_window_view(padded, (WINDOW, WINDOW)).reshape(GRID * GRID, -1)
    mean, variance = cut.mean(axis=1, keepdims=True), cut.var(axis=1, keepdims=True)
    return np.asarray((cut - mean) / np.sqrt(variance + FLOOR), dtype=np.float32)


def origins() -> NDArray[np.float32]:
    """Return where each window begins, in pixels, as (top, left, top, left): GRID² x 4; negative in the padding."""
    import numpy as np

    rows, columns = (np.mgrid[:GRID, :GRID] - PADDING) * SHRINK
    return np.stack([rows, columns, rows, columns], axis=-1).reshape(-1, 4).astype(np.float32)


def assign(shapes: Sequence[Shape]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return what each window shows and, for a digit, its box relative to the window's origin (pixels).

    The first array holds a class index, BACKGROUND or UNCLEAR; the second is meaningful only for digits.
    """
    import numpy as np

    begin = origins()
    centres = begin[:, :2] + WINDOW * SHRINK / 2
    boxes = np.array([_edges(shape) for shape in shapes], dtype=np.float32)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    apart = np.abs(centres[:, np.newaxis] - middles).max(axis=2)
    nearest, distance = apart.argmin(axis=1), apart.min(axis=1)
    labels = np.array([LABELS.index(shape.label) for shape in shapes], dtype=np.int64)
    shown = np.where(distance <= NEAR, labels[nearest], np.where(distance > FAR, BACKGROUND, UNCLEAR))
    return shown.astype(np.int64), (boxes[nearest] - begin).astype(np.float32)


def _edges(shape: Shape) -> tuple[int, int, int, int]:
    if shape.box is None:
        raise ValueError(f"a scene's shape needs a box: {shape}")
    return shape.box.top, shape.box.left, shape.box.bottom, shape.box.right
