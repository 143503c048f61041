"""The training-data reference of a deployment: which dataset version, and how far its summary has come."""

from uuid import UUID

from sqlalchemy import select

from reconciler.platform.store import jobs, references, scores
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.data import Data, Datalake, StoredObject
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment, TrainingData
from reconciler.platform.store.touching import touch
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ReferenceStatus

KIND = "training-data"

_UNFINISHED = (ReferenceStatus.PENDING, ReferenceStatus.COMPUTING)


def set_reference(unit: Unit, deployment: Deployment, version: DatasetVersion) -> None:
    """Let a dataset version be the reference, and ask for its summary to be computed.

    Setting the version whose summary is there, or on its way, changes nothing; a failed one is tried again.
    """
    reference = deployment.training_data
    if reference is None:
        reference = TrainingData(deployment_id=deployment.id, attempt=0)
        deployment.training_data = reference
    elif reference.dataset_version_id == version.id and reference.status is not ReferenceStatus.ERROR:
        return
    reference.dataset_version_id = version.id
    reference.status, reference.summary, reference.error = ReferenceStatus.PENDING, None, None
    reference.attempt += 1
    touch(deployment)
    payload: Json = {"deployment_id": str(deployment.id), "attempt": reference.attempt}
    jobs.submit(unit, deployment.organization_id, KIND, payload)


def reference_of(deployment: Deployment) -> TrainingData:
    """Return a deployment's reference, or raise NotFound."""
    if deployment.training_data is None:
        raise NotFound(f"The deployment '{deployment.name}' has no training data.")
    return deployment.training_data


def drop(unit: Unit, deployment: Deployment) -> None:
    """Forget a deployment's reference, or raise NotFound."""
    reference_of(deployment)
    references.forget(unit, deployment.id)
    deployment.training_data = None
    touch(deployment)


def begin(unit: Unit, deployment_id: UUID) -> tuple[int, list[str]] | None:
    """Mark a summary as being computed; return its attempt and the blobs to read, or None if none is wanted."""
    reference = unit.session.get(TrainingData, deployment_id)
    if reference is None or reference.status not in _UNFINISHED:
        return None
    _move(reference, ReferenceStatus.COMPUTING)
    return reference.attempt, _blobs(unit, reference.dataset_version_id)


def finish(
    unit: Unit,
    deployment_id: UUID,
    attempt: int,
    *,
    summary: Json | None = None,
    error: str | None = None,
    blob: str | None = None,
) -> None:
    """Record the end of a computation, unless the reference was set anew or dropped meanwhile.

    `blob` holds the measurements that production is compared with; it is removed where nobody wants it any more.
    """
    reference = unit.session.get(TrainingData, deployment_id)
    is_wanted = reference is not None and reference.attempt == attempt
    if blob is not None and not is_wanted:
        unit.forsake([blob])
    if reference is not None and is_wanted:
        reference.summary, reference.error = summary, error
        if blob is not None:
            references.keep(unit, reference, blob)
        _move(reference, ReferenceStatus.SUCCESS if error is None else ReferenceStatus.ERROR)
        if blob is not None:
            scores.ask(unit, reference.deployment)


def _move(reference: TrainingData, status: ReferenceStatus) -> None:
    if reference.status is not status:
        reference.status = status
        touch(reference.deployment)


def _blobs(unit: Unit, version_id: UUID) -> list[str]:
    rows = (
        select(StoredObject.blob)
        .join(Datalake, Datalake.connector_id == StoredObject.connector_id)
        .join(Data, (Data.datalake_id == Datalake.id) & (Data.object_name == StoredObject.object_name))
        .join(Asset, Asset.data_id == Data.id)
        .where(Asset.dataset_version_id == version_id)
        .order_by(Asset.id)
    )
    return list(unit.session.scalars(rows))
