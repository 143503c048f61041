"""Summaries of training data.

A summary holds, over all images that can be read, their sizes in pixels and the mean and deviation of their grey levels
(0 to 255).
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Features:
    """What one image contributes: its size in pixels, its mean grey level and that level's deviation."""

    width: int
    height: int
    mean: float
    deviation: float


def measure(path: Path) -> Features | None:
    """Return the features of an image file, or None when it cannot be read as one."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            grey = np.asarray(image.convert("L"), dtype=np.float64)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None
    return Features(grey.shape[1], grey.shape[0], float(grey.mean()), float(grey.std()))


def summarize(features: list[Features]) -> dict[str, object]:
    """Return mean and standard deviation, over images, of each feature."""
    import numpy as np

    table = {name: np.array([getattr(item, name) for item in features]) for name in Features.__dataclass_fields__}
    spread = {name: {"mean": float(row.mean()), "deviation": float(row.std())} for name, row in table.items()}
    return {"images": len(features), **spread}
