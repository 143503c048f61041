"""How far images have come through a deployment's pipeline: seen, reviewed, submitted, learnt from, deployed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from reconciler.platform.store.tables.base import now
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.models import ModelVersion
from reconciler.platform.store.tables.monitoring import HourlyRollup
from reconciler.platform.store.tables.pipelines import TrainingRun
from reconciler.platform.store.tables.predictions import PredictedAsset, Review
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ModelRole, ReviewState

# How far back the pace of reviewing is judged.
WINDOW = timedelta(days=7)


@dataclass(frozen=True)
class Flow:
    """How much is at each stage.

    Attributes:
        predictions: images the champions answered.
        reviewed: reviewed images, submitted ones among them.
        submitted: images in a dataset of the feedback loop.
        lately: images reviewed within `WINDOW`.
        first_lately: when the first of those was reviewed.
    """

    predictions: int
    reviewed: int
    submitted: int
    lately: int
    first_lately: datetime | None


@dataclass(frozen=True)
class Run:
    """The training run that began last.

    Attributes:
        status: as its job says it (`JobRunStatus`).
        error: why it failed.
        version: the model version it exported; None before that, and where it is gone.
    """

    id: UUID
    experiment_id: UUID
    status: str
    began: datetime
    ended: datetime | None
    error: str | None
    trained: bool
    version: ModelVersion | None
    policy: str | None
    deployed: datetime | None


def flow(unit: Unit, deployment: Deployment) -> Flow:
    """Count; the many images that nobody reviewed are not read for it."""
    states = _states(unit, deployment.id)
    lately, first = _lately(unit, deployment.id)
    return Flow(
        predictions=_predictions(unit, deployment.id),
        reviewed=sum(states.values()),
        submitted=states.get(ReviewState.SUBMITTED, 0),
        lately=lately,
        first_lately=first,
    )


def last_run(unit: Unit, deployment: Deployment) -> Run | None:
    """Return the run that began last; runs of experiments that somebody trains by hand are no part of the pipeline."""
    rows = select(TrainingRun).where(TrainingRun.deployment_id == deployment.id).order_by(TrainingRun.id.desc())
    row = unit.session.scalar(rows.limit(1))
    if row is None:
        return None
    version = unit.session.get(ModelVersion, row.model_version_id) if row.model_version_id is not None else None
    return Run(
        id=row.id,
        experiment_id=row.experiment_id,
        status=row.status,
        began=row.created_at,
        ended=row.ended_at,
        error=row.job.error,
        trained=row.weights is not None,
        version=version,
        policy=row.policy,
        deployed=row.deployed_at,
    )


def _predictions(unit: Unit, deployment_id: UUID) -> int:
    rows = select(func.sum(HourlyRollup.predictions)).where(
        HourlyRollup.deployment_id == deployment_id, HourlyRollup.role == ModelRole.CHAMPION
    )
    return int(unit.session.scalar(rows) or 0)


def _states(unit: Unit, deployment_id: UUID) -> dict[ReviewState, int]:
    found = {}
    for state in (ReviewState.REVIEWED, ReviewState.SUBMITTED):
        # One state at a time: each is a short stretch of the index.
        rows = select(func.count()).where(PredictedAsset.deployment_id == deployment_id, PredictedAsset.state == state)
        found[state] = unit.session.scalar(rows) or 0
    return found


def _lately(unit: Unit, deployment_id: UUID) -> tuple[int, datetime | None]:
    done = [ReviewState.REVIEWED, ReviewState.SUBMITTED]
    rows = (
        select(func.count(Review.predicted_asset_id.distinct()), func.min(Review.created_at))
        .join(PredictedAsset, PredictedAsset.id == Review.predicted_asset_id)
        .where(
            PredictedAsset.deployment_id == deployment_id,
            PredictedAsset.state.in_(done),
            Review.created_at >= now() - WINDOW,
        )
    )
    number, first = unit.session.execute(rows).one()
    return number, first
