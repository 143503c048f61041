"""Assets: which data a dataset version holds."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, select

from reconciler.platform.store import tags
from reconciler.platform.store.datasets import require_unlocked
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.tables.data import Data
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion
from reconciler.platform.store.tables.tags import Tag
from reconciler.platform.store.unit import Unit


def add(unit: Unit, version: DatasetVersion, data_ids: Sequence[UUID], *, asset_tag_ids: Sequence[UUID] = ()) -> int:
    """Add data to a dataset version and return how many were not in it; all named ones get the tags.

    Raises:
        NotFound: for a data or tag out of reach; then nothing is added.
        Locked: when the version takes no writes.
    """
    require_unlocked(version)
    wanted = list(dict.fromkeys(data_ids))
    _require_data(unit, version, wanted)
    held = by_data(unit, version, wanted)
    missing = [data_id for data_id in wanted if data_id not in held]
    unit.session.add_all(
        Asset(organization_id=version.organization_id, dataset_version_id=version.id, data_id=data_id)
        for data_id in missing
    )
    unit.session.flush()
    if asset_tag_ids:
        assets = list(by_data(unit, version, wanted).values())
        for tag_id in asset_tag_ids:
            tags.attach(unit, unit.find(Tag, tag_id), assets)
    return len(missing)


def delete(unit: Unit, version: DatasetVersion, asset_ids: Sequence[UUID] | None) -> None:
    """Take assets, with their annotations, out of a version (None: all); data stay, unknown ids are left alone."""
    require_unlocked(version)
    rows = select(Asset.id).where(Asset.dataset_version_id == version.id)
    wanted = list(unit.session.scalars(rows))
    if asset_ids is not None:
        chosen = set(asset_ids)
        wanted = [asset for asset in wanted if asset in chosen]
    tags.strip(unit, wanted)
    for chunk in tags.chunked(wanted):
        unit.session.execute(sql_delete(Asset).where(Asset.id.in_(chunk)))


def count(unit: Unit, version_id: UUID) -> int:
    """Return how many assets a version holds."""
    rows = select(func.count()).select_from(Asset).where(Asset.dataset_version_id == version_id)
    return unit.session.scalar(rows) or 0


def _require_data(unit: Unit, version: DatasetVersion, data_ids: Sequence[UUID]) -> None:
    owned = select(Data.id).where(Data.organization_id == version.organization_id)
    for chunk in tags.chunked(data_ids):
        found = set(unit.session.scalars(owned.where(Data.id.in_(chunk))))
        if unknown := [str(data_id) for data_id in chunk if data_id not in found]:
            raise NotFound("Some data do not exist.", unknown)


def by_data(unit: Unit, version: DatasetVersion, data_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the assets of a version by the data they are of."""
    rows = select(Asset.data_id, Asset.id).where(Asset.dataset_version_id == version.id)
    return {
        data_id: asset_id
        for chunk in tags.chunked(data_ids)
        for data_id, asset_id in unit.session.execute(rows.where(Asset.data_id.in_(chunk)))
    }
