"""Composed scenes: every box is tight around real ink, digits keep apart, and no digit crosses from part to part."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from reconciler.platform.seed import digits, scenes, stream
from reconciler.platform.seed.samples import Box, Collection, Sample, Shape
from reconciler.platform.training.pixels import decode_gray


def _all(images: Collection) -> list[Sample]:
    parts = [images.versions[part.name] for part in scenes.PARTS if part.name in images.versions]
    return [sample for part in [*parts, images.stream] for sample in part]


def _boxes(sample: Sample) -> list[Box]:
    return [shape.box for shape in sample.shapes if shape.box is not None]


def _inside(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    return pixels[box.top : box.bottom, box.left : box.right]


def test_every_scene_has_one_to_five_boxed_digits_within_its_edges(scene_images: Collection) -> None:
    for sample in _all(scene_images):
        boxes = _boxes(sample)
        assert 1 <= len(boxes) == len(sample.shapes) <= 5
        for box in boxes:
            assert 0 <= box.top < box.bottom <= sample.height == 96
            assert 0 <= box.left < box.right <= sample.width == 96


def test_no_two_boxes_of_a_scene_touch(scene_images: Collection) -> None:
    for sample in _all(scene_images):
        for one, other in combinations(_boxes(sample), 2):
            rows_meet = one.top < other.bottom and other.top < one.bottom
            columns_meet = one.left < other.right and other.left < one.right
            assert not (rows_meet and columns_meet)


def test_a_box_holds_nearly_white_ink_and_is_brighter_than_the_scene(scene_images: Collection) -> None:
    for sample in _all(scene_images):
        pixels = decode_gray(sample.png)
        assert pixels.shape == (96, 96)
        for box in _boxes(sample):
            assert _inside(pixels, box).max() > 200
            assert _inside(pixels, box).mean() > np.median(pixels)


def test_the_tight_box_of_a_drawn_digit_has_ink_on_each_of_its_edges() -> None:
    canvas = np.zeros((96, 96))
    place = Box(30, 40, 54, 64)
    shape = scenes._draw(canvas, 3, place)
    assert shape.box is not None
    ink = canvas / 255 > scenes.INK
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert shape.box == Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
    assert shape.label == digits.LABELS[digits.truth()[3]]


def test_a_scene_that_is_full_refuses_another_digit() -> None:
    everything = [Box(0, 0, 96, 96)]
    assert scenes._free_place(np.random.default_rng(0), everything) is None


def test_file_names_are_unique_and_parts_disjoint(scene_images: Collection) -> None:
    everything = _all(scene_images)
    assert len({sample.filename for sample in everything}) == len(everything) == 460
    assert len({sample.png for sample in everything}) == 460


def test_each_part_draws_only_digits_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    draw = scenes._draw

    def spy(canvas: NDArray[np.float64], index: int, place: Box) -> Shape:
        drawn.append(index)
        return draw(canvas, index, place)

    monkeypatch.setattr(scenes, "_draw", spy)
    everything = _all(scenes.collect())
    part_of = {index: name for name in digits.SHARES for index in digits.parts()[name]}
    used = iter(drawn)
    for part in scenes.PARTS:
        for _ in range(part.scenes):
            assert {part_of[next(used)] for _ in everything.pop(0).shapes} == {part.name}


def test_backgrounds_learnt_from_are_never_measured_on() -> None:
    half_of = {part.name: part.half for part in scenes.PARTS}
    assert half_of["2026-06"] == half_of["production"] != half_of["holdout"] == half_of["stream"]


def test_the_pilot_is_the_beginning_of_the_training_data(scene_images: Collection) -> None:
    assert scene_images.versions["2026-01"] == scene_images.versions["2026-06"][:40]


def test_composing_again_gives_the_same_bytes_and_another_seed_gives_others(scene_images: Collection) -> None:
    again, other = scenes.collect(), scenes.collect(seed=7)
    assert again == scene_images
    assert other.versions["holdout"] != scene_images.versions["holdout"]


def test_the_stream_of_scenes_is_held_by_no_version(scene_images: Collection) -> None:
    held = {sample.png for part in scene_images.versions.values() for sample in part}
    assert len(stream.of_scenes()) == 120
    assert not {sample.png for sample in stream.of_scenes()} & held
