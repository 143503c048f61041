"""Headings over a dataset version's labels, and the skeletons of labels whose shapes are keypoints."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy import update as sql_update

from reconciler.platform.store.datasets import require_unlocked
from reconciler.platform.store.faults import Conflict, Invalid, NotFound
from reconciler.platform.store.names import claim
from reconciler.platform.store.tables.annotations import LabelGroup, Skeleton
from reconciler.platform.store.tables.datasets import DatasetVersion, Label
from reconciler.platform.store.unit import Unit

_EDGES = "edges"


def create(unit: Unit, version: DatasetVersion, name: str, *, parent_id: UUID | None) -> LabelGroup:
    """Create a group, below another one of the version if given; a name taken raises Conflict."""
    require_unlocked(version)
    claim(unit, LabelGroup, name, LabelGroup.dataset_version_id == version.id)
    if parent_id is not None:
        require_group(unit, version.id, parent_id)
    return unit.add(
        LabelGroup(
            organization_id=version.organization_id, dataset_version_id=version.id, name=name, parent_id=parent_id
        )
    )


def listed(unit: Unit, version: DatasetVersion) -> Sequence[LabelGroup]:
    """Return a version's groups, oldest first."""
    rows = select(LabelGroup).where(LabelGroup.dataset_version_id == version.id).order_by(LabelGroup.id)
    return unit.session.scalars(rows).all()


def update(unit: Unit, group: LabelGroup, *, name: str | None, parent_id: UUID | None) -> None:
    """Change what is given; a name taken, or a group below itself, raises Conflict."""
    require_unlocked(version_of(unit, group))
    if name is not None:
        same = LabelGroup.dataset_version_id == group.dataset_version_id
        group.name = claim(unit, LabelGroup, name, same, holder=group)
    if parent_id is not None:
        _require_above(unit, group, require_group(unit, group.dataset_version_id, parent_id))
        group.parent_id = parent_id


def delete(unit: Unit, group: LabelGroup) -> None:
    """Remove a group; its labels and the groups below it stay, without it."""
    require_unlocked(version_of(unit, group))
    unit.session.execute(sql_update(Label).where(Label.group_id == group.id).values(group_id=None))
    unit.session.delete(group)


def require_group(unit: Unit, version_id: UUID, group_id: UUID) -> LabelGroup:
    """Return a version's group of that id, or raise NotFound."""
    group = unit.find(LabelGroup, group_id)
    if group.dataset_version_id != version_id:
        raise NotFound(f"There is no label group {group_id} in this dataset version.")
    return group


def version_of(unit: Unit, group: LabelGroup) -> DatasetVersion:
    """Return the version that a group belongs to."""
    return unit.session.get_one(DatasetVersion, group.dataset_version_id)


def skeleton(unit: Unit, label: Label) -> Skeleton:
    """Return a label's skeleton, or raise NotFound."""
    row = unit.session.get(Skeleton, label.id)
    if row is None:
        raise NotFound(f"The label '{label.name}' has no skeleton.")
    return row


def skeletons(unit: Unit, version: DatasetVersion) -> Sequence[Skeleton]:
    """Return the skeletons of a version's labels."""
    rows = select(Skeleton).join(Label, Label.id == Skeleton.label_id).where(Label.dataset_version_id == version.id)
    return unit.session.scalars(rows.order_by(Label.id)).all()


def edges(row: Skeleton) -> list[list[int]]:
    """Return a skeleton's edges: pairs of joint numbers, from 1."""
    listed_edges = row.edges[_EDGES]
    return listed_edges if isinstance(listed_edges, list) else []


def set_skeleton(unit: Unit, label: Label, vertices: Sequence[str], links: Sequence[tuple[int, int]]) -> Skeleton:
    """Give a label a skeleton: names of joints, and pairs of joint numbers from 1 (others raise Invalid)."""
    require_unlocked(label.version)
    if any(not 1 <= end <= len(vertices) for link in links for end in link):
        raise Invalid(f"The edges of a skeleton with {len(vertices)} joints join numbers from 1 to {len(vertices)}.")
    row = unit.session.get(Skeleton, label.id) or Skeleton(label_id=label.id)
    row.vertices, row.edges = list(vertices), {_EDGES: [list(link) for link in links]}
    return unit.add(row)


def _require_above(unit: Unit, group: LabelGroup, parent: LabelGroup) -> None:
    above: LabelGroup | None = parent
    while above is not None:
        if above.id == group.id:
            raise Conflict(f"The label group '{group.name}' cannot lie below itself.")
        above = unit.session.get(LabelGroup, above.parent_id) if above.parent_id else None
