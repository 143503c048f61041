"""What SVG draws for the geometry of one shape: paths in the image's pixels, cut off at its edges."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil
from typing import Final

from reconciler.platform.dashboard import clipping
from reconciler.platform.dashboard.clipping import Point, Size
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.run_lengths import read
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.words import ShapeKind

# Longer outlines are thinned out: nobody sees the difference, and every browser draws it slowly.
MOST_POINTS: Final = 1000
# A mask of more runs is drawn as its box.
MOST_RUNS: Final = 4000
# Hundredths of a pixel are finer than any screen.
_DIGITS = 2
_PLACED = 3


@dataclass(frozen=True)
class Outline:
    """What is drawn of a shape.

    Attributes:
        lines: SVG path data; empty where there is no line to draw.
        dots: SVG path data of lines without length, each of which is a dot where line caps are round.
        anchor: the left top corner of what is drawn; None where nothing is.
    """

    lines: str = ""
    dots: str = ""
    anchor: Point | None = None


def outline(kind: ShapeKind, geometry: Json, size: Size) -> Outline:
    """Return what is drawn of a shape; nothing of one that cannot be read or lies outside an image of that size.

    Args:
        kind: what it is.
        geometry: as reviews keep it: x, y, w, h of a rectangle, `polygon`, `line`, `point`, `keypoints` or `mask`.
        size: width and height of the image, in pixels.
    """
    return _OUTLINES[kind](geometry, size)


def numbers(value: object) -> list[float]:
    """Return a list of numbers; empty for anything else."""
    listed = value if isinstance(value, list | tuple) else []
    found = [number for number in listed if isinstance(number, int | float)]
    return found if len(found) == len(listed) else []


def _nothing(_geometry: Json, _size: Size) -> Outline:
    return Outline()


def _rectangle(geometry: Json, size: Size) -> Outline:
    sides = numbers([geometry.get(side) for side in "xywh"])
    return _box(sides, size) if sides else Outline()


def _box(sides: Sequence[float], size: Size) -> Outline:
    x, y, w, h = sides
    # A box may be told inside out.
    (left, right), (top, bottom) = sorted((x, x + w)), sorted((y, y + h))
    kept = clipping.box(((left, top), (right, bottom)), size)
    if kept is None:
        return Outline()
    (left, top), (right, bottom) = kept
    return _lined([[(left, top), (right, top), (right, bottom), (left, bottom)]], closed=True)


def _polygon(geometry: Json, size: Size) -> Outline:
    kept = clipping.polygon(_thinned(_points(geometry.get("polygon"))), size)
    return _lined([kept] if kept else [], closed=True)


def _line(geometry: Json, size: Size) -> Outline:
    return _lined(clipping.line(_thinned(_points(geometry.get("line"))), size), closed=False)


def _point(geometry: Json, size: Size) -> Outline:
    return _dotted(_points([geometry.get("point")]), size)


def _keypoints(geometry: Json, size: Size) -> Outline:
    listed = geometry.get("keypoints")
    joints = [numbers(joint) for joint in listed] if isinstance(listed, list) else []
    # A joint whose third number is 0 was placed by nobody.
    placed = [(joint[0], joint[1]) for joint in joints if len(joint) == _PLACED and joint[2]]
    return _dotted(placed[:MOST_POINTS], size)


def _mask(geometry: Json, size: Size) -> Outline:
    try:
        counts = read(str(geometry.get("mask", "")))
    except Invalid:
        return Outline()
    if sum(counts) != size[0] * size[1] or not any(counts[1::2]):
        return Outline()
    bars = list(_bars(counts, size[1]))
    corners = [corner for bar in bars for corner in bar]
    if len(bars) > MOST_RUNS:
        left, top = _least(corners)
        right, bottom = max(x for x, _ in corners), max(y for _, y in corners)
        return _box((left, top, right - left, bottom - top), size)
    lines = "".join(f"M{left} {top}V{bottom}H{right}V{top}z" for (left, top), (right, bottom) in bars)
    return Outline(lines, "", _least(corners))


def _bars(counts: Sequence[int], height: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield left top and right bottom of rectangles that make up a mask, whose runs go down the columns."""
    for number, (end, count) in enumerate(zip(accumulate(counts), counts, strict=True)):
        if number % 2 and count:
            yield from _columns(end - count, end, height)


def _columns(begin: int, end: int, height: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    (first, top), (last, bottom) = divmod(begin, height), divmod(end, height)
    if first == last:
        yield (first, top), (first + 1, bottom)
        return
    if top:
        yield (first, top), (first + 1, height)
        first += 1
    if first < last:
        yield (first, 0), (last, height)
    if bottom:
        yield (last, 0), (last + 1, bottom)


def _points(value: object) -> list[Point]:
    found = [numbers(point) for point in value] if isinstance(value, list) else []
    return [(point[0], point[1]) for point in found if len(point) > 1]


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    return points[:: max(ceil(len(points) / MOST_POINTS), 1)]


def _lined(pieces: Iterable[Sequence[Point]], *, closed: bool) -> Outline:
    drawn = [piece for piece in pieces if piece]
    if not drawn:
        return Outline()
    end = "z" if closed else ""
    lines = "".join("M" + "L".join(_told(point) for point in piece) + end for piece in drawn)
    return Outline(lines, "", _least(point for piece in drawn for point in piece))


def _dotted(points: Sequence[Point], size: Size) -> Outline:
    kept = clipping.dots(points, size)
    return Outline("", "".join(f"M{_told(point)}h0" for point in kept), _least(kept)) if kept else Outline()


def _least(points: Iterable[Point]) -> Point:
    listed = list(points)
    return min(x for x, _ in listed), min(y for _, y in listed)


def _told(point: Point) -> str:
    return " ".join(str(round(number, _DIGITS)) if number % 1 else f"{number:.0f}" for number in point)


_OUTLINES: Final[Mapping[ShapeKind, Callable[[Json, Size], Outline]]] = {
    ShapeKind.CLASSIFICATION: _nothing,
    ShapeKind.RECTANGLE: _rectangle,
    ShapeKind.POLYGON: _polygon,
    ShapeKind.LINE: _line,
    ShapeKind.POINT: _point,
    ShapeKind.KEYPOINT: _keypoints,
    ShapeKind.MASK: _mask,
}
