"""Outlier scores as they are kept: one for each kept image, told by the training-data reference that is set now.

An image is scored when it is recorded, and by a job when a reference becomes ready after it: `ask` lets that job be
run. No image falls between the two: both hold the deployment's revision before they look at the other's work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from reconciler.platform.store import jobs, measurements
from reconciler.platform.store.facets import moment_of
from reconciler.platform.store.tables.deployments import Deployment, TrainingData
from reconciler.platform.store.tables.facets import OutlierScore
from reconciler.platform.store.tables.monitoring import MeasuredImage, ReferenceModel
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ReferenceStatus

KIND = "outlier-scores"
# Hexadecimal digits of a blob's random name that fit into a column of 64 bits.
_ERA_DIGITS = 15


@dataclass(frozen=True)
class Judge:
    """The outlier model of a reference that is ready: the blob that holds it, and the number its scores carry."""

    blob: str

    @property
    def era(self) -> int:
        """What tells its scores from those of every other reference."""
        return int(self.blob[:_ERA_DIGITS], 16)


@dataclass(frozen=True)
class Candidate:
    """A kept image without a score of the reference set now; `view` as `intake.measuring` packs it."""

    predicted_asset_id: UUID
    timestamp: datetime
    view: bytes


@dataclass(frozen=True)
class Verdict:
    """How strange an image is, and whether that makes it an outlier."""

    score: float
    is_outlier: bool


def judge_of(unit: Unit, deployment_id: UUID) -> Judge | None:
    """Return the outlier model of a deployment's reference, or None while there is none of the one set."""
    # A column, not rows: within a transaction that waited, rows could tell of the time before.
    blob = unit.session.scalar(
        select(ReferenceModel.blob)
        .join(TrainingData, TrainingData.deployment_id == ReferenceModel.deployment_id)
        .where(
            ReferenceModel.deployment_id == deployment_id,
            TrainingData.attempt == ReferenceModel.attempt,
            TrainingData.status == ReferenceStatus.SUCCESS,
        )
    )
    return None if blob is None else Judge(blob)


def ask(unit: Unit, deployment: Deployment) -> None:
    """Let every image that is there be scored; call it in the transaction that makes a reference ready."""
    measurements.hold(unit, deployment.id)
    if unit.session.scalar(select(exists().where(MeasuredImage.deployment_id == deployment.id))):
        jobs.submit(unit, deployment.organization_id, KIND, {"deployment_id": str(deployment.id)})


def candidates(
    unit: Unit, deployment_id: UUID, judge: Judge, *, after: Candidate | None, most: int
) -> Sequence[Candidate]:
    """Return at most so many images that wait for their score, newest first, beyond the last one looked at.

    They cannot be removed until the transaction ends.
    """
    rows = _waiting(deployment_id, judge).order_by(PredictedAsset.timestamp.desc(), PredictedAsset.id.desc())
    if after is not None:
        place = tuple_(PredictedAsset.timestamp, PredictedAsset.id)
        rows = rows.where(place < tuple_(after.timestamp, after.predicted_asset_id))
    found = unit.session.execute(rows.limit(most).with_for_update(read=True, key_share=True, of=PredictedAsset))
    return [Candidate(asset_id, timestamp, view) for asset_id, timestamp, view in found if view is not None]


def keep(unit: Unit, deployment_id: UUID, judge: Judge, judged: Sequence[tuple[Candidate, Verdict]]) -> None:
    """Record verdicts; they take the place of what an earlier reference said."""
    rows = [
        {
            "predicted_asset_id": candidate.predicted_asset_id,
            "deployment_id": deployment_id,
            "era": judge.era,
            "moment": moment_of(candidate.timestamp),
            **vars(verdict),
        }
        for candidate, verdict in judged
    ]
    if not rows:
        return
    is_sqlite = unit.session.get_bind().dialect.name == "sqlite"
    wanted = (sqlite if is_sqlite else postgresql).insert(OutlierScore)
    changed = {name: wanted.excluded[name] for name in ("era", "score", "is_outlier")}
    unit.session.connection().execute(
        wanted.on_conflict_do_update(index_elements=["predicted_asset_id"], set_=changed), rows
    )


def _waiting(deployment_id: UUID, judge: Judge) -> Select[UUID, datetime, bytes | None]:
    scored = exists().where(OutlierScore.predicted_asset_id == PredictedAsset.id, OutlierScore.era == judge.era)
    return (
        select(PredictedAsset.id, PredictedAsset.timestamp, MeasuredImage.view)
        .join(MeasuredImage, MeasuredImage.predicted_asset_id == PredictedAsset.id)
        .where(
            PredictedAsset.deployment_id == deployment_id,
            PredictedAsset.data_id.is_not(None),
            MeasuredImage.view.is_not(None),
            ~scored,
        )
    )
