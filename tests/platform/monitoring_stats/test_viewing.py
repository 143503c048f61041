"""A view holds what it says: bytes that numpy agrees with, and marks of lens and sensor that nothing else moves."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from reconciler.platform.intake.viewing import BLOCKS, PACKED_LENGTH, QUANTILES, VIEW_LENGTH, table
from tests.platform.monitoring_stats.conftest import measured

RNG = np.random.default_rng(5)
# A photograph's stand-in: smooth, with a little of everything.
SMOOTH = np.add.outer(np.sin(np.arange(64) / 9), np.cos(np.arange(64) / 7)) * 50 + 120


def viewed(pixels: np.ndarray) -> np.ndarray:
    buffer = io.BytesIO()
    Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8)).save(buffer, "PNG")
    packed = measured(buffer.getvalue()).view
    assert len(packed) == PACKED_LENGTH
    return np.asarray(table([packed])[0])


def block(view: np.ndarray, number: int) -> np.ndarray:
    return np.split(view, np.cumsum(BLOCKS)[:-1])[number]


def test_the_third_block_begins_with_the_grey_levels_quantiles() -> None:
    grey = RNG.integers(0, 256, (37, 53))
    expected = np.rint(np.quantile(grey, QUANTILES)) / 255
    assert block(viewed(grey), 2)[: len(QUANTILES)] == pytest.approx(expected)


def test_the_first_block_is_the_image_in_small() -> None:
    colours = np.zeros((32, 32, 3))
    colours[:16, :, 0] = 255
    small = block(viewed(colours), 0).reshape(16, 16, 3)
    assert (small[:8, :, 0] == 1).all()
    assert small.sum() == 128


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (7, 3), (16, 16), (300, 5)])
def test_images_of_any_shape_have_a_whole_view_of_finite_numbers(shape: tuple[int, int]) -> None:
    view = viewed(RNG.integers(0, 256, shape))
    assert len(view) == VIEW_LENGTH
    assert np.isfinite(view).all()


def test_turning_an_image_over_leaves_the_fourth_block_as_it_was_but_for_the_edges_of_blocks() -> None:
    one, other = (block(viewed(each), 3) for each in (SMOOTH, SMOOTH[::-1]))
    # The two diagonals change places; blocks are counted from the upper left corner.
    assert np.isclose(one, other, atol=0.01).sum() >= len(one) - 2 * 8 - 4


@pytest.mark.parametrize(
    "spoil",
    [
        lambda grey: grey + RNG.normal(0, 10, grey.shape),
        lambda grey: np.where(np.arange(64)[:, None] == 20, 255, grey),
        lambda grey: np.rint(grey / 64) * 64,
        lambda grey: grey[..., None] * [1.3, 1.0, 0.7],
        lambda grey: grey + np.arange(64) % 8 * 4,
    ],
    ids=["noise", "a stuck row", "few levels", "a tint", "blocks"],
)
def test_what_a_camera_does_to_an_image_moves_the_fourth_block_by_half_an_octave(spoil: object) -> None:
    assert callable(spoil)
    moved = np.abs(block(viewed(spoil(SMOOTH)), 3) - block(viewed(SMOOTH), 3))
    assert moved.max() > 0.5
