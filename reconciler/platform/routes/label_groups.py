"""Headings over labels, and the skeletons of labels (known to the official SDK, which needs both for COCO imports)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import listed
from reconciler.platform.shapes.annotations import (
    LabelGroupShape,
    LabelGroupUpdate,
    NewLabelGroup,
    Skeletons,
    SkeletonShape,
)
from reconciler.platform.store import label_groups
from reconciler.platform.store.tables.annotations import LabelGroup, Skeleton
from reconciler.platform.store.tables.datasets import DatasetVersion, Label

router = LateRouter(tags=["labels"])


@router.get("/dataset/version/{version_id}/labelgroups")
def list_label_groups(call: Reading, version_id: UUID) -> Items[LabelGroupShape]:
    """List a version's label groups."""
    with call.read() as unit:
        return listed(label_groups.listed(unit, unit.find(DatasetVersion, version_id)), LabelGroupShape)


@router.post("/dataset/version/{version_id}/labelgroups", status_code=status.HTTP_201_CREATED)
def create_label_group(call: Writing, version_id: UUID, body: NewLabelGroup) -> LabelGroupShape:
    """Create a label group."""
    with call.write() as unit:
        version = unit.find(DatasetVersion, version_id)
        row = label_groups.create(unit, version, body.name, parent_id=body.parent_id)
        return LabelGroupShape.model_validate(row)


@router.get("/label/group/{group_id}")
def read_label_group(call: Reading, group_id: UUID) -> LabelGroupShape:
    """Read a label group."""
    with call.read() as unit:
        return LabelGroupShape.model_validate(unit.find(LabelGroup, group_id))


@router.patch("/label/group/{group_id}")
def update_label_group(call: Writing, group_id: UUID, body: LabelGroupUpdate) -> LabelGroupShape:
    """Change what is given of a label group."""
    with call.write() as unit:
        row = unit.find(LabelGroup, group_id)
        label_groups.update(unit, row, name=body.name, parent_id=body.parent_id)
        return LabelGroupShape.model_validate(row)


@router.delete("/label/group/{group_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_label_group(call: Writing, group_id: UUID) -> None:
    """Delete a label group; its labels, and the groups below it, stay."""
    with call.write() as unit:
        label_groups.delete(unit, unit.find(LabelGroup, group_id))


@router.get("/dataset/version/{version_id}/labels/skeleton")
def list_skeletons(call: Reading, version_id: UUID) -> Skeletons:
    """List the skeletons of a version's labels."""
    with call.read() as unit:
        rows = label_groups.skeletons(unit, unit.find(DatasetVersion, version_id))
        return Skeletons(items={row.label_id: _shaped(row) for row in rows})


@router.get("/label/{label_id}/skeleton")
def read_skeleton(call: Reading, label_id: UUID) -> SkeletonShape:
    """Read a label's skeleton; 404 where it has none."""
    with call.read() as unit:
        return _shaped(label_groups.skeleton(unit, unit.find(Label, label_id)))


@router.post("/label/{label_id}/skeleton")
def set_skeleton(call: Writing, label_id: UUID, body: SkeletonShape) -> SkeletonShape:
    """Give a label a skeleton: keypoints with that label have exactly these joints."""
    with call.write() as unit:
        return _shaped(label_groups.set_skeleton(unit, unit.find(Label, label_id), body.vertices, body.edges))


def _shaped(row: Skeleton) -> SkeletonShape:
    return SkeletonShape.model_validate({"vertices": row.vertices, "edges": label_groups.edges(row)})
