"""Annotations as files: what each format holds of each shape, and what it cannot; masks as COCO measures them."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest
from faster_coco_eval.core import mask as coco
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.store.annotation_files import Collection, Drawn, Picture, Skeleton, written
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.run_lengths import measured, read
from reconciler.platform.store.words import AnnotationFile, ShapeKind
from tests.platform.data_in.scene import HEIGHT, SHAPES, WIDTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

COCO, VOC, YOLO = AnnotationFile.COCO, AnnotationFile.PASCAL_VOC, AnnotationFile.YOLO
MASK = {**SHAPES["masks"], "area": float(HEIGHT), "bbox": [0, 0, 1, HEIGHT]}


def drawn(kind: ShapeKind, label: str = "cat") -> Drawn:
    return Drawn(kind, label, MASK if kind is ShapeKind.MASK else SHAPES[kind], "A1", {"seen": True})


def collection(*shapes: Drawn, name: str = "a.png", width: int | None = WIDTH) -> Collection:
    skeletons = {"cat": Skeleton(["head", "hand", "foot"], [[1, 2]])}
    return Collection([Picture(name, width, HEIGHT, shapes, {"line": 3})], ["cat", "dog"], skeletons)


def pages(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


EXPECTED: dict[ShapeKind, dict[str, object]] = {
    ShapeKind.CLASSIFICATION: {"bbox": [], "area": 0.0, "segmentation": []},
    ShapeKind.RECTANGLE: {"bbox": [10, 20, 30, 40], "area": 1200, "segmentation": []},
    ShapeKind.POLYGON: {"bbox": [0, 0, 10, 10], "area": 50, "segmentation": [[0, 0, 10, 0, 10, 10]]},
    ShapeKind.MASK: {
        "bbox": [0, 0, 1, HEIGHT],
        "area": HEIGHT,
        "segmentation": {"size": [HEIGHT, WIDTH], "counts": MASK["mask"]},
    },
    ShapeKind.KEYPOINT: {"bbox": [1, 2, 2, 2], "keypoints": [1, 2, 2, 3, 4, 1, 0, 0, 0], "num_keypoints": 2},
}


@pytest.mark.parametrize("kind", list(EXPECTED))
def test_coco_holds_a_shape_with_box_area_and_outline(kind: ShapeKind) -> None:
    document = json.loads(written(COCO, collection(drawn(kind, "cat"), drawn(kind, "dog"))))
    assert [category["name"] for category in document["categories"]] == ["cat", "dog"]
    assert document["categories"][0]["skeleton"] == [[1, 2]]
    image = document["images"][0]
    assert (image["file_name"], image["width"], image["height"]) == ("a.png", WIDTH, HEIGHT)
    assert image["attributes"] == {"line": 3}
    one, other = document["annotations"]
    assert (one["id"], other["id"], one["image_id"], other["category_id"]) == (1, 2, image["id"], 1)
    assert (one["utf8_string"], one["attributes"], one["iscrowd"]) == ("A1", {"seen": True}, 0)
    assert {key: one[key] for key in EXPECTED[kind]} == EXPECTED[kind]


def test_pascal_voc_holds_names_boxes_and_polygons() -> None:
    shapes = [drawn(ShapeKind.RECTANGLE), drawn(ShapeKind.POLYGON, "dog"), drawn(ShapeKind.CLASSIFICATION)]
    found = pages(written(VOC, collection(*shapes, name="deep/er/a.b.png")))
    assert list(found) == ["a.b.xml"]
    page = fromstring(found["a.b.xml"])  # noqa: S314  (of our own making)
    assert page.findtext("filename") == "deep/er/a.b.png"
    assert (page.findtext("size/width"), page.findtext("size/height")) == (str(WIDTH), str(HEIGHT))
    assert [node.findtext("name") for node in page.iter("object")] == ["cat", "dog", "cat"]
    boxes = [{edge.tag: edge.text for edge in box} for box in page.iter("bndbox")]
    assert boxes[0] == {"xmin": "10", "ymin": "20", "xmax": "40", "ymax": "60"}
    assert len(boxes) == 2
    polygon = next(page.iter("polygon"))
    assert [node.text for node in polygon] == ["0", "0", "10", "0", "10", "10"]


def test_yolo_holds_numbers_relative_to_the_image() -> None:
    shapes = [drawn(ShapeKind.RECTANGLE), drawn(ShapeKind.POLYGON, "dog"), drawn(ShapeKind.KEYPOINT)]
    found = pages(written(YOLO, collection(*shapes)))
    assert found["data.yaml"] == 'names:\n  0: "cat"\n  1: "dog"\n'
    lines = [[float(word) for word in line.split()] for line in found["labels/a.txt"].splitlines()]
    assert lines[0] == [0, 0.25, 0.5, 0.3, 0.5]
    assert lines[1] == [1, 0, 0, 0.1, 0, 0.1, 0.125]
    assert lines[2] == [0, 0.02, 0.0375, 0.02, 0.025, 0.01, 0.025, 2, 0.03, 0.05, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (COCO, ShapeKind.LINE),
        (COCO, ShapeKind.POINT),
        (VOC, ShapeKind.MASK),
        (VOC, ShapeKind.KEYPOINT),
        (YOLO, ShapeKind.CLASSIFICATION),
        (YOLO, ShapeKind.POINT),
        (YOLO, ShapeKind.MASK),
    ],
)
def test_a_format_refuses_shapes_that_it_has_no_form_for(form: AnnotationFile, kind: ShapeKind) -> None:
    with pytest.raises(Invalid, match=kind):
        written(form, collection(drawn(kind)))


def test_yolo_needs_sizes_and_archives_need_names_of_their_own() -> None:
    with pytest.raises(Invalid, match="size"):
        written(YOLO, collection(drawn(ShapeKind.RECTANGLE), width=None))
    one = collection(drawn(ShapeKind.RECTANGLE)).pictures[0]
    with pytest.raises(Invalid, match="ASSET_ID"):
        written(VOC, Collection([one, one], ["cat"], {}))


@pytest.mark.parametrize("form", list(AnnotationFile))
def test_the_same_annotations_are_the_same_bytes(form: AnnotationFile) -> None:
    assert written(form, collection(drawn(ShapeKind.RECTANGLE))) == written(
        form, collection(drawn(ShapeKind.RECTANGLE))
    )


bitmaps = st.tuples(st.integers(1, 24), st.integers(1, 24)).flatmap(
    lambda size: st.lists(st.booleans(), min_size=size[0] * size[1], max_size=size[0] * size[1]).map(
        lambda bits: np.asfortranarray(np.array(bits, dtype=np.uint8).reshape(size))
    )
)


@given(bitmap=bitmaps)
def test_masks_are_measured_as_coco_measures_them(bitmap: NDArray[np.uint8]) -> None:
    encoded = coco.encode(bitmap)
    counts = encoded["counts"]
    text = counts.decode() if isinstance(counts, bytes) else str(counts)
    height, width = bitmap.shape
    if not bitmap.any():
        with pytest.raises(Invalid):
            measured(text, (width, height))
        return
    surface, box = measured(text, (width, height))
    assert surface == bitmap.sum()
    assert list(box) == [int(edge) for edge in coco.toBbox(encoded)]


@given(text=st.text(st.characters(min_codepoint=40, max_codepoint=120), max_size=60))
def test_any_text_is_a_mask_or_is_refused(text: str) -> None:
    with suppress(Invalid):
        assert all(count >= 0 for count in read(text))
