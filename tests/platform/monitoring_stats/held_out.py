"""Twelve corruptions that the outlier model was not made with: kinds and severities were written down first.

This list was committed before any score of it was computed, and neither it nor the model is changed after. The kinds
follow Hendrycks and Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions and Perturbations"
(2019), and what happens to industrial cameras. They apply to grey images with levels 0 to 255; sides are in pixels.

| name | what is done |
|---|---|
| defocus | Gaussian blur with a radius of 2 pixels |
| motion | each pixel becomes the mean of the 9 around it in its row |
| speckle | each pixel is multiplied by a Gaussian around 1 with standard deviation 0.35 |
| salt | 3 pixels in 100 become black or white |
| jpeg | the image is kept as JPEG with quality 5 |
| pixelate | the image is reduced to a quarter of its side and enlarged again by repetition |
| fog | levels are halved and 100 is added |
| dark | levels are multiplied by 0.35 |
| colour | red is multiplied by 1.4, blue by 0.5 |
| stripes | every eighth row is black |
| rotate | the image is turned by 30 degrees; the corners are filled with its mean |
| dirt | five soft dark spots, each with a radius of 8 % of the side, take up to 80 % of the light |
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Pixels = NDArray[np.float64]

_SEED: Final = 4102


def _image(grey: Pixels) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(grey), 0, 255).astype(np.uint8))


def _pixels(image: Image.Image) -> Pixels:
    return np.asarray(image, dtype=np.float64)


def _motion(grey: Pixels, _: np.random.Generator) -> Pixels:
    padded = np.pad(grey, ((0, 0), (4, 4)), mode="edge")
    return np.mean([padded[:, shift : shift + grey.shape[1]] for shift in range(9)], axis=0)


def _salt(grey: Pixels, rng: np.random.Generator) -> Pixels:
    return np.where(rng.random(grey.shape) < 0.03, rng.choice([0.0, 255.0], grey.shape), grey)


def _jpeg(grey: Pixels, _: np.random.Generator) -> Pixels:
    buffer = io.BytesIO()
    _image(grey).save(buffer, "JPEG", quality=5)
    return _pixels(Image.open(buffer))


def _pixelate(grey: Pixels, _: np.random.Generator) -> Pixels:
    image = _image(grey)
    small = image.resize((image.width // 4, image.height // 4), Image.Resampling.BOX)
    return _pixels(small.resize(image.size, Image.Resampling.NEAREST))


def _stripes(grey: Pixels, _: np.random.Generator) -> Pixels:
    striped = grey.copy()
    striped[::8] = 0
    return striped


def _rotate(grey: Pixels, _: np.random.Generator) -> Pixels:
    turned = _image(grey).rotate(30, Image.Resampling.BILINEAR, fillcolor=round(float(grey.mean())))
    return _pixels(turned)


def _dirt(grey: Pixels, rng: np.random.Generator) -> Pixels:
    rows, columns = np.indices(grey.shape)
    light = np.ones(grey.shape)
    for row, column in rng.random((5, 2)) * grey.shape:
        distance = ((rows - row) ** 2 + (columns - column) ** 2) / (0.08 * grey.shape[0]) ** 2
        light = np.minimum(light, 1 - 0.8 * np.exp(-distance / 2))
    return grey * light


CORRUPTIONS: Final[dict[str, Callable[[Any, np.random.Generator], Any]]] = {
    "defocus": lambda grey, _: _pixels(_image(grey).filter(ImageFilter.GaussianBlur(2))),
    "motion": _motion,
    "speckle": lambda grey, rng: grey * rng.normal(1, 0.35, grey.shape),
    "salt": _salt,
    "jpeg": _jpeg,
    "pixelate": _pixelate,
    "fog": lambda grey, _: grey / 2 + 100,
    "dark": lambda grey, _: grey * 0.35,
    "colour": lambda grey, _: grey[..., None] * np.array([1.4, 1.0, 0.5]),
    "stripes": _stripes,
    "rotate": _rotate,
    "dirt": _dirt,
}


def corrupt(png: bytes, name: str, number: int) -> bytes:
    """Return an image corrupted; `number` decides chance, so that it is the same in every run."""
    rng = np.random.default_rng([_SEED, number])
    grey = _pixels(Image.open(io.BytesIO(png)).convert("L"))
    buffer = io.BytesIO()
    _image(CORRUPTIONS[name](grey, rng)).save(buffer, "PNG")
    return buffer.getvalue()
