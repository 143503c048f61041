"""Shapes over images: a prediction and the review that accepts it look alike, and nothing leaves the image."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest
from faster_coco_eval.core import mask as coco
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.dashboard import outlines, rendering
from reconciler.platform.dashboard.drawing import Labels, Mark, best, of_prediction, of_review, surest
from reconciler.platform.shapes.predicted_assets import drawn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.platform.store.tables.base import Json

HOSTILE = "<script>alert(1)</script>\"'&\u202e\U0001f600"
NAMES = ("cat", "dog", HOSTILE)
IDS = [uuid5(UUID(int=0), name) for name in NAMES]
LABELS = Labels.listing(zip(range(len(NAMES)), IDS, NAMES, strict=True))
WIRE: dict[int, Json] = {place: {"id": str(IDS[place]), "name": name} for place, name in enumerate(NAMES)}

sizes = st.tuples(st.integers(1, 4000), st.integers(1, 4000))
whole = st.integers(-(2**31), 2**31 - 1) | st.integers(-50, 4100)
points = st.tuples(whole, whole).map(list)
geometries: Mapping[str, st.SearchStrategy[Any]] = {
    "detection_boxes": st.lists(whole, min_size=4, max_size=4),
    "detection_masks": st.lists(points, min_size=3, max_size=8),
    "lines": st.lists(points, min_size=2, max_size=8),
    "points": points,
    "keypoints": st.lists(st.tuples(whole, whole, st.integers(0, 2)).map(list), min_size=1, max_size=5),
}


@st.composite
def predictions(draw: st.DrawFn, most_label: int = len(NAMES) - 1) -> Json:
    """Draw a prediction of one of the types, as it is kept."""
    name = draw(st.sampled_from(sorted(geometries)))
    entries = draw(st.lists(geometries[name], max_size=4))
    classes = st.lists(st.integers(0, most_label), min_size=len(entries), max_size=len(entries))
    scores = st.lists(st.floats(0, 1), min_size=len(entries), max_size=len(entries))
    return {"detection_classes": draw(classes), "detection_scores": draw(scores), name: entries}


def accepted(shapes: Json) -> Json:
    """Return the review of somebody who agrees with a prediction: what the API tells, as reviews keep it."""
    told = drawn(shapes, WIRE)
    return {kind: [{**entry, **_named(entry)} for entry in entries] for kind, entries in told.items()}


def _named(entry: Json) -> Json:
    label = entry["label"]
    assert isinstance(label, dict)
    return {"label": label["name"], "label_id": label["id"]}


def look(mark: Mark) -> object:
    """Return what a person sees of a mark."""
    return mark.number, mark.kind, mark.label, mark.outline


@given(predictions(), sizes)
def test_a_prediction_and_the_review_that_accepts_it_look_alike(shapes: Json, size: tuple[int, int]) -> None:
    said, agreed = of_prediction(shapes, size, LABELS), of_review(accepted(shapes), size, LABELS)
    assert [look(mark) for mark in agreed] == [look(mark) for mark in said]
    assert len(said) == len(shapes["detection_classes"])  # type: ignore[arg-type]
    assert {mark.score for mark in agreed} <= {None}


@given(predictions(), sizes)
def test_nothing_is_drawn_beyond_the_edges_of_the_image(shapes: Json, size: tuple[int, int]) -> None:
    for mark in of_prediction(shapes, size, LABELS):
        drawn_there = list(coordinates(mark.outline.lines + mark.outline.dots))
        assert all(0 <= x <= size[0] and 0 <= y <= size[1] for x, y in drawn_there)
        assert mark.is_drawn is bool(drawn_there)
        if drawn_there:
            assert mark.outline.anchor == pytest.approx(tuple(map(min, zip(*drawn_there, strict=True))), abs=0.005)


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_a_mask_is_drawn_pixel_by_pixel(width: int, height: int, data: st.DataObject) -> None:
    bits = data.draw(st.lists(st.booleans(), min_size=width * height, max_size=width * height))
    pixels = np.array(bits, dtype=np.uint8).reshape(height, width)
    text = coco.encode(np.asfortranarray(pixels))["counts"].decode()
    shapes: Json = {"detection_classes": [0], "detection_scores": [0.5], "detection_masks": [text]}
    (mark,) = of_prediction(shapes, (width, height), LABELS)
    painted = np.zeros_like(pixels)
    for left, top, bottom, right in re.findall(r"M(\d+) (\d+)V(\d+)H(\d+)V\d+z", mark.outline.lines):
        painted[int(top) : int(bottom), int(left) : int(right)] += 1
    assert painted.tolist() == pixels.tolist()
    assert mark.is_drawn is any(bits)


def test_a_mask_that_nobody_can_draw_is_told_without_being_drawn() -> None:
    for text in ("\u00e9", "PPPP", "", "0"):
        shapes: Json = {"detection_classes": [1], "detection_scores": [0.5], "detection_masks": [text]}
        (mark,) = of_prediction(shapes, (4, 4), LABELS)
        assert (mark.is_drawn, mark.label.name) == (False, "dog")


def test_a_label_that_the_deployment_does_not_have_is_shown_by_its_number() -> None:
    shapes: Json = {"detection_classes": [7, -1, 1], "detection_scores": [0.5, 0.25, 0.125]}
    marks = of_prediction(shapes, (4, 4), LABELS)
    assert [(mark.label.name, mark.label.id, mark.label.position) for mark in marks] == [
        ("7", "", 7),
        ("-1", "", -1),
        ("dog", str(IDS[1]), 1),
    ]


@given(predictions(), sizes)
def test_whatever_a_label_says_is_text(shapes: Json, size: tuple[int, int]) -> None:
    marks = of_prediction(shapes, size, LABELS)
    page = rendering.templates().from_string(
        '{% from "shapes.html" import layer, picture %}'
        '{% call picture("/a.png", size, said) %}{{ layer(marks, "champion", size) }}{% endcall %}'
    )
    told = page.render(size=size, said=HOSTILE, marks=marks)
    assert "<script" not in told
    assert " style=" not in told
    elements = {"svg", "image", "g", "title", "path", "text"}
    assert {element.tag for element in fromstring(told).iter()} <= elements  # noqa: S314  (our own page)
    assert told.count('class="mark"') == sum(mark.is_drawn for mark in marks)


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 1)), max_size=8), st.integers(1, 8))
def test_the_best_and_the_surest_marks_are_those_of_the_highest_scores(
    told: list[tuple[int, float]], most: int
) -> None:
    shapes: Json = {"detection_classes": [label for label, _ in told], "detection_scores": [score for _, score in told]}
    marks = of_prediction(shapes, (4, 4), LABELS)
    first = best(marks)
    assert (first.score if first else None) == max((score for _, score in told), default=None)
    for label, score in told:
        of_label = best(marks, label)
        assert of_label is not None
        assert of_label.score == max(other for one, other in told if one == label) >= score
    kept = surest(marks, most)
    assert (
        sorted((mark.score or 0.0 for mark in kept), reverse=True)
        == sorted((score for _, score in told), reverse=True)[:most]
    )
    assert [mark.number for mark in kept] == sorted(mark.number for mark in kept)


def test_a_long_outline_is_thinned_and_a_torn_mask_drawn_as_its_box() -> None:
    ring = [[x % 100, x // 100] for x in range(9000)]
    shapes: Json = {"detection_classes": [0], "detection_scores": [0.5], "detection_masks": [ring]}
    (mark,) = of_prediction(shapes, (100, 100), LABELS)
    assert len(coordinates(mark.outline.lines)) <= outlines.MOST_POINTS
    checked = np.indices((100, 100)).sum(axis=0) % 2
    text = coco.encode(np.asfortranarray(checked.astype(np.uint8)))["counts"].decode()
    (torn,) = of_prediction({**shapes, "detection_masks": [text]}, (100, 100), LABELS)
    assert torn.outline.lines == "M0 0L100 0L100 100L0 100z"


def coordinates(path: str) -> list[tuple[float, float]]:
    """Return the points that a path names."""
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](\S+?) ([^MLhz]+)", path)]
