"""What a stored file says about itself as an image, read from its header only."""

import warnings
from pathlib import Path
from typing import Final

# What Pillow may open: a file cannot choose among its rarer readers.
FORMATS: Final = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP")


def image_size(path: Path) -> tuple[int, int] | None:
    """Return an image's width and height in pixels, or None when the file is not an image that can be read."""
    from PIL import Image, UnidentifiedImageError

    try:
        # The header of a decompression bomb is harmless; only decoding one would hurt.
        with (
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            Image.open(path) as image,
        ):
            return image.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None
