"""How much of an image a predicted shape takes up: its bounding box and its area, in pixels."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in pixels: edges from the image's top left corner."""

    top: float
    left: float
    bottom: float
    right: float

    @property
    def area(self) -> float:
        """Pixels covered; a box that is inside out covers none."""
        return max(self.bottom - self.top, 0.0) * max(self.right - self.left, 0.0)


# The lists of a prediction that say where its shapes are; masks may be encoded strings, which say nothing here.
_CURVES = ("detection_masks", "lines", "keypoints")


def box_of(shapes: Mapping[str, object], index: int) -> Box | None:
    """Return the bounding box of one predicted shape, or None where the prediction does not say where it is."""
    if (edges := _numbers(_entry(shapes, "detection_boxes", index))) is not None and len(edges) == len(Box._fields):
        return Box(*edges)
    points = _points(shapes, index)
    return bounding(points) if points else None


def surface_of(shapes: Mapping[str, object], index: int) -> float | None:
    """Return the area of one predicted shape in pixels²: a box's or a polygon's, None for lines and points."""
    if "detection_boxes" in shapes:
        box = box_of(shapes, index)
        return None if box is None else box.area
    polygon = _coordinates(_entry(shapes, "detection_masks", index))
    return polygon_area(polygon) if polygon else None


def bounding(points: Sequence[tuple[float, float]]) -> Box:
    """Return the smallest box around points (x, y)."""
    across, down = [x for x, _ in points], [y for _, y in points]
    return Box(min(down), min(across), max(down), max(across))


def polygon_area(points: Sequence[tuple[float, float]]) -> float:
    """Return the area inside a polygon (x, y), by the shoelace formula."""
    turned = [*points[1:], points[0]]
    return abs(sum(x * below - across * y for (x, y), (across, below) in zip(points, turned, strict=True))) / 2


def _points(shapes: Mapping[str, object], index: int) -> list[tuple[float, float]]:
    if (point := _numbers(_entry(shapes, "points", index))) is not None:
        return [(point[0], point[1])] if len(point) > 1 else []
    return next((found for name in _CURVES if (found := _coordinates(_entry(shapes, name, index)))), [])


def _entry(shapes: Mapping[str, object], name: str, index: int) -> object:
    listed = shapes.get(name)
    return listed[index] if isinstance(listed, list) and index < len(listed) else None


def _coordinates(entry: object) -> list[tuple[float, float]]:
    if not isinstance(entry, list):
        return []
    found = [_numbers(point) for point in entry]
    return [(point[0], point[1]) for point in found if point is not None and len(point) > 1]


def _numbers(entry: object) -> list[float] | None:
    if not isinstance(entry, list) or not all(isinstance(number, (int, float)) for number in entry):
        return None
    return [float(number) for number in entry]
