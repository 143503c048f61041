"""Statistics of single predictions: outlier scores, latencies and sizes, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reconciler.platform.intake import outliers
from reconciler.platform.monitoring import references
from reconciler.platform.monitoring.references import Reference
from reconciler.platform.shapes.statistics import (
    AnswerMetrics,
    OutlierScore,
    OutlierScores,
    PredictionMetrics,
    PredictionsMetrics,
)
from reconciler.platform.store import observed
from reconciler.platform.store.observed import Image
from reconciler.platform.store.references import ready
from reconciler.platform.store.scopes import Scope
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Unit

# How many references are kept in memory, each some hundred kilobytes.
_REMEMBERED = 16


@dataclass(frozen=True)
class Newest:
    """How strange the newest images are, newest first.

    Attributes:
        cutoff: scores above it make an outlier; None while there is no reference.
        outlier_share: the share of unseen images like the training images that is above it.
    """

    cutoff: float | None
    outlier_share: float
    items: list[OutlierScore]


def outlier_scores(unit: Unit, deployment: Deployment, scope: Scope) -> OutlierScores:
    """Score the newest images against the training data as they are set now, and tell how many there are."""
    newest = newest_outliers(unit, deployment, scope, most=observed.MOST_ITEMS)
    return OutlierScores(
        cutoff=newest.cutoff,
        outlier_share=newest.outlier_share,
        count=observed.count_images(unit, deployment.id, scope),
        items=newest.items,
    )


def newest_outliers(unit: Unit, deployment: Deployment, scope: Scope, *, most: int) -> Newest:
    """Score at most so many of the newest images; counting all of them may take a hundred times as long."""
    reference = reference_of(unit, deployment)
    images = observed.newest_images(unit, deployment.id, scope, most=most)
    cutoff = None if reference is None else reference.outliers.cutoff
    items = [
        OutlierScore(
            id=image.id,
            predicted_asset_id=image.predicted_asset_id,
            timestamp=image.timestamp,
            score=score,
            is_outlier=None if score is None or cutoff is None else score > cutoff,
        )
        for image, score in zip(images, _scores(reference, images), strict=True)
    ]
    return Newest(cutoff, outliers.OUTLIER_SHARE, items)


def predictions_metrics(unit: Unit, deployment: Deployment, scope: Scope) -> PredictionsMetrics:
    """Tell latency and sizes of the newest predictions."""
    images = observed.newest_images(unit, deployment.id, scope)
    answers = observed.answers_to(unit, scope, images)
    return PredictionsMetrics(
        count=observed.count_images(unit, deployment.id, scope),
        items=[
            PredictionMetrics(
                id=image.id,
                predicted_asset_id=image.predicted_asset_id,
                timestamp=image.timestamp,
                width=image.width,
                height=image.height,
                predictions=[AnswerMetrics.model_validate(each) for each in answers.get(image.predicted_asset_id, ())],
            )
            for image in images
        ],
    )


def reference_of(unit: Unit, deployment: Deployment) -> Reference | None:
    """Return what a deployment's production is compared with, or None while there is nothing."""
    row = ready(unit, deployment.id)
    return None if row is None else _read(unit.blobs.path(row.blob))


# Blobs never change: a path stands for its content.
@lru_cache(maxsize=_REMEMBERED)
def _read(path: Path) -> Reference:
    return references.from_bytes(path.read_bytes())


def _scores(reference: Reference | None, images: Sequence[Image]) -> list[float | None]:
    views = {index: image.view for index, image in enumerate(images) if image.view is not None}
    if reference is None or not views:
        return [None] * len(images)
    found = dict(zip(views, reference.outliers.told(list(views.values())), strict=True))
    return [found.get(index) for index in range(len(images))]
