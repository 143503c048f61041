"""Predictions as they come in: recorded once, completed by a shadow, dismissed or removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, select

from reconciler.platform.store import facets, measurements, tags
from reconciler.platform.store.faults import Conflict, NotFound
from reconciler.platform.store.measurements import Measured
from reconciler.platform.store.tables.base import Json, now
from reconciler.platform.store.tables.data import Data
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.predictions import PredictedAsset, Prediction
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ModelRole, ReviewState


@dataclass(frozen=True)
class Answer:
    """What one model version answered for one image.

    Attributes:
        shapes: lists as `tables.predictions.Prediction` keeps them.
        latency: seconds the model took.
        model_version_id: which version answered.
        raw_count: how many shapes it answered before the threshold.
    """

    shapes: Json
    latency: float
    model_version_id: UUID
    raw_count: int


@dataclass(frozen=True)
class Seen:
    """One image that a deployment saw, and what was answered.

    `timestamp` None is the moment of recording, `measured` None an image that could not be read.
    """

    width: int
    height: int
    champion: Answer
    shadow: Answer | None = None
    timestamp: datetime | None = None
    source: str | None = None
    tags: Sequence[str] = ()
    custom_metrics: Json | None = None
    fingerprint: str | None = None
    measured: Measured | None = None


def record(unit: Unit, deployment: Deployment, seen: Seen, datum: Data | None) -> PredictedAsset:
    """Record what a deployment saw; without `datum`, only statistics will know of it.

    Raises:
        Conflict: when the deployment has processed that data already.
    """
    if datum is not None and earlier(unit, deployment, datum) is not None:
        raise Conflict(f"The deployment '{deployment.name}' has already processed the data '{datum.filename}'.")
    roles = {ModelRole.CHAMPION: seen.champion, ModelRole.SHADOW: seen.shadow}
    asset = unit.add(
        PredictedAsset(
            organization_id=deployment.organization_id,
            deployment_id=deployment.id,
            data_id=datum.id if datum is not None else None,
            timestamp=seen.timestamp or now(),
            width=seen.width,
            height=seen.height,
            source=seen.source,
            data_tags=list(seen.tags),
            custom_metrics=seen.custom_metrics,
            fingerprint=seen.fingerprint,
            predictions=[_prediction(role, answer) for role, answer in roles.items() if answer is not None],
        )
    )
    facets.record(unit, asset)
    measurements.record(unit, asset, seen.measured)
    return asset


def replayed(unit: Unit, deployment_id: UUID, fingerprint: str | None) -> PredictedAsset | None:
    """Return what a request of this fingerprint recorded before, or None."""
    if fingerprint is None:
        return None
    rows = select(PredictedAsset).where(PredictedAsset.deployment_id == deployment_id)
    return unit.session.scalar(rows.where(PredictedAsset.fingerprint == fingerprint))


def earlier(unit: Unit, deployment: Deployment, datum: Data) -> PredictedAsset | None:
    """Return what a deployment recorded of a data, or None."""
    rows = select(PredictedAsset).where(PredictedAsset.deployment_id == deployment.id)
    return unit.session.scalar(rows.where(PredictedAsset.data_id == datum.id))


def dismiss(unit: Unit, deployment: Deployment, datum: Data) -> None:
    """Forget what a deployment recorded of a data, so that it may be predicted anew.

    Raises:
        Conflict: when a person has reviewed it: that is not undone.
    """
    found = earlier(unit, deployment, datum)
    if found is None:
        return
    if found.state is not ReviewState.TO_REVIEW:
        raise Conflict(f"The prediction of '{datum.filename}' is reviewed; it cannot be replaced.")
    delete(unit, [found.id])


def of_oracle(unit: Unit, deployment_id: UUID, oracle_prediction_id: UUID) -> PredictedAsset:
    """Return a deployment's predicted asset of that prediction id, or raise NotFound."""
    rows = select(PredictedAsset).where(PredictedAsset.deployment_id == deployment_id)
    found = unit.session.scalar(rows.where(PredictedAsset.oracle_prediction_id == oracle_prediction_id))
    if found is None or found.organization_id not in unit.actor.reach:
        raise NotFound(f"There is no prediction {oracle_prediction_id}.")
    return found


def add_shadow(unit: Unit, asset: PredictedAsset, answer: Answer) -> None:
    """Record the shadow's answer for an image that the champion answered; a second one raises Conflict."""
    if any(held.role is ModelRole.SHADOW for held in asset.predictions):
        raise Conflict(f"The prediction {asset.oracle_prediction_id} has a shadow prediction already.")
    shadow = _prediction(ModelRole.SHADOW, answer)
    asset.predictions.append(shadow)
    unit.session.flush()
    facets.record_shadow(unit, asset, shadow)
    measurements.record_shadow(unit, asset, shadow)


def delete(unit: Unit, asset_ids: Sequence[UUID]) -> None:
    """Remove predicted assets with their predictions, reviews and submissions; never data or assets."""
    measurements.forget(unit, asset_ids)
    tags.strip(unit, asset_ids)
    for chunk in tags.chunked(asset_ids):
        unit.session.execute(sql_delete(PredictedAsset).where(PredictedAsset.id.in_(chunk)))
    unit.session.expire_all()


def count(unit: Unit, deployment_id: UUID) -> int:
    """Return how many images a deployment saw, those that were not kept included."""
    rows = select(func.count()).select_from(PredictedAsset).where(PredictedAsset.deployment_id == deployment_id)
    return unit.session.scalar(rows) or 0


def clear(unit: Unit, deployment_id: UUID) -> None:
    """Remove everything a deployment saw."""
    delete(
        unit, unit.session.scalars(select(PredictedAsset.id).where(PredictedAsset.deployment_id == deployment_id)).all()
    )


def _prediction(role: ModelRole, answer: Answer) -> Prediction:
    return Prediction(role=role, **vars(answer))
