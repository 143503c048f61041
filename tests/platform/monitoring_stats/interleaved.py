"""Scenes of one place seen twice: training scenes and clean scenes lie interleaved over the same photographs.

A camera's production images come from the place that its training images come from, which the halves of
`reconciler.platform.seed.scenes` are not. Here each photograph is cut into 3 x 4 tiles with `MARGIN` pixels cut off all
around each, and tiles are dealt like the fields of a chess-board: scenes of one colour are training images, scenes of
the other are clean images. So no pixel of a clean image, nor a neighbour of one, is in a training image. Otherwise
scenes are made as those of the platform's seed are, with digits of other writers' samples in the clean ones.

`COLOURS` tells which colour trains. The outlier model was made with the first; scenes that train on the second were
left for the third list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from reconciler.platform.seed import digits, scenes
from reconciler.platform.training.pixels import encode_png

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reconciler.platform.seed.samples import Box

COLOURS: Final = (0, 1)
GRID: Final = (3, 4)
MARGIN: Final = 4
# Sides of crops, in the photograph's pixels: a tile has 134 x 152.
CROPS: Final = (96, 134)
TRAINING: Final = 240
CLEAN: Final = 200
_SEED: Final = 64


def training_scenes(colour: int) -> list[bytes]:
    """Return training images, from tiles of that colour (0 or 1)."""
    return _scenes(colour, (colour, 0), digits.parts()["2026-06"], TRAINING)


def clean_scenes(colour: int) -> list[bytes]:
    """Return clean images for training images of that colour: from tiles of the other."""
    return _scenes(1 - colour, (colour, 1), digits.parts()[digits.STREAM], CLEAN)


def _scenes(colour: int, seed: tuple[int, int], pool: Sequence[int], count: int) -> list[bytes]:
    rng = np.random.default_rng((_SEED, *seed))
    return [_scene(rng, pool, colour) for _ in range(count)]


def _scene(rng: np.random.Generator, pool: Sequence[int], colour: int) -> bytes:
    canvas = _background(rng, colour)
    taken: list[Box] = []
    for _ in range(int(rng.integers(scenes.DIGITS_A_SCENE[0], scenes.DIGITS_A_SCENE[1] + 1))):
        place = scenes._free_place(rng, taken)
        if place is not None:
            taken.append(place)
            scenes._draw(canvas, pool[int(rng.integers(len(pool)))], place)
    return encode_png(np.rint(canvas).astype(np.uint8))


def _background(rng: np.random.Generator, colour: int) -> NDArray[np.float64]:
    photographs = scenes._photographs()
    tile = _tile(rng, photographs[int(rng.integers(len(photographs)))], colour)
    side = int(rng.integers(CROPS[0], CROPS[1] + 1))
    top, left = (int(rng.integers(extent - side + 1)) for extent in tile.shape)
    crop = Image.fromarray(tile[top : top + side, left : left + side])
    shrunk = crop.resize((scenes.SIDE, scenes.SIDE), Image.Resampling.BOX)
    return np.asarray(shrunk, dtype=np.float64) * rng.uniform(*scenes.BRIGHTNESS)


def _tile(rng: np.random.Generator, photograph: NDArray[np.uint8], colour: int) -> NDArray[np.uint8]:
    rows, columns = GRID
    fields = [(row, column) for row in range(rows) for column in range(columns) if (row + column) % 2 == colour]
    row, column = fields[int(rng.integers(len(fields)))]
    height, width = photograph.shape[0] // rows, photograph.shape[1] // columns
    top, left = row * height + MARGIN, column * width + MARGIN
    return photograph[top : top + height - 2 * MARGIN, left : left + width - 2 * MARGIN]
