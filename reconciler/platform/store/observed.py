"""Reading single observations: the newest images, a fair sample of their features, and what reviews say of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from reconciler.platform.store import timelines
from reconciler.platform.store.scopes import (
    Scope,
    Where,
    images_narrowed,
    images_within,
    predictions_narrowed,
    predictions_within,
)
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.monitoring import MeasuredImage, MeasuredPrediction
from reconciler.platform.store.tables.predictions import PredictedAsset, Prediction, Review
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ModelRole, ReviewState

# The most single observations that an answer holds.
MOST_ITEMS = 1000


@dataclass(frozen=True)
class Image:
    """One image that a deployment saw; `view` is None where it could not be read."""

    id: UUID
    predicted_asset_id: UUID
    timestamp: float
    width: int
    height: int
    view: bytes | None


@dataclass(frozen=True)
class Answered:
    """What one model version answered for one image: latency in seconds, number of shapes."""

    role: ModelRole
    model_version_id: UUID
    latency: float
    objects: int


@dataclass(frozen=True)
class Judged:
    """One model's answer to a reviewed image, and what the newest review says."""

    id: UUID
    predicted_asset_id: UUID
    timestamp: float
    width: int
    height: int
    role: ModelRole
    model_version_id: UUID
    shapes: Json
    review: Json


def count_images(unit: Unit, deployment_id: UUID, scope: Scope) -> int:
    """Return how many images a scope selects."""
    told = _rolled_up(unit, deployment_id, scope)
    if told is not None:
        return told
    rows = select(func.count()).select_from(MeasuredImage).where(*images_within(unit, deployment_id, scope))
    return unit.session.scalar(rows) or 0


def _rolled_up(unit: Unit, deployment_id: UUID, scope: Scope) -> int | None:
    """Return the count that roll-ups tell: of champions, or of the one role in which a model predicted."""
    figures = timelines.figures(unit, deployment_id, scope) if scope.is_plain else None
    if figures is None or (scope.model_id is not None and len(figures) > 1):
        return None
    role = next(iter(figures), ModelRole.CHAMPION) if scope.model_id is not None else ModelRole.CHAMPION
    return figures.get(role, timelines.Figures()).predictions


def newest_images(unit: Unit, deployment_id: UUID, scope: Scope, *, most: int = MOST_ITEMS) -> Sequence[Image]:
    """Return the newest images that a scope selects, newest first."""
    table = MeasuredImage
    rows = select(table.predicted_asset_id, table.timestamp, table.view)
    if scope.model_id is None:
        rows = rows.where(*images_within(unit, deployment_id, scope))
    else:
        rows = rows.where(table.predicted_asset_id.in_(_answered(unit, deployment_id, scope, most)))
    newest = rows.order_by(table.timestamp.desc(), table.predicted_asset_id.desc()).limit(most)
    measured = unit.session.execute(newest).all()
    # Two queries: joined, databases sort a million images before they take a thousand.
    columns = (PredictedAsset.id, PredictedAsset.oracle_prediction_id, PredictedAsset.width, PredictedAsset.height)
    held = select(*columns).where(PredictedAsset.id.in_([asset_id for asset_id, _, _ in measured]))
    known = {row.id: row for row in unit.session.execute(held)}
    return [
        Image(known[asset_id].oracle_prediction_id, asset_id, at, known[asset_id].width, known[asset_id].height, view)
        for asset_id, at, view in measured
    ]


def _answered(unit: Unit, deployment_id: UUID, scope: Scope, most: int) -> Sequence[UUID]:
    """Return the newest images that a model answered, which may lie far back among those of others."""
    table = MeasuredPrediction
    rows = select(table.predicted_asset_id).where(*predictions_within(unit, deployment_id, scope))
    # It may have answered an image in both roles.
    newest = rows.order_by(table.timestamp.desc(), table.predicted_asset_id.desc()).limit(len(ModelRole) * most)
    return list(dict.fromkeys(unit.session.scalars(newest)))[:most]


def answers_to(unit: Unit, scope: Scope, images: Sequence[Image]) -> Mapping[UUID, Sequence[Answered]]:
    """Return what was answered for images, by predicted asset, champions first."""
    table = MeasuredPrediction
    columns = (table.predicted_asset_id, table.role, table.model_version_id, table.latency, table.objects)
    rows = select(*columns).where(table.predicted_asset_id.in_([image.predicted_asset_id for image in images]))
    rows = rows.where(table.model_version_id == scope.model_id) if scope.model_id else rows
    found: dict[UUID, list[Answered]] = defaultdict(list)
    for asset_id, role, version_id, latency, objects in unit.session.execute(rows.order_by(table.role)):
        found[asset_id].append(Answered(role, version_id, latency, objects))
    return found


def sample(unit: Unit, deployment_id: UUID, scope: Scope, most: int) -> Sequence[bytes]:
    """Return the features of a fair sample of the images that a scope selects, always the same for the same images."""
    rows = select(MeasuredImage.features).where(
        *images_within(unit, deployment_id, scope), MeasuredImage.features.is_not(None)
    )
    found = unit.session.scalars(rows.order_by(MeasuredImage.lot).limit(most))
    return [features for features in found if features is not None]


def reviews(unit: Unit, deployment_id: UUID, scope: Scope) -> Mapping[UUID, Json]:
    """Return the newest review of each reviewed image that a scope selects, by predicted asset."""
    rows = (
        select(Review)
        .join(PredictedAsset, PredictedAsset.id == Review.predicted_asset_id)
        .join(MeasuredImage, MeasuredImage.predicted_asset_id == PredictedAsset.id)
        .where(*_reviewed(deployment_id), *images_narrowed(unit, deployment_id, scope))
    )
    # Later rows take the place of earlier ones: identifiers grow.
    return {review.predicted_asset_id: review.shapes for review in unit.session.scalars(rows.order_by(Review.id))}


def judged(unit: Unit, deployment_id: UUID, scope: Scope) -> Sequence[Judged]:
    """Return every answer to a reviewed image that a scope selects, newest image first."""
    newest = reviews(unit, deployment_id, scope)
    columns = (
        PredictedAsset.oracle_prediction_id,
        PredictedAsset.id,
        MeasuredPrediction.timestamp,
        PredictedAsset.width,
        PredictedAsset.height,
        Prediction.role,
        Prediction.model_version_id,
        Prediction.shapes,
    )
    rows = (
        select(*columns)
        .join(Prediction, Prediction.predicted_asset_id == PredictedAsset.id)
        .join(MeasuredPrediction, MeasuredPrediction.prediction_id == Prediction.id)
        .where(*_reviewed(deployment_id), *predictions_narrowed(unit, deployment_id, scope))
        .order_by(MeasuredPrediction.timestamp.desc(), PredictedAsset.id.desc(), Prediction.role)
    )
    return [Judged(*row, review=newest[row[1]]) for row in unit.session.execute(rows) if row[1] in newest]


def _reviewed(deployment_id: UUID) -> Where:
    """Return the conditions that lead to the few reviewed images; what narrows further must not lead elsewhere."""
    reviewed = PredictedAsset.state.in_([ReviewState.REVIEWED, ReviewState.SUBMITTED])
    return [PredictedAsset.deployment_id == deployment_id, reviewed]
