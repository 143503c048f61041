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

The view is bytes in three blocks (`BLOCKS`): what is where, how much detail is where, and how much of what there is.

1. the image averaged to 16 x 16 colour pixels;
2. an 8 x 8 map of the Laplacian's mean magnitude: averaging hides noise and blur, this shows them;
3. quantiles (`QUANTILES`) of the grey levels, then of the Laplacian's magnitude.

Magnitudes (0..1020) are kept as eight times their square root, so that the weak ones keep their digits in a byte.
"""

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

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

COLOUR_SIDE: Final = 16
DETAIL_SIDE: Final = 8
QUANTILES: Final = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1.0)
BLOCKS: Final = (COLOUR_SIDE * COLOUR_SIDE * 3, DETAIL_SIDE * DETAIL_SIDE, 2 * len(QUANTILES))
VIEW_LENGTH: Final = sum(BLOCKS)
_MAGNITUDE_SCALE: Final = 8.0


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

    colour = np.asarray(image, dtype=np.float64)
    grey = np.asarray(image.convert("L"), dtype=np.float64)
    laplacian = _laplacian(grey)
    channels = colour.reshape(-1, 3)
    features = np.concatenate(
        [channels.mean(axis=0), channels.std(axis=0), [laplacian.std(), width * height, width / height]]
    )
    return Measured(features.astype("<f8").tobytes(), _view(image, grey, np.abs(laplacian)))


def _laplacian(grey: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return four times each pixel minus its four neighbours; beyond the border the image repeats its edge."""
    import numpy as np

    around = np.pad(grey, 1, mode="edge")
    neighbours = around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:]
    return np.asarray(4 * grey - neighbours)


def _view(image: "Image.Image", grey: "NDArray[np.float64]", magnitude: "NDArray[np.float64]") -> bytes:
    import numpy as np
    from PIL import Image

    small = image.resize((COLOUR_SIDE, COLOUR_SIDE), Image.Resampling.BOX)
    shrunk = Image.fromarray(magnitude.astype(np.float32)).resize((DETAIL_SIDE, DETAIL_SIDE), Image.Resampling.BOX)
    levels = np.rint(np.quantile(grey, QUANTILES)).astype(np.uint8).tobytes()
    return bytes(small.tobytes()) + _packed(np.asarray(shrunk)) + levels + _packed(np.quantile(magnitude, QUANTILES))


def _packed(magnitudes: "NDArray[np.floating]") -> bytes:
    import numpy as np

    scaled = np.sqrt(np.maximum(magnitudes, 0.0)) * _MAGNITUDE_SCALE
    return bytes(np.minimum(np.rint(scaled), 255).astype(np.uint8).tobytes())
