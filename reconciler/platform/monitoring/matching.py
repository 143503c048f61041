"""Matching predicted boxes to true ones, as the COCO challenge does it.

Within one image and class, predictions are taken from the surest down; each takes the free true box it overlaps most,
if the overlap reaches what is asked; each true box can be taken once. Of equal scores the one told first comes first;
of equally overlapped boxes the one told last is taken. Only the hundred surest predictions of a class in an image are
looked at (https://cocodataset.org/#detection-eval; both tie rules are those of its evaluator).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from reconciler.platform.store.extents import Box

    Boxes = Sequence[Box] | NDArray[np.floating]

MOST: Final = 100
# Intersections over union; the evaluator's own rounding allows this little less.
STRICTNESS: Final = tuple(np.linspace(0.5, 0.95, 10).tolist())
_SLACK: Final = 1e-10


@dataclass(frozen=True, slots=True)
class TrueBox:
    """One object that is there: its class and where it is."""

    label: str
    box: Box


@dataclass(frozen=True, slots=True)
class FoundBox:
    """One object that a model found: class, score, and where."""

    label: str
    score: float
    box: Box


@dataclass(frozen=True, slots=True)
class Judged:
    """One image: what is there, and what a model found."""

    truth: Sequence[TrueBox]
    found: Sequence[FoundBox]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What became of one class's predictions: scores, and per strictness whether each was right; how many there were.

    Predictions are in the order of their images and, within one, from the surest down.
    """

    scores: NDArray[np.float64]
    right: NDArray[np.bool_]
    wanted: int


def verdicts(images: Iterable[Judged], label: str, strictness: Sequence[float] = STRICTNESS) -> Verdicts:
    """Judge all predictions of one class."""
    scores: list[float] = []
    right: list[NDArray[np.bool_]] = []
    wanted = 0
    for image in images:
        truth = [each.box for each in image.truth if each.label == label]
        found = sorted((each for each in image.found if each.label == label), key=lambda each: -each.score)[:MOST]
        wanted += len(truth)
        if found:
            scores += [each.score for each in found]
            right.append(_match(truth, [each.box for each in found], strictness))
    nothing = np.zeros((len(strictness), 0), dtype=np.bool_)
    return Verdicts(np.array(scores, dtype=np.float64), np.concatenate([nothing, *right], axis=1), wanted)


def overlaps(found: Boxes, truth: Boxes) -> NDArray[np.float64]:
    """Return the intersection over union of each pair, 0..1: found x truth."""
    one, other = np.array(found, dtype=np.float64)[:, None], np.array(truth, dtype=np.float64)[None]
    sides = np.minimum(one[..., 2:], other[..., 2:]) - np.maximum(one[..., :2], other[..., :2])
    shared = np.maximum(sides, 0.0).prod(axis=-1)
    joint = _areas(one) + _areas(other) - shared
    return np.asarray(np.divide(shared, joint, out=np.zeros_like(shared), where=joint > 0))


def _areas(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((edges[..., 2:] - edges[..., :2]).prod(axis=-1))


def _match(truth: Sequence[Box], found: Sequence[Box], strictness: Sequence[float]) -> NDArray[np.bool_]:
    """Return, per strictness and prediction, whether it took a true box."""
    right = np.zeros((len(strictness), len(found)), dtype=np.bool_)
    if not truth:
        return right
    overlap = overlaps(found, truth)
    for row, asked in enumerate(strictness):
        free = np.ones(len(truth), dtype=np.bool_)
        for index, pairs in enumerate(overlap):
            best = _best(pairs, free, min(asked, 1 - _SLACK))
            if best is not None:
                free[best], right[row, index] = False, True
    return right


def _best(pairs: NDArray[np.float64], free: NDArray[np.bool_], asked: float) -> int | None:
    open_pairs = np.where(free, pairs, -1.0)
    # The last of equals: reversed, argmax finds it first.
    best = len(pairs) - 1 - int(open_pairs[::-1].argmax())
    return best if open_pairs[best] >= asked else None
