"""Annotating many assets at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from reconciler.platform.store import annotations
from reconciler.platform.store.datasets import require_unlocked
from reconciler.platform.store.drawing import Easel
from reconciler.platform.store.faults import Invalid, NotFound
from reconciler.platform.store.geometry import NewShape
from reconciler.platform.store.tables.annotations import Annotation
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion
from reconciler.platform.store.tags import chunked
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ImportMode


@dataclass(frozen=True)
class Sheet:
    """What an import says of one asset."""

    asset_id: UUID
    shapes: Sequence[NewShape]
    facts: annotations.Facts


def run(unit: Unit, version: DatasetVersion, sheets: Sequence[Sheet], mode: ImportMode) -> dict[UUID, int]:
    """Annotate assets of a version and return how many shapes each annotation was given.

    An asset that is annotated already keeps its annotation (KEEP), gets the shapes into its newest one (CONCATENATE),
    or a new one in place of all it had (REPLACE).

    Raises:
        Invalid: for an asset named twice, or for shapes as `annotations.create` refuses them.
        NotFound: for an asset or label that is not the version's; then nothing is imported.
        Locked: when the version takes no writes.
    """
    require_unlocked(version)
    assets = _assets(unit, version, [sheet.asset_id for sheet in sheets])
    easel = Easel.of(unit, version)
    if mode is ImportMode.REPLACE:
        annotations.delete_many(unit, version, asset_ids=list(assets), annotation_ids=None)
    held = annotations.on_assets(unit, version, list(assets))
    wanted = [sheet for sheet in sheets if mode is not ImportMode.KEEP or not held[sheet.asset_id]]
    filled = {_open(assets[sheet.asset_id], sheet, held): sheet for sheet in wanted}
    for annotation, sheet in filled.items():
        annotation.shapes.extend(easel.draw(assets[sheet.asset_id], sheet.shapes))
    unit.session.add_all(filled)
    unit.session.flush()
    return {annotation.id: len(sheet.shapes) for annotation, sheet in filled.items()}


def _open(asset: Asset, sheet: Sheet, held: Mapping[UUID, Sequence[Annotation]]) -> Annotation:
    found = held[asset.id]
    return found[0] if found else annotations.blank(asset, sheet.facts)


def _assets(unit: Unit, version: DatasetVersion, asset_ids: Sequence[UUID]) -> dict[UUID, Asset]:
    if len(set(asset_ids)) < len(asset_ids):
        raise Invalid("Each asset may be named once.")
    rows = select(Asset).where(Asset.dataset_version_id == version.id).options(joinedload(Asset.data))
    found: Iterable[Asset] = (
        asset for chunk in chunked(asset_ids) for asset in unit.session.scalars(rows.where(Asset.id.in_(chunk)))
    )
    assets = {asset.id: asset for asset in found}
    if unknown := [str(asset_id) for asset_id in asset_ids if asset_id not in assets]:
        raise NotFound(f"Some assets are not in the version '{version.version}'.", unknown)
    return assets
