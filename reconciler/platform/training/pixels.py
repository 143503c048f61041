"""Between pixels and bytes: PNG encoding, decoding, and the tensor that a model's contract asks for."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.inference.contract import ImageInput


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode a grey image (height x width) losslessly."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


def decode_gray(png: bytes, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """Decode an image to grey, height x width; `size` is (width, height) to resize to where it differs."""
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        grey = image.convert("L")
    if size is not None and grey.size != size:
        grey = grey.resize(size, Image.Resampling.BILINEAR)
    return np.asarray(grey, dtype=np.uint8)


def to_batch(pngs: Iterable[bytes], wanted: ImageInput) -> NDArray[np.float32]:
    """Prepare images as the contract declares: batch x 1 x height x width, values 0..1."""
    import numpy as np

    size = (wanted.width, wanted.height)
    grey = np.stack([decode_gray(png, size) for png in pngs])
    return (grey[:, np.newaxis] / np.float32(255)).astype(np.float32)
