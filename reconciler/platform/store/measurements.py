"""Recording what statistics are answered from, in the transaction of the prediction itself, and taking it back.

Whoever keeps a prediction calls, last in its transaction,

    record(unit, asset, measured)              once per predicted asset, its predictions in place
    record_shadow(unit, asset, prediction)     for a shadow result that comes later
    note_review(unit, asset)                   for each review
    forget(unit, asset_ids)                    before predicted assets are deleted

Rows that many requests change are locked in one order, so that requests wait for each other but never in a ring.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, update

from reconciler.platform.store import rollups, tally
from reconciler.platform.store.rollups import ensure
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.monitoring import MeasuredImage, MeasuredPrediction, StatisticsRevision
from reconciler.platform.store.tables.predictions import PredictedAsset, Prediction
from reconciler.platform.store.unit import Unit

_LOT_BYTES = 6
# Databases limit how many parameters one statement has.
_BATCH = 500


@dataclass(frozen=True)
class Measured:
    """What was measured on one image, packed as `intake.measuring` packs it."""

    features: bytes
    view: bytes


def record(unit: Unit, asset: PredictedAsset, measured: Measured | None) -> None:
    """Count a predicted asset with all its predictions; `measured` is None where its image could not be read."""
    seconds = asset.timestamp.timestamp()
    row = MeasuredImage(
        predicted_asset_id=asset.id,
        deployment_id=asset.deployment_id,
        timestamp=seconds,
        lot=lot_of(asset.id),
        features=measured and measured.features,
        view=measured and measured.view,
    )
    unit.session.add(row)
    _count(unit, asset, asset.predictions)


def record_shadow(unit: Unit, asset: PredictedAsset, prediction: Prediction) -> None:
    """Count a shadow prediction that came after its asset was recorded."""
    _count(unit, asset, [prediction])


def note_review(unit: Unit, asset: PredictedAsset) -> None:
    """Let aggregates over reviews be known as out of date."""
    _revise(unit, asset.deployment_id)


def hold(unit: Unit, deployment_id: UUID) -> None:
    """Wait until predictions that are being recorded are there, and hold others back until the transaction ends."""
    _revise(unit, deployment_id)


def forget(unit: Unit, asset_ids: Collection[UUID]) -> None:
    """Take predicted assets out of all counts; they are about to be deleted."""
    wanted = sorted(asset_ids)
    for begin in range(0, len(wanted), _BATCH):
        _forget(unit, wanted[begin : begin + _BATCH])


def revision(unit: Unit, deployment_id: UUID) -> int:
    """Return how often a deployment's predictions and reviews have changed."""
    row = unit.session.get(StatisticsRevision, deployment_id)
    return 0 if row is None else row.revision


def lot_of(identifier: UUID) -> int:
    """Return the number that decides whether a row is in a sample: fair, and always the same for one row."""
    digest = hashlib.blake2b(identifier.bytes, digest_size=_LOT_BYTES).digest()
    return int.from_bytes(digest, "big")


def _count(unit: Unit, asset: PredictedAsset, predictions: Iterable[Prediction]) -> None:
    deployment = unit.session.get_one(Deployment, asset.deployment_id)
    rows = [_measure(deployment, asset, prediction) for prediction in predictions]
    unit.session.add_all(rows)
    unit.session.flush()
    rollups.add(unit, rows)
    _revise(unit, asset.deployment_id)


def _measure(deployment: Deployment, asset: PredictedAsset, prediction: Prediction) -> MeasuredPrediction:
    answer = tally.Answer(
        kind=deployment.type,
        role=prediction.role,
        width=asset.width,
        height=asset.height,
        latency=prediction.latency,
        shapes=prediction.shapes,
    )
    added = tally.contribution(answer)
    return MeasuredPrediction(
        prediction_id=prediction.id,
        predicted_asset_id=asset.id,
        deployment_id=asset.deployment_id,
        model_version_id=prediction.model_version_id,
        role=prediction.role,
        timestamp=asset.timestamp.timestamp(),
        latency=prediction.latency,
        objects=added.objects,
        slots=added.slots,
        labels=added.labels,
    )


def _forget(unit: Unit, asset_ids: Sequence[UUID]) -> None:
    measured = MeasuredPrediction.predicted_asset_id.in_(asset_ids)
    rows = unit.session.scalars(select(MeasuredPrediction).where(measured)).all()
    for row in rows:
        unit.session.expunge(row)
    unit.session.execute(delete(MeasuredPrediction).where(measured))
    unit.session.execute(delete(MeasuredImage).where(MeasuredImage.predicted_asset_id.in_(asset_ids)))
    rollups.take_back(unit, rows)
    for deployment_id in sorted({row.deployment_id for row in rows}):
        _revise(unit, deployment_id)


def _revise(unit: Unit, deployment_id: UUID) -> None:
    ensure(unit, StatisticsRevision, {"deployment_id": deployment_id, "revision": 0})
    raised = update(StatisticsRevision).where(StatisticsRevision.deployment_id == deployment_id)
    unit.session.execute(
        raised.values(revision=StatisticsRevision.revision + 1), execution_options={"synchronize_session": False}
    )
