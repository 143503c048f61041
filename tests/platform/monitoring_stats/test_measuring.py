"""What is measured on an image is what the table of features says."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from reconciler.platform.intake.measuring import FEATURES, measure
from reconciler.platform.intake.viewing import PACKED_LENGTH
from reconciler.platform.monitoring.arrays import features_of, views_of
from tests.platform.monitoring_stats.conftest import measured

if TYPE_CHECKING:
    from pathlib import Path


def encoded(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, kind)
    return buffer.getvalue()


def features(content: bytes) -> dict[str, float]:
    return dict(zip(FEATURES, features_of([measured(content).features])[0].tolist(), strict=True))


def test_colours_sizes_and_ratio_are_those_of_the_pixels() -> None:
    pixels = np.zeros((2, 4, 3))
    pixels[:, :2, 0], pixels[..., 1] = 200, 50
    found = features(encoded(pixels))
    assert (found["red_mean"], found["red_deviation"]) == (100.0, 100.0)
    assert (found["green_mean"], found["green_deviation"], found["blue_mean"]) == (50.0, 0.0, 0.0)
    assert (found["area"], found["ratio"]) == (8.0, 2.0)


def test_sharpness_is_the_deviation_of_the_laplacian() -> None:
    assert features(encoded(np.full((5, 5), 77)))["sharpness"] == 0.0
    dot = np.zeros((5, 5))
    dot[2, 2] = 100
    laplacian = np.array([400.0, *[-100.0] * 4, *[0.0] * 20])
    assert features(encoded(dot))["sharpness"] == pytest.approx(laplacian.std())


def test_a_grey_image_has_three_equal_channels_and_transparency_is_no_channel() -> None:
    found = features(encoded(np.arange(64).reshape(8, 8)))
    assert found["red_mean"] == found["green_mean"] == found["blue_mean"] == 31.5
    assert features(encoded(np.full((3, 3, 4), 9)))["red_mean"] == 9.0


def test_size_is_told_as_it_came_though_large_images_are_reduced() -> None:
    found = features(encoded(np.full((30, 3000), 40)))
    assert (found["area"], found["ratio"], found["red_mean"]) == (90_000.0, 100.0, 40.0)


def test_a_view_has_its_length_and_values_between_zero_and_one(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1, 7, 3))
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(noise, "JPEG"))
    found = measure(path)
    assert found is not None
    assert len(found.view) == PACKED_LENGTH
    assert np.isfinite(views_of([found.view])).all()


@pytest.mark.parametrize("content", [b"", b"no image", encoded(np.zeros((9, 9)))[:40]])
def test_what_cannot_be_read_is_measured_as_nothing(content: bytes) -> None:
    assert measure(content) is None
