"""Where the measurements of training-data references lie: one blob for each deployment that has one."""

from uuid import UUID

from reconciler.platform.store.tables.deployments import TrainingData
from reconciler.platform.store.tables.monitoring import ReferenceModel
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ReferenceStatus


def keep(unit: Unit, reference: TrainingData, blob: str) -> None:
    """Let a blob hold the measurements of a reference as it is set now; what was kept before is removed."""
    forget(unit, reference.deployment_id)
    unit.add(ReferenceModel(deployment_id=reference.deployment_id, attempt=reference.attempt, blob=blob))


def forget(unit: Unit, deployment_id: UUID) -> None:
    """Remove what is kept of a deployment's reference, if anything is."""
    row = unit.session.get(ReferenceModel, deployment_id)
    if row is not None:
        unit.forsake([row.blob])
        unit.session.delete(row)
        unit.session.flush()


def ready(unit: Unit, deployment_id: UUID) -> ReferenceModel | None:
    """Return where the measurements of a deployment's reference lie, or None while there are none of the one set."""
    reference = unit.session.get(TrainingData, deployment_id)
    row = unit.session.get(ReferenceModel, deployment_id)
    if reference is None or row is None or reference.status is not ReferenceStatus.SUCCESS:
        return None
    return row if row.attempt == reference.attempt else None
