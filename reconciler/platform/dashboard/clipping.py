"""Cutting shapes off at the edges of their image: what models predict may lie beyond them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
Size = tuple[int, int]


@dataclass(frozen=True)
class _Edge:
    """One edge of an image; a point is inside where `side` times its distance past `limit` is not negative."""

    axis: int
    limit: float
    side: int

    def holds(self, point: Point) -> bool:
        return self.side * (point[self.axis] - self.limit) >= 0

    def crossing(self, one: Point, other: Point) -> Point:
        """Return where a way from one side to the other meets the edge; never beyond either end, whatever rounds."""
        across = 1 - self.axis
        share = (self.limit - one[self.axis]) / (other[self.axis] - one[self.axis])
        low, high = sorted((one[across], other[across]))
        met = min(max(one[across] + share * (other[across] - one[across]), low), high)
        return (self.limit, met) if self.axis == 0 else (met, self.limit)


def box(corners: tuple[Point, Point], size: Size) -> tuple[Point, Point] | None:
    """Return the left top and right bottom corners of what is inside an image; None where nothing is."""
    (left, top), (right, bottom) = corners
    if left > size[0] or top > size[1] or right < 0 or bottom < 0:
        return None
    return (max(left, 0), max(top, 0)), (min(right, size[0]), min(bottom, size[1]))


def polygon(points: Sequence[Point], size: Size) -> list[Point]:
    """Return what is inside an image (Sutherland and Hodgman's method); empty where nothing is."""
    kept = list(points)
    for edge in _edges(size):
        kept = list(_cut(kept, edge))
    return kept


def line(points: Sequence[Point], size: Size) -> list[list[Point]]:
    """Return the pieces of a line that are inside an image."""
    pieces: list[list[Point]] = []
    for one, other in pairwise(points):
        found = _segment(one, other, size)
        if found is None:
            continue
        if pieces and pieces[-1][-1] == found[0]:
            pieces[-1].append(found[1])
        else:
            pieces.append(list(found))
    return pieces


def dots(points: Sequence[Point], size: Size) -> list[Point]:
    """Return the points that are inside an image."""
    return [point for point in points if all(edge.holds(point) for edge in _edges(size))]


def _edges(size: Size) -> tuple[_Edge, ...]:
    width, height = size
    return _Edge(0, 0, 1), _Edge(0, width, -1), _Edge(1, 0, 1), _Edge(1, height, -1)


def _cut(points: Sequence[Point], edge: _Edge) -> Iterator[Point]:
    for one, other in zip([*points[-1:], *points[:-1]], points, strict=True):
        if edge.holds(one) is not edge.holds(other):
            yield edge.crossing(one, other)
        if edge.holds(other):
            yield other


def _segment(one: Point, other: Point, size: Size) -> tuple[Point, Point] | None:
    for edge in _edges(size):
        if not edge.holds(one) and not edge.holds(other):
            return None
        if not edge.holds(one):
            one = edge.crossing(one, other)
        elif not edge.holds(other):
            other = edge.crossing(one, other)
    return one, other
