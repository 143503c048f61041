"""The statistics of a deployment: `get_stats` of the SDK, and the call that computes an aggregate anew."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status
from fastapi.responses import JSONResponse

from reconciler.platform import envelope
from reconciler.platform.auth import Pass, bearer
from reconciler.platform.context import Context
from reconciler.platform.login import Opened
from reconciler.platform.monitoring import answering
from reconciler.platform.shapes.organizations import JobShape
from reconciler.platform.shapes.statistics import (
    ComputationShape,
    DetectionStats,
    DriftStats,
    LabelDistribution,
    OutlierScores,
    PredictionsAggregate,
    PredictionsMetrics,
    ReviewedClassifications,
    ReviewedDetections,
    ReviewedLabels,
    Statistics,
)
from reconciler.platform.shapes.statistics_queries import AggregatesQuery, PredictionsQuery
from reconciler.platform.store import aggregates
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.tables.deployments import Deployment

router = APIRouter(tags=["statistics"], prefix="/api/deployment/{deployment_id}", responses=envelope.ERRORS)

Granted = Annotated[Pass, Depends(bearer("monitoring"))]

SinglyTold = (
    Statistics[OutlierScores]
    | Statistics[PredictionsMetrics]
    | Statistics[ReviewedDetections]
    | Statistics[ReviewedClassifications]
    | Statistics[ReviewedLabels]
)
TogetherTold = (
    Statistics[LabelDistribution]
    | Statistics[DetectionStats]
    | Statistics[PredictionsAggregate]
    | Statistics[DriftStats]
)


# Answers leave as they are: validating what was just made from the same models would double the time.
@router.get("/predictions/stats", response_model=SinglyTold)
def read_predictions_statistics(
    context: Opened, granted: Granted, deployment_id: UUID, query: Annotated[PredictionsQuery, Query()]
) -> JSONResponse:
    """Tell of single predictions, newest first."""
    granted.admit(deployment_id)
    with context.store.read(granted.actor) as unit:
        deployment = unit.find(Deployment, deployment_id)
        answer = answering.tell(unit, deployment, query.service, query.scope)
    return _enveloped(deployment_id, answer.data, answer.info)


@router.get("/stats", response_model=TogetherTold)
def read_statistics(
    context: Opened, granted: Granted, deployment_id: UUID, query: Annotated[AggregatesQuery, Query()]
) -> JSONResponse:
    """Tell of predictions together; `infos` says where that is out of date, and a computation has been started."""
    granted.admit(deployment_id)
    with context.store.read(granted.actor) as unit:
        deployment = unit.find(Deployment, deployment_id)
        answer = answering.tell_together(unit, deployment, query.service, query.scope)
    if answer.info is not None:
        _compute(context, granted, query)
    return _enveloped(deployment_id, answer.data, answer.info)


@router.post("/stats/compute", status_code=status.HTTP_202_ACCEPTED)
def compute_statistics(
    context: Opened, granted: Granted, deployment_id: UUID, query: Annotated[AggregatesQuery, Query()]
) -> ComputationShape:
    """Compute an aggregate anew, whether it is out of date or not (capability `compute-stats`)."""
    granted.admit(deployment_id)
    if not context.is_full:
        raise NotFound("This platform computes aggregates only when they are read.")
    return _compute(context, granted, query)


def _compute(context: Context, granted: Pass, query: AggregatesQuery) -> ComputationShape:
    with context.store.write(granted.actor) as unit:
        deployment = unit.find(Deployment, granted.deployment_id)
        job = aggregates.request(unit, deployment, query.service, query.scope)
        return ComputationShape(job=JobShape.model_validate(job))


def _enveloped(deployment_id: UUID, data: dict[str, Any] | None, info: str | None) -> JSONResponse:
    infos = {} if info is None else {"infos": {"info": info}}
    return JSONResponse({"deployment": {"deployment_id": str(deployment_id), "data": data}, **infos})
