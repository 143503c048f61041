"""Average precision is COCO's: exact on cases worked out by hand, and lawful on all others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.seed.average_precision import (
    STRICTNESS,
    Detection,
    Edges,
    Judged,
    intersection_over_union,
    mean_average_precision,
)
from reconciler.platform.seed.samples import Box, Shape

SIDES = st.integers(0, 12)
BOXES = st.tuples(SIDES, SIDES, st.integers(1, 12), st.integers(1, 12)).map(
    lambda each: Box(each[0], each[1], each[0] + each[2], each[1] + each[3])
)
SHAPES = st.builds(Shape, st.sampled_from("ab"), BOXES)
DETECTIONS = st.builds(
    lambda label, box, score: Detection(label, score, _edges(box)), st.sampled_from("ab"), BOXES, st.floats(0.0, 1.0)
)
IMAGES = st.lists(st.builds(Judged, st.lists(SHAPES, max_size=4), st.lists(DETECTIONS, max_size=4)), max_size=4)


def _edges(box: Box) -> Edges:
    return (box.top, box.left, box.bottom, box.right)


def _shape(at: int, label: str = "a") -> Shape:
    return Shape(label, Box(at, 0, at + 10, 10))


def _said(at: int, score: float, label: str = "a") -> Detection:
    return Detection(label, score, (at, 0, at + 10, 10))


def test_right_wrong_right_over_two_objects() -> None:
    image = Judged([_shape(0), _shape(100)], [_said(0, 0.9), _said(50, 0.8), _said(100, 0.7)])
    assert mean_average_precision([image], 0.5) == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)


def test_a_second_answer_for_one_object_is_wrong() -> None:
    image = Judged([_shape(0), _shape(100)], [_said(0, 0.9), _said(1, 0.8), _said(100, 0.7)])
    assert mean_average_precision([image], 0.5) == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)


def test_classes_count_alike_however_many_objects_they_have() -> None:
    image = Judged([_shape(0), _shape(50), _shape(100, "b")], [_said(0, 0.9), _said(50, 0.9)])
    assert mean_average_precision([image], 0.5) == pytest.approx(0.5)


def test_an_answer_of_the_wrong_class_finds_nothing() -> None:
    assert mean_average_precision([Judged([_shape(0)], [_said(0, 0.9, "b")])], 0.5) == 0.0


def test_an_overlap_of_exactly_the_threshold_counts() -> None:
    image = Judged([Shape("a", Box(0, 0, 10, 10))], [Detection("a", 0.9, (0, 0, 10, 5))])
    assert mean_average_precision([image], 0.5) == pytest.approx(1.0)
    assert mean_average_precision([image], 0.51) == 0.0


def test_nothing_to_find_is_zero() -> None:
    assert mean_average_precision([Judged([], [_said(0, 0.9)])], 0.5) == 0.0


def test_a_whole_image_class_cannot_be_matched() -> None:
    with pytest.raises(ValueError, match="only boxed objects"):
        mean_average_precision([Judged([Shape("a")], [])], 0.5)


@given(IMAGES)
def test_saying_the_truth_scores_one_and_silence_scores_zero(images: list[Judged]) -> None:
    truthful = [Judged(each.truth, [_echo(shape) for shape in each.truth]) for each in images]
    silent = [Judged(each.truth, []) for each in images]
    anything = any(each.truth for each in images)
    assert mean_average_precision(truthful, 0.95) == pytest.approx(float(anything))
    assert mean_average_precision(silent, 0.5) == 0.0


@given(IMAGES)
def test_it_stays_between_zero_and_one_and_the_surest_nonsense_never_helps(images: list[Judged]) -> None:
    nonsense = [
        Judged(
            each.truth,
            [*each.answers, Detection("a", 2.0, (900, 900, 910, 910)), Detection("b", 2.0, (900, 900, 910, 910))],
        )
        for each in images
    ]
    for overlap in STRICTNESS:
        score = mean_average_precision(images, overlap)
        assert 0.0 <= score <= 1.0
        assert mean_average_precision(nonsense, overlap) <= score + 1e-9


@given(BOXES, BOXES)
def test_overlap_is_symmetric_and_counts_pixels(one: Box, other: Box) -> None:
    pixels = [{(r, c) for r in range(b.top, b.bottom) for c in range(b.left, b.right)} for b in (one, other)]
    expected = len(pixels[0] & pixels[1]) / len(pixels[0] | pixels[1])
    assert intersection_over_union(_edges(one), _edges(other)) == pytest.approx(expected)
    assert intersection_over_union(_edges(other), _edges(one)) == pytest.approx(expected)


def _echo(shape: Shape) -> Detection:
    assert shape.box is not None
    return Detection(shape.label, 1.0, _edges(shape.box))
