"""What is measured on an image: a fixed vector of features, and a small view that an outlier model looks at.

Both are computed alike for training data and for production, so that nothing but the images makes them differ.
Images whose longer side has more than `LARGEST` pixels are first reduced by a whole factor, averaging blocks.

Features, in the order of `FEATURES`, all doubles:

| feature | unit | what it is |
|---|---|---|
| red_mean, green_mean, blue_mean | 0..255 | mean of the channel |
| red_deviation, green_deviation, blue_deviation | 0..255 | standard deviation of the channel |
| sharpness | grey levels | standard deviation of the Laplacian (four neighbours) of the grey image |
| area | pixels² | width times height, before any reduction |
| ratio | 1 | width over height |

The view is told in `intake.viewing`.
"""

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.platform.intake import viewing
from reconciler.platform.store.images import FORMATS
from reconciler.platform.store.measurements import Measured

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

FEATURES: Final = (
    *("red_mean", "green_mean", "blue_mean"),
    *("red_deviation", "green_deviation", "blue_deviation"),
    *("sharpness", "area", "ratio"),
)
LARGEST: Final = 1024


def measure(content: bytes | Path) -> Measured | None:
    """Return what is measured on an image file, or None where it cannot be read as one."""
    opened = _open(content)
    if opened is None:
        return None
    image, (width, height) = opened
    return _measured(image, width, height)


def _open(content: bytes | Path) -> "tuple[Image.Image, tuple[int, int]] | None":
    from PIL import Image, UnidentifiedImageError

    source = io.BytesIO(content) if isinstance(content, bytes) else content
    try:
        # Whoever took the image in has checked its size against limits stricter than Pillow's.
        with (
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            Image.open(source, formats=FORMATS) as image,
        ):
            size = image.size
            colour = image.convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None
    factor = -(-max(size) // LARGEST)
    return (colour.reduce(factor) if factor > 1 else colour), size


def _measured(image: "Image.Image", width: int, height: int) -> Measured:
    import numpy as np

    laplacian = _laplacian(np.asarray(image.convert("L"), dtype=np.int16))
    means, deviations = _moments(np.asarray(image.histogram()).reshape(3, -1))
    features = np.concatenate([means, deviations, [laplacian.std(), width * height, width / height]])
    return Measured(features.astype("<f8").tobytes(), viewing.view(image, np.abs(laplacian), means))


def _moments(counts: "NDArray[np.int64]") -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Return means and standard deviations of levels that occur so often, without any rounding but the last."""
    import numpy as np

    levels = np.arange(counts.shape[1])
    pixels, totals, squares = counts.sum(axis=1), counts @ levels, counts @ levels**2
    return totals / pixels, np.sqrt(pixels * squares - totals**2) / pixels


def _laplacian(grey: "NDArray[np.int16]") -> "NDArray[np.int16]":
    """Return four times each pixel minus its four neighbours; beyond the border the image repeats its edge."""
    import numpy as np

    across, down = np.diff(grey, axis=1), np.diff(grey, axis=0)
    found = np.zeros_like(grey)
    found[:, :-1] -= across
    found[:, 1:] += across
    found[:-1] -= down
    found[1:] += down
    return found
