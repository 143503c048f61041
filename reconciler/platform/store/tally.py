"""What one prediction adds to the counters of its hour: fixed histograms, a heat map, and counts per class.

A prediction's contribution is a multiset of *slots*, indices into one long row of counters. Adding is counting up,
taking back is counting down, so sums are exact in any order and after any deletion. Layout of the row:

    width, height, image area, image ratio | latency | object area | score | heat map, row by row

Image counters are counted up by champions only, since every image has exactly one champion prediction.
"""

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from reconciler.platform.store.extents import Box, box_of, surface_of
from reconciler.platform.store.words import InferenceType, ModelRole

NANOSECONDS = 1_000_000_000
# A told latency of more than a day is taken as one day, so that no client can make a sum overflow.
LONGEST = 86_400.0


@dataclass(frozen=True)
class Axis:
    """A histogram: bin `i` holds values from edge `i - 1` up to, not including, edge `i`; the outer bins are open."""

    name: str
    edges: tuple[float, ...]

    @property
    def bins(self) -> int:
        """How many counters it has."""
        return len(self.edges) + 1

    def bin_of(self, value: float) -> int:
        """Return which bin a value falls into."""
        return bisect_right(self.edges, value)


def _powers(base: float, first: int, last: int, parts: int) -> tuple[float, ...]:
    return tuple(base ** (step / parts) for step in range(first * parts, last * parts + 1))


# Two bins to a doubling: pixels, and pixels squared.
WIDTH = Axis("width", _powers(2, 0, 16, 2))
HEIGHT = Axis("height", _powers(2, 0, 16, 2))
AREA = Axis("area", _powers(2, 0, 32, 2))
OBJECT_AREA = Axis("object_area", _powers(2, 0, 28, 2))
# Width over height: very tall, tall, square, wide, very wide, extremely wide.
RATIO = Axis("ratio", (0.5, 0.8, 1.25, 2.0, 4.0))
# Sixteen bins to a factor of ten, from 0.1 ms to 1,000 s: a quantile read from it is at most 16 % off.
LATENCY = Axis("latency", _powers(10, -4, 3, 16))
SCORE = Axis("score", tuple(step / 20 for step in range(1, 20)))
# The heat map's cells to a side.
CELLS = 16

AXES = (WIDTH, HEIGHT, AREA, RATIO, LATENCY, OBJECT_AREA, SCORE)
_BEGIN = dict(zip(AXES, accumulate((axis.bins for axis in AXES), initial=0), strict=False))
_HEAT = sum(axis.bins for axis in AXES)
SLOTS = _HEAT + CELLS * CELLS


@dataclass(frozen=True)
class Contribution:
    """What one prediction adds: how many shapes it has, its slots (packed), how often each class occurs."""

    objects: int
    slots: bytes
    labels: dict[str, object]


@dataclass(frozen=True)
class Answer:
    """One prediction as far as counting goes: sizes in pixels, latency in seconds."""

    kind: InferenceType
    role: ModelRole
    width: int
    height: int
    latency: float
    shapes: Mapping[str, object]


def contribution(answer: Answer) -> Contribution:
    """Return what a prediction adds to its hour."""
    found = objects_of(answer)
    slots = array("H", _slots(answer, found))
    return Contribution(len(found), slots.tobytes(), dict(Counter(str(shape.label) for shape in found)))


@dataclass(frozen=True)
class Object:
    """One predicted shape: class index, score if told, bounding box and area in pixels where it has them."""

    label: int
    score: float | None
    box: Box | None
    area: float | None


def objects_of(answer: Answer) -> list[Object]:
    """Return the shapes of a prediction; a classification is one shape, its best-scored class."""
    labels = _list(answer.shapes, "detection_classes")
    scores = _list(answer.shapes, "detection_scores")
    if answer.kind is InferenceType.CLASSIFICATION:
        best = max(range(len(labels)), key=lambda i: _score(scores, i) or 0.0, default=None)
        return [] if best is None else [Object(_int(labels[best]), _score(scores, best), None, None)]
    return [
        Object(_int(label), _score(scores, i), box_of(answer.shapes, i), surface_of(answer.shapes, i))
        for i, label in enumerate(labels)
    ]


def nanoseconds(latency: float) -> int:
    """Return a latency in whole nanoseconds."""
    return round(min(max(latency, 0.0), LONGEST) * NANOSECONDS)


def add(counters: bytes, slots: bytes, *, times: int = 1) -> bytes:
    """Return packed counters with the slots of one contribution counted up, or down for -1 times."""
    row = unpack(counters)
    for slot in array("H", slots):
        row[slot] += times
    return row.tobytes()


def empty() -> bytes:
    """Return packed counters that have counted nothing."""
    return array("I", bytes(4 * SLOTS)).tobytes()


def unpack(counters: bytes) -> "array[int]":
    """Return packed counters as numbers."""
    return array("I", counters)


def begin_of(axis: Axis) -> int:
    """Return which slot is an axis's first."""
    return _BEGIN[axis]


def heat_begin() -> int:
    """Return which slot is the heat map's first."""
    return _HEAT


def _slots(answer: Answer, found: Sequence[Object]) -> Iterator[int]:
    if answer.role is ModelRole.CHAMPION:
        yield from _image_slots(answer.width, answer.height)
    yield _BEGIN[LATENCY] + LATENCY.bin_of(answer.latency)
    for shape in found:
        if shape.score is not None:
            yield _BEGIN[SCORE] + SCORE.bin_of(shape.score)
        if shape.area is not None:
            yield _BEGIN[OBJECT_AREA] + OBJECT_AREA.bin_of(shape.area)
        if shape.box is not None:
            yield from (_HEAT + cell for cell in _cells(shape.box, answer.width, answer.height))


def _image_slots(width: int, height: int) -> Iterator[int]:
    yield _BEGIN[WIDTH] + WIDTH.bin_of(width)
    yield _BEGIN[HEIGHT] + HEIGHT.bin_of(height)
    yield _BEGIN[AREA] + AREA.bin_of(width * height)
    if height > 0:
        yield _BEGIN[RATIO] + RATIO.bin_of(width / height)


def _cells(box: Box, width: int, height: int) -> Iterable[int]:
    """Yield the cells that a box covers at least partly; what lies outside the image counts at its border."""
    rows = _span(box.top, box.bottom, height)
    columns = _span(box.left, box.right, width)
    return (row * CELLS + column for row in rows for column in columns)


def _span(begin: float, end: float, extent: int) -> range:
    size = max(extent, 1) / CELLS
    first = min(max(int(begin // size), 0), CELLS - 1)
    # A box ends before its last edge: one that ends on a cell's border does not reach into the next cell.
    last = min(max(int(-(-end // size)) - 1, first), CELLS - 1)
    return range(first, last + 1)


def _list(shapes: Mapping[str, object], name: str) -> list[object]:
    found = shapes.get(name)
    return found if isinstance(found, list) else []


def _score(scores: Sequence[object], index: int) -> float | None:
    score = scores[index] if index < len(scores) else None
    return float(score) if isinstance(score, (int, float)) else None


def _int(label: object) -> int:
    return label if isinstance(label, int) else -1
