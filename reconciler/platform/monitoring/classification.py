"""How well a classifier does on reviewed images: confusion, accuracy, and precision and recall per class."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class ClassScore:
    """How well one class is told: `precision` is None where it was never predicted, `recall` where it never occurs."""

    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    reviewed: int
    predicted: int
    right: int


@dataclass(frozen=True)
class ClassificationScore:
    """How well a model classifies, over `count` reviewed images.

    `confusion[i][j]` counts images reviewed as class `i` and predicted as class `j`, both indices into `labels`. An
    image for which nothing was predicted is counted under the last column, `unpredicted`.
    """

    count: int
    right: int
    accuracy: float | None
    labels: list[str]
    confusion: list[list[int]]
    unpredicted: list[int]
    classes: list[ClassScore]


def score(pairs: Iterable[tuple[str, str | None]]) -> ClassificationScore:
    """Judge a model on (reviewed, predicted) classes; None where it predicted nothing."""
    table = Counter(pairs)
    labels = sorted({label for pair in table for label in pair if label is not None})
    right = sum(table[label, label] for label in labels)
    return ClassificationScore(
        count=table.total(),
        right=right,
        accuracy=right / table.total() if table else None,
        labels=labels,
        confusion=[[table[true, said] for said in labels] for true in labels],
        unpredicted=[table[true, None] for true in labels],
        classes=[_class(table, label) for label in labels],
    )


def _class(table: Counter[tuple[str, str | None]], label: str) -> ClassScore:
    right = table[label, label]
    reviewed = sum(count for (true, _), count in table.items() if true == label)
    predicted = sum(count for (_, said), count in table.items() if said == label)
    precision = right / predicted if predicted else None
    recall = right / reviewed if reviewed else None
    f1 = 2 * right / (reviewed + predicted) if reviewed + predicted else None
    return ClassScore(label, precision, recall, f1, reviewed=reviewed, predicted=predicted, right=right)
