"""The work of computing one aggregate of a deployment's statistics."""

from reconciler.platform.monitoring import answering
from reconciler.platform.pipeline.work import Bench, Lane, Task, Work
from reconciler.platform.shapes.statistics_queries import AggregateService, Filters
from reconciler.platform.store import aggregates
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Unit


def _compute(bench: Bench, task: Task) -> None:
    """Compute what the aggregate's row asks for; doing it twice only tells of newer data."""
    with bench.read() as unit:
        row = aggregates.wanted(unit, task.payload)
        if row is None:
            return
        deployment = unit.session.get_one(Deployment, row.deployment_id)
        scope = Filters.model_validate(row.query).scope
        # Read in the same snapshot as the data, so that what comes later makes the aggregate stale.
        told_of = aggregates.fingerprint(unit, deployment.id, scope)
        data = answering.compute(unit, deployment, AggregateService(row.service), scope)
    with bench.write(task.organization_id) as unit:
        aggregates.keep(unit, task.payload, data, told_of)


def _failed(unit: Unit, task: Task, error: str) -> None:
    aggregates.fail(unit, task.payload, error)


def work() -> Work:
    """Return the kind of work that computes aggregates."""
    return Work(aggregates.KIND, Lane.COMPUTING, {"compute": _compute}, _failed)
