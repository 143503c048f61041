"""How good the models are, over what people reviewed: detection by overlap, classification by class."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from reconciler.platform.dashboard.charts.bar_lists import BarList, bar_list
from reconciler.platform.dashboard.charts.grids import Matrix, matrix
from reconciler.platform.dashboard.charts.values import Cell, Key
from reconciler.platform.dashboard.pages.dashboard.activity import SERIES
from reconciler.platform.dashboard.pages.dashboard.view import Known, View
from reconciler.platform.dashboard.words import NOTHING
from reconciler.platform.shapes.statistics import (
    ClassFigures,
    ClassificationFigures,
    DetectionFigures,
    DetectionStats,
    ModelClassification,
    ReviewedClassifications,
)
from reconciler.platform.shapes.statistics_queries import AggregateService, PredictionService
from reconciler.platform.store.words import InferenceType, ModelRole

# A matrix of more classes cannot be read.
_MOST_CLASSES: Final = 20


@dataclass(frozen=True)
class Confusion:
    """What one model takes for what; `matrix` is None where there are too many classes."""

    name: str
    title: str
    matrix: Matrix


@dataclass(frozen=True)
class Quality:
    """Figures over reviews.

    Attributes:
        is_judged: whether predictions of this type can be judged at all.
        reviews: reviewed images within the filters.
        overall: the figures of each model, side by side; None without reviews.
        classes: the same by class.
    """

    is_judged: bool
    reviews: int
    overall: BarList | None = None
    classes: BarList | None = None
    confusions: Sequence[Confusion] = ()
    known: Known[DetectionStats] = field(default_factory=lambda: Known(None))

    @property
    def is_pending(self) -> bool:
        """Whether looking again is worth it."""
        return self.known.is_pending


def quality(view: View) -> Quality:
    """Judge champion and shadow by what people reviewed."""
    match view.deployment.type:
        case InferenceType.OBJECT_DETECTION:
            return _detection(view)
        case InferenceType.CLASSIFICATION:
            return _classification(view)
        case _:
            return Quality(is_judged=False, reviews=0)


def _detection(view: View) -> Quality:
    known = view.together(AggregateService.DETECTION, DetectionStats)
    if known.data is None or not known.data.reviews:
        return Quality(is_judged=True, reviews=0, known=known)
    pairs = ((ModelRole.CHAMPION, known.data.champion), (ModelRole.SHADOW, known.data.shadow))
    judged = [(Key(SERIES[role], role.capitalize()), figures) for role, figures in pairs if figures is not None]
    return Quality(
        is_judged=True,
        reviews=known.data.reviews,
        overall=_overall([key for key, _ in judged], _DETECTION, [figures for _, figures in judged]),
        classes=_found(judged),
        known=known,
    )


_DETECTION: Final = (
    ("mAP 0.50:0.95", "ap_50_95"),
    ("mAP at 0.50", "ap_50"),
    ("mAP at 0.75", "ap_75"),
    ("Precision at 0.50", "precision"),
    ("Recall at 0.50", "recall"),
)
_CLASSIFICATION: Final = (("Accuracy", "accuracy"),)


def _overall(
    keys: Sequence[Key],
    names: Sequence[tuple[str, str]],
    figures: Sequence[DetectionFigures | ClassificationFigures],
) -> BarList:
    rows = [(told, [_share(getattr(each, name)) for each in figures]) for told, name in names]
    return bar_list(("quality", "Over reviewed images", "Figure"), keys, rows, most=1.0)


def _found(judged: Sequence[tuple[Key, DetectionFigures]]) -> BarList:
    names = sorted({each.label for _, figures in judged for each in figures.classes})
    by_label = [{each.label: each for each in figures.classes} for _, figures in judged]
    rows = [(name, [_share(found[name].ap_50_95 if name in found else None) for found in by_label]) for name in names]
    told = ("quality-classes", "mAP 0.50:0.95 by class", "Class")
    return bar_list(told, [key for key, _ in judged], rows, most=1.0)


def _classification(view: View) -> Quality:
    data = view.single(PredictionService.CLASSIFICATION, ReviewedClassifications)
    if not data.models:
        return Quality(is_judged=True, reviews=0)
    reviews = max(each.figures.count for each in data.models)
    keys = [Key(SERIES[each.role], _title(view, each)) for each in data.models]
    figures = [each.figures for each in data.models]
    return Quality(
        is_judged=True,
        reviews=reviews,
        overall=_overall(keys, _CLASSIFICATION, figures),
        classes=_told_apart(keys, figures),
        confusions=[
            Confusion(f"confusion-{place}", _title(view, each), matrix(each.figures.labels, each.figures.confusion))
            for place, each in enumerate(data.models)
            if 0 < len(each.figures.labels) <= _MOST_CLASSES
        ],
    )


def _title(view: View, each: ModelClassification) -> str:
    return f"{each.role.capitalize()} {view.named(each.model_version_id)}"


def _told_apart(keys: Sequence[Key], figures: Sequence[ClassificationFigures]) -> BarList:
    by_label = [{each.label: each for each in found.classes} for found in figures]
    names = sorted({name for found in by_label for name in found})
    rows = [(name, [_class(found.get(name)) for found in by_label]) for name in names]
    return bar_list(("quality-classes", "F1 by class", "Class"), keys, rows, most=1.0)


def _class(found: ClassFigures | None) -> Cell:
    return _share(None if found is None else found.f1)


def _share(value: float | None) -> Cell:
    # As many digits everywhere: columns of figures are compared from top to bottom.
    return Cell(NOTHING if value is None else f"{value:.3f}", value)
