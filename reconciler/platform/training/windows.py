"""An image as the sliding-window detector sees it: a grid of overlapping windows, and what is true of each.

An image is averaged to a fraction of its size, padded by repeating its edge, and cut into every window of 12 x 12
cells. Each window is standardised (mean 0, deviation 1), so that the darkness of the background does not matter. All of
this is repeated, operation by operation, in the exported graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

WINDOW: Final = 12
PADDING: Final = 4
# Added to the variance: an even patch of background must not be blown up into noise.
FLOOR: Final = 0.01
UNCLEAR: Final = -1
# Distances, in cells, between the centres of a window and of an object: up to NEAR it shows the object, beyond FAR it
# shows background, and between the two nobody is asked.
NEAR: Final = 1.25
FAR: Final = 3.5

# Top, left, bottom and right in pixels of the model's input.
Edges = tuple[float, float, float, float]


@dataclass(frozen=True)
class Grid:
    """The windows of one model.

    Attributes:
        height: of the model's input, in pixels; a multiple of `shrink`.
        width: likewise.
        shrink: pixels that are averaged to one cell.
        background: the number that stands for no object: one more than the last class.
    """

    height: int
    width: int
    shrink: int
    background: int

    @property
    def rows(self) -> int:
        """How many windows lie below one another."""
        return self.height // self.shrink + 2 * PADDING - WINDOW + 1

    @property
    def columns(self) -> int:
        """How many windows lie beside one another."""
        return self.width // self.shrink + 2 * PADDING - WINDOW + 1

    def looks(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return all windows of an image of the model's size, row by row, standardised: places x (12 · 12)."""
        import numpy as np

        grey = pixels.astype(np.float32) / np.float32(255)
        cells = (self.height // self.shrink, self.shrink, self.width // self.shrink, self.shrink)
        padded = np.pad(grey.reshape(cells).mean(axis=(1, 3)), PADDING, mode="edge")
        cut = np.lib.stride_tricks.sliding_window_view(padded, (WINDOW, WINDOW)).reshape(self.rows * self.columns, -1)
        mean, variance = cut.mean(axis=1, keepdims=True), cut.var(axis=1, keepdims=True)
        return np.asarray((cut - mean) / np.sqrt(variance + FLOOR), dtype=np.float32)

    def origins(self) -> NDArray[np.float32]:
        """Return where each window begins, in pixels, as (top, left, top, left); negative in the padding."""
        import numpy as np

        rows, columns = (np.mgrid[: self.rows, : self.columns] - PADDING) * self.shrink
        return np.stack([rows, columns, rows, columns], axis=-1).reshape(-1, 4).astype(np.float32)

    def assign(self, truth: Sequence[tuple[int, Edges]]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return what each window shows, and an object's box relative to the window's origin (pixels).

        The first array holds a class, the background or UNCLEAR; the second is meaningful only for classes.
        """
        import numpy as np

        begin = self.origins()
        if not truth:
            return np.full(len(begin), self.background), np.zeros_like(begin)
        centres = begin[:, :2] + WINDOW * self.shrink / 2
        boxes = np.array([edges for _, edges in truth], dtype=np.float32)
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        apart = np.abs(centres[:, np.newaxis] - middles).max(axis=2) / self.shrink
        nearest, distance = apart.argmin(axis=1), apart.min(axis=1)
        labels = np.array([label for label, _ in truth], dtype=np.int64)
        shown = np.where(distance <= NEAR, labels[nearest], np.where(distance > FAR, self.background, UNCLEAR))
        return shown.astype(np.int64), (boxes[nearest] - begin).astype(np.float32)


def fitting(height: int, width: int, sizes: Sequence[float], classes: int) -> Grid:
    """Return the grid whose windows are about as large as most objects are.

    Args:
        height: of the model's input, in pixels.
        width: likewise.
        sizes: the longer side of each object, in pixels of the model's input.
        classes: how many there are.
    """
    wanted = sorted(sizes)[int(0.9 * (len(sizes) - 1))] / WINDOW
    most = min(height, width) // (WINDOW - 2 * PADDING)
    whole = [shrink for shrink in range(1, most + 1) if height % shrink == 0 and width % shrink == 0]
    return Grid(height, width, min(whole, key=lambda shrink: abs(shrink - wanted)), classes)
