"""Making a dataset version out of another, or copying part of one into another."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from reconciler.platform.store import annotations, assets, datasets, label_groups
from reconciler.platform.store import tags as tagging
from reconciler.platform.store.faults import Conflict, Invalid, NotFound
from reconciler.platform.store.kinds import HELD
from reconciler.platform.store.tables.annotations import AnnotatedShape, Annotation
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion, Label
from reconciler.platform.store.tables.tags import Tag, TagLink
from reconciler.platform.store.unit import Unit


@dataclass(frozen=True)
class Taking:
    """What to take along: these assets (None: all), their tags, the version's labels, the newest annotations.

    Annotations bring the labels of their shapes with them.
    """

    asset_ids: Sequence[UUID] | None
    tags: bool
    labels: bool
    annotations: bool = False


def fill(unit: Unit, parent: DatasetVersion, version: DatasetVersion, taking: Taking) -> None:
    """Fill a new, empty version from its parent.

    Raises:
        NotFound: for an asset that is not the parent's.
        Invalid: when the new version does not hold the kinds of shapes to be taken.
    """
    taken = _taken(unit, parent, taking.asset_ids)
    assets.add(unit, version, list(taken.values()))
    _bring(unit, parent, version, taking, copies=_copies(unit, version, taken))


def copy(unit: Unit, parent: DatasetVersion, version: DatasetVersion, taking: Taking) -> None:
    """Copy assets of one version into another of the same dataset.

    What the other holds already stays as it is: its annotations are not added to.

    Raises:
        Conflict: when both are one version, or of different datasets.
        NotFound, Invalid: as `fill`.
        Locked: when the other takes no writes.
    """
    if version.id == parent.id or version.dataset_id != parent.dataset_id:
        raise Conflict("Assets are copied into another version of the same dataset.")
    taken = _taken(unit, parent, taking.asset_ids)
    held = assets.by_data(unit, version, list(taken.values()))
    assets.add(unit, version, list(taken.values()))
    copies = _copies(unit, version, taken)
    fresh = {asset_id: copies[asset_id] for asset_id, data_id in taken.items() if data_id not in held}
    _bring(unit, parent, version, taking, copies=fresh)


def _bring(
    unit: Unit, parent: DatasetVersion, version: DatasetVersion, taking: Taking, *, copies: Mapping[UUID, UUID]
) -> None:
    if taking.labels or taking.annotations:
        _copy_labels(unit, parent, version)
    if taking.tags:
        _copy_tags(unit, version, copies)
    if taking.annotations:
        _copy_annotations(unit, parent, version, copies)


def _taken(unit: Unit, parent: DatasetVersion, asset_ids: Sequence[UUID] | None) -> dict[UUID, UUID]:
    rows = select(Asset.id, Asset.data_id).where(Asset.dataset_version_id == parent.id).order_by(Asset.id)
    held = {row.id: row.data_id for row in unit.session.execute(rows)}
    if asset_ids is None:
        return held
    if unknown := [str(asset_id) for asset_id in asset_ids if asset_id not in held]:
        raise NotFound("Some assets are not in the version to take them from.", unknown)
    return {asset_id: held[asset_id] for asset_id in asset_ids}


def _copies(unit: Unit, version: DatasetVersion, taken: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Return the new assets by those they were made of."""
    made = assets.by_data(unit, version, list(taken.values()))
    return {asset_id: made[data_id] for asset_id, data_id in taken.items()}


def _copy_labels(unit: Unit, parent: DatasetVersion, version: DatasetVersion) -> None:
    originals = datasets.labels(unit, parent)
    copies = datasets.ensure_labels(unit, version, [label.name for label in originals])
    joints = {row.label_id: row for row in label_groups.skeletons(unit, parent)}
    for original, label in zip(originals, copies, strict=True):
        if original.id in joints:
            row = joints[original.id]
            links = [(link[0], link[1]) for link in label_groups.edges(row)]
            label_groups.set_skeleton(unit, label, row.vertices, links)


def _copy_tags(unit: Unit, version: DatasetVersion, copies: Mapping[UUID, UUID]) -> None:
    scope = tagging.Scope.dataset_version(version)
    carriers: dict[str, list[UUID]] = defaultdict(list)
    for chunk in tagging.chunked(list(copies)):
        rows = select(Tag.name, TagLink.target_id).join(TagLink, TagLink.tag_id == Tag.id)
        for name, asset_id in unit.session.execute(rows.where(TagLink.target_id.in_(chunk)).order_by(Tag.name)):
            carriers[name].append(copies[asset_id])
    for name, targets in carriers.items():
        tagging.attach(unit, tagging.ensure(unit, scope, name), targets)


def _copy_annotations(unit: Unit, parent: DatasetVersion, version: DatasetVersion, copies: Mapping[UUID, UUID]) -> None:
    originals = annotations.newest_of_each(unit, parent, asset_ids=list(copies))
    kinds = {shape.kind for annotation in originals for shape in annotation.shapes}
    if others := sorted(kinds - HELD[version.type]):
        raise Invalid(f"A dataset version of type {version.type} does not hold {', '.join(others)}.")
    named = {label.name: label for label in datasets.labels(unit, version)}
    unit.session.add_all(_copy(item, version, copies[item.asset_id], named) for item in originals)
    unit.session.flush()


def _copy(original: Annotation, version: DatasetVersion, asset_id: UUID, named: Mapping[str, Label]) -> Annotation:
    kept = {name: getattr(original, name) for name in ("organization_id", "duration", "status", "attributes")}
    shapes = [_copy_shape(shape, named[shape.label.name]) for shape in original.shapes]
    return Annotation(**kept, dataset_version_id=version.id, asset_id=asset_id, shapes=shapes)


def _copy_shape(original: AnnotatedShape, label: Label) -> AnnotatedShape:
    kept = {name: getattr(original, name) for name in ("organization_id", "kind", "geometry", "text", "attributes")}
    return AnnotatedShape(**kept, label_id=label.id)
