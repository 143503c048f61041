"""Making a dataset version out of another."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from reconciler.platform.store import assets, datasets
from reconciler.platform.store import tags as tagging
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion
from reconciler.platform.store.tables.tags import Tag, TagLink
from reconciler.platform.store.unit import Unit


@dataclass(frozen=True)
class Taking:
    """What to take along: these assets (None: all), and whether their tags and the version's labels."""

    asset_ids: Sequence[UUID] | None
    tags: bool
    labels: bool


def fill(unit: Unit, parent: DatasetVersion, version: DatasetVersion, taking: Taking) -> None:
    """Fill a new, empty version from its parent; an asset that is not the parent's raises NotFound."""
    taken = _taken(unit, parent, taking.asset_ids)
    assets.add(unit, version, list(taken.values()))
    if taking.labels:
        datasets.ensure_labels(unit, version, [label.name for label in datasets.labels(unit, parent)])
    if taking.tags:
        _copy_tags(unit, taken, version)


def _taken(unit: Unit, parent: DatasetVersion, asset_ids: Sequence[UUID] | None) -> dict[UUID, UUID]:
    rows = select(Asset.id, Asset.data_id).where(Asset.dataset_version_id == parent.id).order_by(Asset.id)
    held = {row.id: row.data_id for row in unit.session.execute(rows)}
    if asset_ids is None:
        return held
    if unknown := [str(asset_id) for asset_id in asset_ids if asset_id not in held]:
        raise NotFound("Some assets are not in the version to fork.", unknown)
    return {asset_id: held[asset_id] for asset_id in asset_ids}


def _copy_tags(unit: Unit, taken: dict[UUID, UUID], version: DatasetVersion) -> None:
    scope = tagging.Scope.dataset_version(version)
    copies = assets.by_data(unit, version, list(taken.values()))
    for chunk in tagging.chunked(list(taken)):
        rows = select(Tag.name, TagLink.target_id).join(TagLink, TagLink.tag_id == Tag.id)
        for name, asset_id in unit.session.execute(rows.where(TagLink.target_id.in_(chunk))):
            tagging.attach(unit, tagging.ensure(unit, scope, name), [copies[taken[asset_id]]])
