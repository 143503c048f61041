"""What the review tool begins with: everything it offers can be saved, and what was sane is not touched."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.dashboard.pages.review import sheets
from reconciler.platform.shapes.predicted_assets import ReviewBody
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.geometry import completed
from reconciler.platform.store.words import InferenceType
from tests.platform.dashboard.sheets import ALONE, IDS, LABELS, asset_of, boxed

WIDTH, HEIGHT = 64, 48
FAR = 2**31 - 1
ANY = st.integers(-FAR - 1, FAR)
NEAR = st.integers(-10, 80)
BOXES = st.lists(st.lists(NEAR | ANY, min_size=4, max_size=4), max_size=5)
POINTS = st.lists(st.lists(NEAR | ANY, min_size=2, max_size=2), max_size=5)
KINDS = {
    InferenceType.SEGMENTATION: ("detection_masks", st.lists(POINTS, max_size=3)),
    InferenceType.LINE: ("lines", st.lists(POINTS, max_size=3)),
    InferenceType.POINT: ("points", st.lists(st.lists(NEAR | ANY, min_size=2, max_size=2), max_size=3)),
    InferenceType.KEYPOINT: (
        "keypoints",
        st.lists(st.lists(st.lists(NEAR | ANY, min_size=3, max_size=3), max_size=3), max_size=3),
    ),
    InferenceType.MASK: ("detection_masks", st.lists(st.text(max_size=8), max_size=3)),
}


@st.composite
def sane_boxes(draw: st.DrawFn) -> list[list[int]]:
    def box() -> list[int]:
        left, top = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
        return [top, left, draw(st.integers(top + 1, HEIGHT)), draw(st.integers(left + 1, WIDTH))]

    return [box() for _ in range(draw(st.integers(0, 5)))]


def champion(kind: InferenceType, shapes: dict[str, Any]) -> sheets.Start:
    return sheets.starts_of(asset_of(kind, shapes, (WIDTH, HEIGHT)), LABELS)["champion"]


def require_kept(start: sheets.Start) -> None:
    """Fail unless the platform takes these shapes as a review."""
    for shape in ReviewBody.model_validate(sheets.body_of(start)).new():
        completed(shape.kind, shape.geometry, size=(WIDTH, HEIGHT))


@given(sane_boxes())
def test_boxes_that_lie_in_the_image_are_offered_as_the_model_said_them(boxes: list[list[int]]) -> None:
    start = champion(InferenceType.OBJECT_DETECTION, boxed(boxes))
    offered = sheets.body_of(start).get("rectangles", [])
    assert start.left_out == 0
    assert [(shape["y"], shape["x"], shape["y"] + shape["h"], shape["x"] + shape["w"]) for shape in offered] == [  # type: ignore[operator]
        tuple(box) for box in boxes
    ]
    assert {shape["label_id"] for shape in offered} <= {str(IDS[0])}


@given(BOXES)
def test_whatever_boxes_a_model_sends_those_offered_lie_in_the_image(boxes: list[list[int]]) -> None:
    start = champion(InferenceType.OBJECT_DETECTION, boxed(boxes))
    for shape in sheets.body_of(start).get("rectangles", []):
        x, y, w, h = (int(str(shape[side])) for side in "xywh")
        assert 0 <= x < x + w <= WIDTH
        assert 0 <= y < y + h <= HEIGHT
    assert start.left_out + len(start.shapes) == len(boxes)
    require_kept(start)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_whatever_a_model_sends_what_is_offered_can_be_saved(kind: InferenceType, data: st.DataObject) -> None:
    name, places = KINDS[kind]
    told = data.draw(places)
    start = champion(kind, {name: told, "detection_classes": [0] * len(told), "detection_scores": [0.5] * len(told)})
    assert start.left_out + len(start.shapes) == len(told)
    require_kept(start)


def test_the_surest_class_is_offered_and_all_scores_are_told() -> None:
    asset = asset_of(
        InferenceType.CLASSIFICATION, {"detection_classes": [0, 1, 2], "detection_scores": [0.2, 0.7, 0.1]}
    )
    sheet = sheets.sheet_of(asset, LABELS, ALONE)
    starts, scores = sheet["starts"], sheet["scores"]
    assert isinstance(starts, dict)
    assert isinstance(scores, dict)
    assert [shape["name"] for shape in starts["champion"]] == ["dog"]
    assert scores["champion"] == {str(IDS[0]): 0.2, str(IDS[1]): 0.7, str(IDS[2]): 0.1}


def test_a_class_without_a_label_must_be_given_one_before_it_is_accepted() -> None:
    start = champion(InferenceType.OBJECT_DETECTION, boxed([[0, 0, 4, 4]], [7]))
    assert [(shape["label"], shape["name"]) for shape in start.shapes] == [("", "7")]
    with pytest.raises(Invalid, match="'7' is none of this deployment"):
        sheets.body_of(start)
