"""Average precision of detections as the COCO challenge defines it: 101 recall points, mean over the classes present.

Source: https://cocodataset.org/#detection-eval (crowds, area ranges and the limit of detections per image left out:
scenes have none of the first two, and graphs answer fewer boxes than the limit).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.platform.seed.samples import Shape

RECALL_POINTS: Final = 101
# Intersection over union, 0.50 to 0.95 in steps of 0.05.
STRICTNESS: Final = tuple(0.5 + 0.05 * step for step in range(10))

Edges = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Detection:
    """One answer: class name, score 0..1, and edges (top, left, bottom, right) in pixels."""

    label: str
    score: float
    edges: Edges


@dataclass(frozen=True, slots=True)
class Judged:
    """One image: what is there, and what a model said."""

    truth: Sequence[Shape]
    answers: Sequence[Detection]


def mean_average_precision(images: Sequence[Judged], overlap: float) -> float:
    """Return the mean over all classes that occur in the truth; 0..1, or 0 where nothing is there to find."""
    labels = sorted({shape.label for image in images for shape in image.truth})
    scores = [_average_precision(images, label, overlap) for label in labels]
    return sum(scores) / len(scores) if scores else 0.0


def intersection_over_union(one: Edges, other: Edges) -> float:
    """Return the shared area over the joint area, 0..1."""
    height = min(one[2], other[2]) - max(one[0], other[0])
    width = min(one[3], other[3]) - max(one[1], other[1])
    if height <= 0 or width <= 0:
        return 0.0
    shared = height * width
    return shared / (_area(one) + _area(other) - shared)


def _area(edges: Edges) -> float:
    return (edges[2] - edges[0]) * (edges[3] - edges[1])


def _average_precision(images: Sequence[Judged], label: str, overlap: float) -> float:
    """Walk the answers of one class from the surest down, and sum precision over recall."""
    wanted = sum(shape.label == label for image in images for shape in image.truth)
    verdicts = sorted(_verdicts(images, label, overlap), key=lambda verdict: -verdict[0])
    best_at: dict[int, float] = defaultdict(float)
    right = 0
    for rank, (_, hit) in enumerate(verdicts, start=1):
        right += hit
        best_at[right] = max(best_at[right], right / rank)
    return _area_under(best_at, wanted)


def _area_under(best_at: dict[int, float], wanted: int) -> float:
    """Average, over equally spaced recalls, the best precision reached at that recall or beyond."""
    points = [step / (RECALL_POINTS - 1) for step in range(RECALL_POINTS)]
    reached = [
        max((precision for right, precision in best_at.items() if right / wanted >= point), default=0.0)
        for point in points
    ]
    return sum(reached) / RECALL_POINTS


def _verdicts(images: Iterable[Judged], label: str, overlap: float) -> Iterable[tuple[float, bool]]:
    """Yield (score, right) of every answer of a class; each true object excuses one answer only."""
    for image in images:
        free = [_edges(shape) for shape in image.truth if shape.label == label]
        answers = [answer for answer in image.answers if answer.label == label]
        for answer in sorted(answers, key=lambda each: -each.score):
            best = max(free, key=lambda edges: intersection_over_union(answer.edges, edges), default=None)
            hit = best is not None and intersection_over_union(answer.edges, best) >= overlap
            if hit and best is not None:
                free.remove(best)
            yield answer.score, hit


def _edges(shape: Shape) -> Edges:
    if shape.box is None:
        raise ValueError(f"only boxed objects can be matched, not {shape}")
    return shape.box.top, shape.box.left, shape.box.bottom, shape.box.right
