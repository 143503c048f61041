"""Datasets (wire protocol 2.3)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import ByNameOrId, OptionalId, OptionalName, Paging, shaped
from reconciler.platform.shapes.datasets import (
    DatasetDetail,
    DatasetShape,
    DatasetVersionShape,
    Fork,
    Forked,
    NewDataset,
    NewDatasetVersion,
)
from reconciler.platform.shapes.models import NamedUpdate
from reconciler.platform.shapes.organizations import JobShape
from reconciler.platform.store import datasets, forks, jobs
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.names import seek
from reconciler.platform.store.tables.datasets import Dataset, DatasetVersion

router = LateRouter(tags=["datasets"])


@router.post("/organization/{organization_id}/datasets", status_code=status.HTTP_201_CREATED)
def create_dataset(call: Writing, organization_id: UUID, body: NewDataset) -> DatasetShape:
    """Create a dataset."""
    with call.write() as unit:
        row = datasets.create(unit, organization_id, body.name, description=body.description)
        return DatasetShape.model_validate(row)


@router.get("/organization/{organization_id}/datasets/find")
def find_dataset(call: Reading, organization_id: UUID, sought: ByNameOrId) -> DatasetShape:
    """Find a dataset by id or name."""
    with call.read() as unit:
        return DatasetShape.model_validate(seek(unit, Dataset, organization_id, sought))


@router.get("/organization/{organization_id}/datasets")
def list_datasets(call: Reading, organization_id: UUID, page: Paging) -> Items[DatasetShape]:
    """List an organisation's datasets."""
    with call.read() as unit:
        return shaped(datasets.list_page(unit, organization_id, page), DatasetShape)


@router.get("/dataset/{dataset_id}")
def read_dataset(call: Reading, dataset_id: UUID) -> DatasetDetail:
    """Read a dataset."""
    with call.read() as unit:
        return DatasetDetail.model_validate(unit.find(Dataset, dataset_id))


@router.patch("/dataset/{dataset_id}")
def update_dataset(call: Writing, dataset_id: UUID, body: NamedUpdate) -> DatasetDetail:
    """Rename or describe a dataset."""
    with call.write() as unit:
        row = unit.find(Dataset, dataset_id)
        datasets.update(unit, row, name=body.name, description=body.description)
        return DatasetDetail.model_validate(row)


@router.delete("/dataset/{dataset_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_dataset(call: Writing, dataset_id: UUID) -> None:
    """Delete a dataset with its versions; 409 while a deployment uses one, and the data stay."""
    with call.write() as unit:
        datasets.delete(unit, unit.find(Dataset, dataset_id))


@router.post("/dataset/{dataset_id}/versions", status_code=status.HTTP_201_CREATED)
def create_dataset_version(call: Writing, dataset_id: UUID, body: NewDatasetVersion) -> DatasetVersionShape:
    """Create a version."""
    with call.write() as unit:
        dataset = unit.find(Dataset, dataset_id)
        row = datasets.create_version(unit, dataset, body.version, type=body.type, description=body.description)
        return DatasetVersionShape.model_validate(row)


@router.get("/dataset/{dataset_id}/versions/find")
def find_dataset_version(
    call: Reading, dataset_id: UUID, version: OptionalName = None, version_id: OptionalId = None
) -> DatasetVersionShape:
    """Find a version by id or by what it is called; no name is special."""
    with call.read() as unit:
        dataset = unit.find(Dataset, dataset_id)
        if version_id is not None:
            row = datasets.version_of(unit, dataset, version_id)
        elif version is not None:
            row = datasets.find_version(unit, dataset, version)
        else:
            raise Invalid("Give an id or a version to find by.")
        return DatasetVersionShape.model_validate(row)


@router.get("/dataset/{dataset_id}/versions")
def list_dataset_versions(call: Reading, dataset_id: UUID, page: Paging) -> Items[DatasetVersionShape]:
    """List a dataset's versions."""
    with call.read() as unit:
        dataset = unit.find(Dataset, dataset_id)
        return shaped(datasets.list_versions(unit, dataset, page), DatasetVersionShape)


@router.post("/dataset/{dataset_id}/fork", status_code=status.HTTP_201_CREATED)
def fork_dataset_version(call: Writing, dataset_id: UUID, body: Fork) -> Forked:
    """Make a version out of another, with its data and what else is wished."""
    with call.write() as unit:
        dataset = unit.find(Dataset, dataset_id)
        parent = unit.find(DatasetVersion, body.parent_id, within=dataset.organization_id)
        version = datasets.create_version(unit, dataset, body.version, type=body.type, description=body.description)
        taking = forks.Taking(
            body.asset_ids, tags=body.with_tags, labels=body.with_labels, annotations=body.with_annotations
        )
        forks.fill(unit, parent, version, taking)
        job = jobs.done(unit, dataset.organization_id, "fork")
        return Forked(dataset_version=DatasetVersionShape.model_validate(version), job=JobShape.model_validate(job))
