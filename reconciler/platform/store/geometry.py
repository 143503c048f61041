"""What makes a shape sane: its numbers, the image it lies on, and what is computed of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.run_lengths import measured
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.words import ShapeKind

Size = tuple[int, int]
Position = Sequence[float]
Extent = tuple[float, float, float, float]

# Fewest points that make one.
_FEWEST: Final = {ShapeKind.POLYGON: 3, ShapeKind.LINE: 2, ShapeKind.KEYPOINT: 1}
_KEYS: Final = {ShapeKind.POLYGON: "polygon", ShapeKind.LINE: "line", ShapeKind.KEYPOINT: "keypoints"}


@dataclass(frozen=True)
class NewShape:
    """A shape to draw; `geometry` as the table of shapes keeps it, a mask without what is computed of it."""

    kind: ShapeKind
    label_id: UUID
    geometry: Json
    text: str | None = None
    attributes: Json | None = None


def completed(kind: ShapeKind, geometry: Json, *, size: Size | None, joints: int | None = None) -> Json:
    """Return a sane shape's geometry with what is computed of it.

    Args:
        kind: what the shape is.
        geometry: what it is made of.
        size: width and height of its image in pixels, as far as known.
        joints: how many points its label's skeleton has, where it has one.

    Raises:
        Invalid: when the shape has too few points, another number of joints than its skeleton, or lies wholly
            outside its image; for a mask also when its run lengths do not fill the image.
    """
    if kind is ShapeKind.MASK:
        return _masked(geometry, size)
    extent = _EXTENTS[kind](kind, geometry)
    if extent is not None and size is not None:
        _require_inside(kind, extent, size)
    if kind is ShapeKind.KEYPOINT and joints not in {None, len(_points(kind, geometry))}:
        raise Invalid(f"The label's skeleton has {joints} joints: give as many keypoints.")
    return geometry


def bounding_box(kind: ShapeKind, geometry: Json) -> Extent | None:
    """Return left, top, width and height in pixels of a complete shape, or None for a classification."""
    if kind is ShapeKind.MASK:
        left, top, width, height = _numbers(geometry["bbox"])
        return left, top, width, height
    extent = _EXTENTS[kind](kind, geometry)
    return None if extent is None else (extent[0], extent[1], extent[2] - extent[0], extent[3] - extent[1])


def area(kind: ShapeKind, geometry: Json) -> float:
    """Return the area in square pixels of a complete shape; 0 for what has none."""
    if kind is ShapeKind.MASK:
        return _numbers([geometry["area"]])[0]
    if kind is ShapeKind.POLYGON:
        return _shoelace(_points(kind, geometry))
    box = bounding_box(kind, geometry) if kind is ShapeKind.RECTANGLE else None
    return 0.0 if box is None else box[2] * box[3]


def _masked(geometry: Json, size: Size | None) -> Json:
    if size is None:
        raise Invalid("A mask needs an image whose size is known.")
    surface, box = measured(str(geometry["mask"]), size)
    return {"mask": geometry["mask"], "area": float(surface), "bbox": list(box)}


def _require_inside(kind: ShapeKind, extent: Extent, size: Size) -> None:
    left, top, right, bottom = extent
    if right < 0 or bottom < 0 or left > size[0] or top > size[1]:
        raise Invalid(f"One of the {kind} lies outside its image of {size[0]} by {size[1]} pixels.")


def _nowhere(_kind: ShapeKind, _geometry: Json) -> None:
    return None


def _rectangle(_kind: ShapeKind, geometry: Json) -> Extent:
    x, y, w, h = _numbers([geometry["x"], geometry["y"], geometry["w"], geometry["h"]])
    if w < 1 or h < 1:
        raise Invalid("A rectangle is at least one pixel wide and high.")
    return x, y, x + w, y + h


def _point(_kind: ShapeKind, geometry: Json) -> Extent:
    x, y = _numbers(geometry["point"])
    return x, y, x, y


def _outline(kind: ShapeKind, geometry: Json) -> Extent:
    points = _points(kind, geometry)
    if len(points) < _FEWEST[kind]:
        raise Invalid(f"Each of the {kind} needs {_FEWEST[kind]} points or more.")
    # A keypoint's third number says whether it was seen; 0 is a joint that nobody placed.
    placed = [point for point in points if len(point) == 2 or point[2]] or points
    across, down = [point[0] for point in placed], [point[1] for point in placed]
    return min(across), min(down), max(across), max(down)


_EXTENTS: Final[dict[ShapeKind, Callable[[ShapeKind, Json], Extent | None]]] = {
    ShapeKind.CLASSIFICATION: _nowhere,
    ShapeKind.RECTANGLE: _rectangle,
    ShapeKind.POLYGON: _outline,
    ShapeKind.LINE: _outline,
    ShapeKind.KEYPOINT: _outline,
    ShapeKind.POINT: _point,
}


def _points(kind: ShapeKind, geometry: Json) -> list[tuple[float, ...]]:
    listed = geometry[_KEYS[kind]]
    return [_numbers(point) for point in listed] if isinstance(listed, list) else []


def _numbers(values: object) -> tuple[float, ...]:
    if not isinstance(values, list | tuple):
        raise Invalid("A position is a list of numbers.")
    return tuple(float(value) if not isinstance(value, int) else value for value in values)


def _shoelace(points: Sequence[Position]) -> float:
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(one[0] * other[1] - other[0] * one[1] for one, other in pairs)) / 2
