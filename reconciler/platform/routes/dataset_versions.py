"""Dataset versions, their labels and tags (wire protocol 2.3)."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import Id, Name, Paging, listed, shaped
from reconciler.platform.shapes.base import Name as NewName
from reconciler.platform.shapes.datasets import (
    DatasetVersionDetail,
    DatasetVersionShape,
    DatasetVersionUpdate,
    LabelShape,
    LabelUpdate,
)
from reconciler.platform.shapes.tags import Named, TagShape
from reconciler.platform.store import datasets, tags
from reconciler.platform.store.tables.datasets import DatasetVersion, Label

router = LateRouter(tags=["dataset versions"])


@router.get("/organization/{organization_id}/datasetversions/find")
def find_organization_dataset_version(call: Reading, organization_id: UUID, version_id: Id) -> DatasetVersionShape:
    """Find a version of any of an organisation's datasets by id."""
    with call.read() as unit:
        return DatasetVersionShape.model_validate(unit.find(DatasetVersion, version_id, within=organization_id))


@router.get("/dataset/version/{version_id}")
def read_dataset_version(call: Reading, version_id: UUID) -> DatasetVersionDetail:
    """Read a version."""
    with call.read() as unit:
        return DatasetVersionDetail.model_validate(unit.find(DatasetVersion, version_id))


@router.patch("/dataset/version/{version_id}")
def update_dataset_version(call: Writing, version_id: UUID, body: DatasetVersionUpdate) -> DatasetVersionDetail:
    """Change what is given of a version; 409 for the type while a feedback loop fills it."""
    with call.write() as unit:
        row = unit.find(DatasetVersion, version_id)
        datasets.update_version(unit, row, version=body.version, description=body.description, type=body.type)
        return DatasetVersionDetail.model_validate(row)


@router.delete("/dataset/version/{version_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_dataset_version(call: Writing, version_id: UUID) -> None:
    """Delete a version; 409 while a deployment uses it, and the data stay."""
    with call.write() as unit:
        datasets.delete_version(unit, unit.find(DatasetVersion, version_id))


@router.post("/dataset/version/{version_id}/lock")
def lock_dataset_version(call: Writing, version_id: UUID) -> DatasetVersionShape:
    """Let a version take no more writes: they answer 423."""
    return _set_locked(call, version_id, locked=True)


@router.post("/dataset/version/{version_id}/unlock")
def unlock_dataset_version(call: Writing, version_id: UUID) -> DatasetVersionShape:
    """Let a version take writes again."""
    return _set_locked(call, version_id, locked=False)


@router.get("/dataset/version/{version_id}/tags")
def list_asset_tags(call: Reading, version_id: UUID, page: Paging) -> Items[TagShape]:
    """List the tags that a version's assets may carry."""
    with call.read() as unit:
        scope = tags.Scope.dataset_version(unit.find(DatasetVersion, version_id))
        return shaped(tags.list_page(unit, scope, page), TagShape)


@router.post("/dataset/version/{version_id}/tags", status_code=status.HTTP_201_CREATED)
def create_asset_tag(call: Writing, version_id: UUID, body: Named) -> TagShape:
    """Create a tag for a version's assets."""
    with call.write() as unit:
        scope = tags.Scope.dataset_version(unit.find(DatasetVersion, version_id))
        return TagShape.model_validate(tags.create(unit, scope, body.name))


@router.get("/dataset/version/{version_id}/tags/find")
def find_asset_tag(call: Reading, version_id: UUID, name: Name) -> TagShape:
    """Find a tag of a version's assets by name."""
    with call.read() as unit:
        scope = tags.Scope.dataset_version(unit.find(DatasetVersion, version_id))
        return TagShape.model_validate(tags.find_by_name(unit, scope, name))


@router.get("/dataset/version/{version_id}/labels")
def list_labels(call: Reading, version_id: UUID) -> Items[LabelShape]:
    """List a version's labels."""
    with call.read() as unit:
        return listed(datasets.labels(unit, unit.find(DatasetVersion, version_id)), LabelShape)


@router.post("/dataset/version/{version_id}/labels", status_code=status.HTTP_201_CREATED)
def create_label(call: Writing, version_id: UUID, body: Named) -> LabelShape:
    """Create a label."""
    with call.write() as unit:
        version = unit.find(DatasetVersion, version_id)
        return LabelShape.model_validate(datasets.create_label(unit, version, body.name))


@router.get("/dataset/version/{version_id}/labels/find")
def find_label(call: Reading, version_id: UUID, name: Name) -> LabelShape:
    """Find a label by name."""
    with call.read() as unit:
        version = unit.find(DatasetVersion, version_id)
        return LabelShape.model_validate(datasets.find_label(unit, version, name))


# OpenAPI has no word for the client's own verb XGET; the description of the document tells of it.
@router.api_route("/dataset/version/{version_id}/bulk-labels", methods=["XGET"], include_in_schema=False)
def ensure_labels(
    call: Writing, version_id: UUID, names: Annotated[list[NewName], Body(embed=True, max_length=10_000)]
) -> list[LabelShape]:
    """Return the labels of these names, creating those that are missing."""
    with call.write() as unit:
        version = unit.find(DatasetVersion, version_id)
        return [LabelShape.model_validate(row) for row in datasets.ensure_labels(unit, version, names)]


@router.get("/label/{label_id}")
def read_label(call: Reading, label_id: UUID) -> LabelShape:
    """Read a label."""
    with call.read() as unit:
        return LabelShape.model_validate(unit.find(Label, label_id))


@router.patch("/label/{label_id}")
def update_label(call: Writing, label_id: UUID, body: LabelUpdate) -> LabelShape:
    """Change what is given of a label."""
    with call.write() as unit:
        row = unit.find(Label, label_id)
        datasets.update_label(unit, row, name=body.name, group_id=body.group_id)
        return LabelShape.model_validate(row)


@router.delete("/label/{label_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_label(call: Writing, label_id: UUID) -> None:
    """Delete a label."""
    with call.write() as unit:
        datasets.delete_label(unit, unit.find(Label, label_id))


def _set_locked(call: Writing, version_id: UUID, *, locked: bool) -> DatasetVersionShape:
    with call.write() as unit:
        row = unit.find(DatasetVersion, version_id)
        row.locked = locked
        return DatasetVersionShape.model_validate(row)
