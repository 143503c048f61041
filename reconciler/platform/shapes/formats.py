"""The seven prediction formats (wire protocol 3.2): what each holds, and the one form in which all are kept."""

from typing import Annotated

from pydantic import Field

from reconciler.platform.shapes.base import Request, Text
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.words import InferenceType

MOST_SHAPES = 10_000
MOST_POINTS = 100_000

CLASSES, SCORES, TEXTS = "detection_classes", "detection_scores", "detection_texts"
BOXES, MASKS = "detection_boxes", "detection_masks"
LINES, POINTS, KEYPOINTS = "lines", "points", "keypoints"

_FLAT = "a flat run of coordinates has an odd length"

Whole = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
Score = Annotated[float, Field(allow_inf_nan=False)]
Numbers = Annotated[list[Whole], Field(max_length=MOST_POINTS)]
Box = Annotated[list[Whole], Field(min_length=4, max_length=4, description="Top, left, bottom, right, in pixels.")]
Point = Annotated[list[Whole], Field(min_length=2, max_length=2, description="x and y, in pixels.")]
Joint = Annotated[list[Whole], Field(min_length=3, max_length=3, description="x and y in pixels, and visibility.")]
Path = Annotated[list[Point], Field(max_length=MOST_POINTS)]
Joints = Annotated[list[Joint], Field(max_length=MOST_POINTS)]
Encoded = Annotated[str, Field(max_length=10_000_000, pattern=r"^[^\x00]*$")]

# What a prediction of each type must hold, one entry for each shape, beside classes and scores.
GEOMETRY: dict[InferenceType, str | None] = {
    InferenceType.CLASSIFICATION: None,
    InferenceType.OBJECT_DETECTION: BOXES,
    InferenceType.SEGMENTATION: MASKS,
    InferenceType.MASK: MASKS,
    InferenceType.LINE: LINES,
    InferenceType.POINT: POINTS,
    InferenceType.KEYPOINT: KEYPOINTS,
}


class RawPredictions(Request):
    """What a model answered for one image: lists that belong together, entry by entry; all empty for no shape."""

    detection_classes: list[Whole] = Field(max_length=MOST_SHAPES)
    detection_scores: list[Score] = Field(max_length=MOST_SHAPES)
    detection_texts: list[Text] | None = Field(default=None, max_length=MOST_SHAPES)
    detection_boxes: list[Box] | None = Field(default=None, max_length=MOST_SHAPES)
    detection_masks: list[Path] | list[Numbers] | list[Encoded] | None = Field(
        default=None,
        max_length=MOST_SHAPES,
        description="Polygons as pairs or flat runs (SEGMENTATION), or encoded masks (MASK).",
    )
    lines: list[Path] | None = Field(default=None, max_length=MOST_SHAPES)
    points: list[Point] | None = Field(default=None, max_length=MOST_SHAPES)
    keypoints: list[Joints] | None = Field(default=None, max_length=MOST_SHAPES)


def checked(kind: InferenceType, raw: RawPredictions) -> Json:
    """Return a prediction for a deployment of type `kind` as it is kept: only what that type has, polygons as pairs.

    Raises:
        Invalid: when the type takes no predictions, a list of the type is missing, or lists differ in length.
    """
    if kind not in GEOMETRY:
        raise Invalid(f"A deployment of type {kind} takes no predictions.")
    held: Json = {CLASSES: raw.detection_classes, SCORES: raw.detection_scores}
    geometry = GEOMETRY[kind]
    if geometry is not None:
        held[geometry] = _geometry(kind, geometry, getattr(raw, geometry))
    if raw.detection_texts:
        held[TEXTS] = raw.detection_texts
    _require_equal_lengths(held)
    return held


def count(shapes: Json) -> int:
    """Return how many shapes a kept prediction has."""
    return len(entries(shapes, CLASSES))


def entries(shapes: Json, name: str) -> list[object]:
    """Return one list of a kept prediction; empty where its type has none of that name."""
    found = shapes.get(name)
    return found if isinstance(found, list) else []


def selected(shapes: Json, places: list[int]) -> Json:
    """Return a prediction with only the shapes at these places, in this order."""
    return {name: [entries(shapes, name)[place] for place in places] for name in shapes}


def _geometry(kind: InferenceType, name: str, value: list[object] | None) -> list[object]:
    if value is None:
        raise Invalid(f"A prediction for a deployment of type {kind} needs '{name}'.")
    if kind is InferenceType.SEGMENTATION:
        return [_pairs(polygon) for polygon in value]
    if kind is InferenceType.MASK and not all(isinstance(mask, str) for mask in value):
        raise Invalid("The masks of a deployment of type MASK are encoded texts.")
    return value


def _pairs(polygon: object) -> list[object]:
    if not isinstance(polygon, list):
        raise Invalid("The masks of a deployment of type SEGMENTATION are polygons.")
    if not polygon or isinstance(polygon[0], list):
        return polygon
    if len(polygon) % 2:
        raise Invalid(f"The prediction holds a polygon that cannot be read: {_FLAT}.")
    return [list(pair) for pair in zip(polygon[::2], polygon[1::2], strict=True)]


def _require_equal_lengths(held: Json) -> None:
    lengths = {name: len(entries(held, name)) for name in held}
    if len(set(lengths.values())) > 1:
        told = [f"{name}: {length}" for name, length in lengths.items()]
        raise Invalid("The lists of the prediction are incoherent: their lengths differ.", told)
