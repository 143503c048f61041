"""Average precision equals an independent evaluator's, whatever the boxes; precision and recall are counts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.platform.monitoring.average_precision import DetectionScore, score
from reconciler.platform.monitoring.matching import FoundBox, Judged, TrueBox, overlaps
from reconciler.platform.store.extents import Box
from tests.platform.monitoring_stats.evaluator import independent

LABELS = ("a", "b", "c")
# Few positions and few scores: equal overlaps and equal scores are common.
PLACES = st.integers(0, 6)
SIDES = st.integers(1, 8)
BOXES = st.builds(lambda top, left, high, wide: Box(top, left, top + high, left + wide), PLACES, PLACES, SIDES, SIDES)
SCORES = st.sampled_from([0.0, 0.1, 0.5, 0.5, 0.9, 1.0]) | st.floats(0.0, 1.0, allow_subnormal=False)
TRUTH = st.lists(st.builds(TrueBox, st.sampled_from(LABELS), BOXES), max_size=6)
FOUND = st.lists(st.builds(FoundBox, st.sampled_from(LABELS), SCORES, BOXES), max_size=8)
NEAR = st.integers(-1, 1)


@st.composite
def images(draw: st.DrawFn) -> Judged:
    """An image whose predictions are partly near the truth."""
    truth, found = draw(TRUTH), draw(FOUND)
    for each in truth:
        if draw(st.booleans()):
            moved = Box(*(edge + draw(NEAR) for edge in each.box))
            if moved.area > 0:
                found.append(FoundBox(each.label, draw(SCORES), moved))
    return Judged(truth, draw(st.permutations(found)))


def figures(found: DetectionScore) -> dict[str, float]:
    named = {name: getattr(found, name) for name in ("ap_50_95", "ap_50", "ap_75")}
    return {name: -1.0 if value is None else value for name, value in named.items()}


@settings(max_examples=150, deadline=None)
@given(st.lists(images(), min_size=1, max_size=5))
def test_mean_average_precision_is_that_of_an_independent_evaluator(judged: list[Judged]) -> None:
    assert figures(score(judged)) == pytest.approx(independent(judged, LABELS), abs=1e-9)


def test_more_than_a_hundred_predictions_of_a_class_are_cut_as_the_evaluator_cuts_them() -> None:
    box = Box(0, 0, 10, 10)
    wrong = [FoundBox("a", 0.9, Box(500 + n, 500, 510 + n, 510)) for n in range(100)]
    judged = [Judged([TrueBox("a", box)], [*wrong, FoundBox("a", 0.1, box)])]
    assert figures(score(judged)) == pytest.approx(independent(judged, LABELS))
    assert score(judged).ap_50 == 0.0


def test_precision_and_recall_are_counted_at_half_an_overlap() -> None:
    judged = [
        Judged(
            [TrueBox("a", Box(0, 0, 10, 10)), TrueBox("b", Box(50, 50, 60, 60))],
            [
                FoundBox("a", 0.9, Box(0, 0, 10, 5)),
                FoundBox("a", 0.8, Box(0, 0, 10, 10)),
                FoundBox("c", 0.8, Box(50, 50, 60, 60)),
            ],
        ),
        Judged([], []),
    ]
    found = score(judged)
    assert (found.objects, found.predictions, found.right) == (2, 3, 1)
    assert found.precision == pytest.approx(1 / 3)
    assert found.recall == pytest.approx(1 / 2)
    assert [(each.label, each.precision, each.recall) for each in found.classes] == [("a", 0.5, 1.0), ("b", None, 0.0)]


def test_nothing_reviewed_gives_no_figure_rather_than_a_bad_one() -> None:
    assert score([]) == DetectionScore(
        ap_50_95=None,
        ap_50=None,
        ap_75=None,
        precision=None,
        recall=None,
        objects=0,
        predictions=0,
        right=0,
        classes=[],
    )
    assert score([Judged([], [FoundBox("a", 0.5, Box(0, 0, 1, 1))])]).precision == 0.0


def test_right_wrong_right_over_two_objects_by_hand() -> None:
    truth = [TrueBox("a", Box(at, 0, at + 10, 10)) for at in (0, 100)]
    found = [FoundBox("a", score, Box(at, 0, at + 10, 10)) for at, score in ((0, 0.9), (50, 0.8), (100, 0.7))]
    assert score([Judged(truth, found)]).ap_50 == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)


def test_an_overlap_of_exactly_the_threshold_counts() -> None:
    judged = Judged([TrueBox("a", Box(0, 0, 10, 10))], [FoundBox("a", 0.9, Box(0, 0, 10, 5))])
    assert (score([judged]).ap_50, score([judged]).ap_50_95) == (pytest.approx(1.0), pytest.approx(0.1))


@given(BOXES, BOXES)
def test_overlap_is_symmetric_and_counts_pixels(one: Box, other: Box) -> None:
    pixels = [{(r, c) for r in range(b.top, b.bottom) for c in range(b.left, b.right)} for b in (one, other)]
    expected = len(pixels[0] & pixels[1]) / len(pixels[0] | pixels[1])
    assert overlaps([one], [other])[0, 0] == overlaps([other], [one])[0, 0] == pytest.approx(expected)
