"""Laws of taking predictions in: thresholds, sampling, the two orders of boxes, formats that stay as they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.intake.accepting import keeps
from reconciler.platform.serving.tensors import Shapes
from reconciler.platform.shapes import formats
from reconciler.platform.shapes.corners import to_box, to_rectangle
from reconciler.platform.store.words import InferenceType

pixels = st.integers(-(2**20), 2**20)
fours = st.tuples(pixels, pixels, pixels, pixels)
scores = st.floats(0, 1)
found = st.lists(st.tuples(st.integers(0, 9), scores, fours))


def shapes_of(told: list[tuple[int, float, tuple[int, int, int, int]]]) -> Shapes:
    return Shapes([one[0] for one in told], [one[1] for one in told], [list(one[2]) for one in told])


@given(told=found, threshold=scores)
def test_exactly_the_shapes_strictly_below_the_threshold_are_dropped(
    told: list[tuple[int, float, tuple[int, int, int, int]]], threshold: float
) -> None:
    left = shapes_of(told).above(threshold)
    assert left == shapes_of([one for one in told if one[1] >= threshold])


@given(told=found, threshold=scores)
def test_a_threshold_applied_twice_is_applied_once(
    told: list[tuple[int, float, tuple[int, int, int, int]]], threshold: float
) -> None:
    once = shapes_of(told).above(threshold)
    assert once.above(threshold) == once
    assert shapes_of(told).above(0.0) == shapes_of(told)


@given(box=fours)
def test_the_two_orders_of_a_box_are_inverse(box: tuple[int, int, int, int]) -> None:
    assert to_box(to_rectangle(box)) == box
    assert to_rectangle(to_box(box)) == box


@given(top=pixels, left=pixels, height=st.integers(0, 999), width=st.integers(0, 999))
def test_a_rectangle_has_the_place_and_size_of_its_box(top: int, left: int, height: int, width: int) -> None:
    assert to_rectangle((top, left, top + height, left + width)) == (left, top, width, height)


@given(rate=scores, draw=st.floats(0, 1, exclude_max=True))
def test_an_image_is_kept_when_the_draw_falls_below_the_rate(rate: float, draw: float) -> None:
    assert keeps(rate, wish=None, draw=lambda: draw) is (draw < rate)
    assert keeps(1.0, wish=None, draw=lambda: draw)
    assert not keeps(0.0, wish=None, draw=lambda: draw)


@given(rate=scores, wish=st.booleans())
def test_a_wish_decides_whatever_the_rate(rate: float, *, wish: bool) -> None:
    assert keeps(rate, wish=wish) is wish


@given(polygons=st.lists(st.lists(st.tuples(pixels, pixels), min_size=1)))
def test_a_polygon_means_the_same_as_pairs_and_as_a_flat_run(polygons: list[list[tuple[int, int]]]) -> None:
    paired = [[list(point) for point in polygon] for polygon in polygons]
    flat = [[number for point in polygon for number in point] for polygon in polygons]
    lists = {"detection_classes": [0] * len(polygons), "detection_scores": [0.5] * len(polygons)}
    kept = [
        formats.checked(
            InferenceType.SEGMENTATION, formats.RawPredictions.model_validate({**lists, "detection_masks": masks})
        )
        for masks in (paired, flat)
    ]
    assert kept[0] == kept[1]
    assert kept[0]["detection_masks"] == paired
