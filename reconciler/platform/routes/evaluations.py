"""What experiments' models say of assets, compared with the annotations (wire protocol 2.7)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import CursorItems
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.filters import Kinds, cursored
from reconciler.platform.routes.queries import CursorPaging
from reconciler.platform.shapes.experiments import EvaluationShape, EvaluationWish, NewEvaluations
from reconciler.platform.shapes.organizations import JobShape
from reconciler.platform.store import evaluations
from reconciler.platform.store.tables.experiments import Evaluation, Experiment

router = LateRouter(tags=["experiments"])


@router.post("/experiment/{experiment_id}/evaluations", status_code=status.HTTP_204_NO_CONTENT)
def add_evaluations(call: Writing, experiment_id: UUID, body: NewEvaluations) -> None:
    """Keep what an experiment's model says of up to 100 assets."""
    with call.write() as unit:
        new = [item.new() for item in body.evaluations]
        evaluations.add(unit, unit.find(Experiment, experiment_id), new, body.import_type)


@router.get("/experiment/{experiment_id}/evaluations")
def list_evaluations(
    call: Reading, experiment_id: UUID, filters: Kinds, page: CursorPaging
) -> CursorItems[EvaluationShape]:
    """List an experiment's evaluations; a query speaks of their assets."""
    with call.read() as unit:
        row = unit.find(Experiment, experiment_id)
        return cursored(evaluations.list_page(unit, row, page, query=filters.query), EvaluationShape)


@router.post("/experiment/{experiment_id}/evaluate", status_code=status.HTTP_202_ACCEPTED)
def compare_evaluations(call: Writing, experiment_id: UUID, body: EvaluationWish) -> JobShape:
    """Compare evaluations with the annotations; the result becomes a log `evaluation-<type>` of the experiment."""
    with call.write() as unit:
        return JobShape.model_validate(evaluations.submit(unit, unit.find(Experiment, experiment_id), body.wanted()))


@router.get("/evaluation/{evaluation_id}")
def read_evaluation(call: Reading, evaluation_id: UUID) -> EvaluationShape:
    """Read an evaluation."""
    with call.read() as unit:
        return EvaluationShape.model_validate(unit.find(Evaluation, evaluation_id))


@router.delete("/evaluation/{evaluation_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_evaluation(call: Writing, evaluation_id: UUID) -> None:
    """Delete an evaluation."""
    with call.write() as unit:
        unit.session.delete(unit.find(Evaluation, evaluation_id))
