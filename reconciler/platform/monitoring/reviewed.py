"""Statistics over reviews: what people said is on the images, and how the models' answers compare."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reconciler.platform.monitoring import average_precision, classification, matching
from reconciler.platform.shapes.statistics import (
    ClassificationFigures,
    DetectionFigures,
    DetectionStats,
    LabelCount,
    ModelClassification,
    ModelDetection,
    ReviewedClassification,
    ReviewedClassifications,
    ReviewedDetection,
    ReviewedDetections,
    ReviewedLabels,
)
from reconciler.platform.store import observed, tally
from reconciler.platform.store.extents import Box
from reconciler.platform.store.observed import MOST_ITEMS, Judged
from reconciler.platform.store.scopes import Scope
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import InferenceType, ModelRole, ShapeKind

if TYPE_CHECKING:
    from reconciler.platform.monitoring.totals import Key

Names = Mapping[int, str]


def names_of(deployment: Deployment) -> Names:
    """Return the names of a deployment's classes by number."""
    return {label.position: label.name for label in deployment.labels}


def label_counts(unit: Unit, deployment: Deployment, scope: Scope) -> ReviewedLabels:
    """Count the classes of the newest reviews."""
    found = observed.reviews(unit, deployment.id, scope)
    counted = Counter(label for review in found.values() for label in _labels(review))
    return ReviewedLabels(
        reviews=len(found),
        objects=counted.total(),
        labels=[LabelCount(label=label, count=count) for label, count in sorted(counted.items())],
    )


def detections(unit: Unit, deployment: Deployment, scope: Scope) -> ReviewedDetections:
    """Compare each answer to a reviewed image with its review."""
    rows = observed.judged(unit, deployment.id, scope)
    names = names_of(deployment)
    return ReviewedDetections(count=len(rows), items=[_detection(row, names) for row in rows[:MOST_ITEMS]])


def detection_stats(unit: Unit, deployment: Deployment, scope: Scope) -> DetectionStats:
    """Judge champions, shadows, and each model version on all reviewed images."""
    rows, names = observed.judged(unit, deployment.id, scope), names_of(deployment)
    by_model: dict[Key, list[matching.Judged]] = defaultdict(list)
    by_role: dict[ModelRole, list[matching.Judged]] = defaultdict(list)
    # Oldest first: of predictions with equal scores, average precision takes the earlier image's first.
    for row in reversed(rows):
        judged = _boxes(row, names)
        by_model[row.role, row.model_version_id].append(judged)
        by_role[row.role].append(judged)
    return DetectionStats(
        reviews=len({row.predicted_asset_id for row in rows}),
        champion=_detection_figures(by_role.get(ModelRole.CHAMPION)),
        shadow=_detection_figures(by_role.get(ModelRole.SHADOW)),
        models=[
            ModelDetection(
                role=role,
                model_version_id=version_id,
                reviews=len(images),
                figures=DetectionFigures.model_validate(average_precision.score(images)),
            )
            for (role, version_id), images in sorted(by_model.items())
        ],
    )


def classifications(unit: Unit, deployment: Deployment, scope: Scope) -> ReviewedClassifications:
    """Compare each answer to a reviewed image with its review, and judge each model version on all of them."""
    names = names_of(deployment)
    pairs = [
        (row, *_classes(row, names)) for row in observed.judged(unit, deployment.id, scope) if list(_labels(row.review))
    ]
    by_model: dict[Key, list[tuple[str, str | None]]] = defaultdict(list)
    for row, true, said in pairs:
        by_model[row.role, row.model_version_id].append((true, said))
    return ReviewedClassifications(
        count=len(pairs),
        items=[_classification(row, true, said) for row, true, said in pairs[:MOST_ITEMS]],
        models=[
            ModelClassification(
                role=role,
                model_version_id=version_id,
                figures=ClassificationFigures.model_validate(classification.score(found)),
            )
            for (role, version_id), found in sorted(by_model.items())
        ],
    )


def _detection(row: Judged, names: Names) -> ReviewedDetection:
    figures = average_precision.score([_boxes(row, names)])
    return ReviewedDetection(
        **_seen(row),
        objects=figures.objects,
        predictions=figures.predictions,
        right=figures.right,
        precision=figures.precision,
        recall=figures.recall,
    )


def _detection_figures(images: Sequence[matching.Judged] | None) -> DetectionFigures | None:
    return None if images is None else DetectionFigures.model_validate(average_precision.score(images))


def _classification(row: Judged, true: str, said: str | None) -> ReviewedClassification:
    return ReviewedClassification(**_seen(row), reviewed=true, predicted=said, right=true == said)


def _seen(row: Judged) -> Json:
    names = ("id", "predicted_asset_id", "timestamp", "role", "model_version_id")
    return {name: getattr(row, name) for name in names}


def _classes(row: Judged, names: Names) -> tuple[str, str | None]:
    """Return the reviewed class and the predicted one."""
    found = _objects(row, InferenceType.CLASSIFICATION)
    true = next(iter(_labels(row.review)))
    return true, _name(found[0].label, names) if found else None


def _boxes(row: Judged, names: Names) -> matching.Judged:
    found = [
        matching.FoundBox(_name(each.label, names), 0.0 if each.score is None else each.score, each.box)
        for each in _objects(row, InferenceType.OBJECT_DETECTION)
        if each.box is not None
    ]
    return matching.Judged(list(_true_boxes(row.review)), found)


def _objects(row: Judged, kind: InferenceType) -> list[tally.Object]:
    return tally.objects_of(
        tally.Answer(kind=kind, role=row.role, width=row.width, height=row.height, latency=0.0, shapes=row.shapes)
    )


def _true_boxes(review: Mapping[str, object]) -> list[matching.TrueBox]:
    return [matching.TrueBox(str(shape["label"]), _rectangle(shape)) for shape in _shapes(review, ShapeKind.RECTANGLE)]


def _rectangle(shape: Mapping[str, object]) -> Box:
    """Return a reviewed rectangle (x, y, w, h) as a predicted one (top, left, bottom, right)."""
    x, y, wide, high = (float(str(shape[name])) for name in ("x", "y", "w", "h"))
    return Box(y, x, y + high, x + wide)


def _labels(review: Mapping[str, object]) -> list[str]:
    return [str(shape["label"]) for kind in ShapeKind for shape in _shapes(review, kind)]


def _shapes(review: Mapping[str, object], kind: ShapeKind) -> list[Mapping[str, object]]:
    found = review.get(kind.value)
    return [shape for shape in found if isinstance(shape, dict)] if isinstance(found, list) else []


def _name(number: int, names: Names) -> str:
    return names.get(number, str(number))
