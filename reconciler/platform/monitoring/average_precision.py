"""Average precision, precision and recall of detections, as the COCO challenge defines them.

Average precision is the mean, over 101 equally spaced recalls, of the best precision reached at that recall or beyond;
mAP is its mean over the classes that occur in the truth and over overlaps from 0.50 to 0.95 in steps of 0.05
(https://cocodataset.org/#detection-eval; crowds and area ranges left out: reviews know neither).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from reconciler.platform.monitoring.matching import STRICTNESS, Judged, Verdicts, verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_RECALLS: Final = np.linspace(0.0, 1.0, 101)
_HALF: Final = STRICTNESS.index(0.5)
_THREE_QUARTERS: Final = STRICTNESS.index(0.75)


@dataclass(frozen=True)
class ClassScore:
    """How well one class is found; every figure 0..1, `precision` None where nothing was predicted.

    Attributes:
        label: the class.
        ap_50_95: average precision, mean over the overlaps.
        ap_50: average precision at an overlap of 0.5.
        precision: share of predictions that are right at an overlap of 0.5.
        recall: share of objects that are found at an overlap of 0.5.
        objects: how many there are.
        predictions: how many were predicted.
        right: how many of those are right at an overlap of 0.5.
    """

    label: str
    ap_50_95: float
    ap_50: float
    precision: float | None
    recall: float
    objects: int
    predictions: int
    right: int


@dataclass(frozen=True)
class DetectionScore:
    """How well a model detects; None where reviews hold no object, or nothing was predicted (precision).

    Precision and recall count all classes together, predictions of classes that never occur included.
    """

    ap_50_95: float | None
    ap_50: float | None
    ap_75: float | None
    precision: float | None
    recall: float | None
    objects: int
    predictions: int
    right: int
    classes: list[ClassScore]


def score(images: Sequence[Judged]) -> DetectionScore:
    """Judge a model on images whose truth is known."""
    truth = {each.label for image in images for each in image.truth}
    labels = sorted(truth | {each.label for image in images for each in image.found})
    judged = {label: verdicts(images, label) for label in labels}
    table = {label: _average_precisions(found) for label, found in judged.items() if found.wanted}
    means = np.mean(list(table.values()), axis=0) if table else None
    objects = sum(found.wanted for found in judged.values())
    right = sum(_right(found) for found in judged.values())
    predictions = sum(len(found.scores) for found in judged.values())
    return DetectionScore(
        ap_50_95=None if means is None else float(means.mean()),
        ap_50=None if means is None else float(means[_HALF]),
        ap_75=None if means is None else float(means[_THREE_QUARTERS]),
        precision=right / predictions if predictions else None,
        recall=right / objects if objects else None,
        objects=objects,
        predictions=predictions,
        right=right,
        classes=[_class(label, judged[label], precisions) for label, precisions in table.items()],
    )


def _class(label: str, found: Verdicts, precisions: NDArray[np.float64]) -> ClassScore:
    right, predictions = _right(found), len(found.scores)
    return ClassScore(
        label=label,
        ap_50_95=float(precisions.mean()),
        ap_50=float(precisions[_HALF]),
        precision=right / predictions if predictions else None,
        recall=right / found.wanted,
        objects=found.wanted,
        predictions=predictions,
        right=right,
    )


def _right(found: Verdicts) -> int:
    return int(found.right[_HALF].sum())


def _average_precisions(found: Verdicts) -> NDArray[np.float64]:
    """Return the average precision of a class that occurs, per strictness."""
    order = np.argsort(-found.scores, kind="stable")
    right = np.cumsum(found.right[:, order], axis=1)
    ranks = np.arange(1, right.shape[1] + 1)
    precision = right / ranks
    # The best precision from each rank on.
    envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    return np.array([_area(row, each) for row, each in zip(right / found.wanted, envelope, strict=True)])


def _area(recall: NDArray[np.float64], envelope: NDArray[np.float64]) -> float:
    reached = np.searchsorted(recall, _RECALLS, side="left")
    within = reached[reached < len(recall)]
    return float(envelope[within].sum() / len(_RECALLS))
