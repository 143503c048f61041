"""Tags: made within a scope, attached to targets of one kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select

from reconciler.platform.store.faults import Invalid, NotFound
from reconciler.platform.store.names import claim, find_named, named
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.tables.base import Owned
from reconciler.platform.store.tables.data import Data, Datalake
from reconciler.platform.store.tables.datasets import Asset, Dataset, DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.models import Model, ModelVersion
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.tables.tags import Tag, TagLink
from reconciler.platform.store.touching import touch
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import TagTarget

_TABLES: dict[TagTarget, type[Owned]] = {
    TagTarget.DATA: Data,
    TagTarget.ASSET: Asset,
    TagTarget.MODEL: Model,
    TagTarget.MODEL_VERSION: ModelVersion,
    TagTarget.DATASET: Dataset,
    TagTarget.DATASET_VERSION: DatasetVersion,
    TagTarget.DEPLOYMENT: Deployment,
    TagTarget.PREDICTED_ASSET: PredictedAsset,
}

# What a scoped tag's targets must lie in.
_HOMES = {TagTarget.DATA: Data.datalake_id, TagTarget.ASSET: Asset.dataset_version_id}

ORGANIZATION_TARGETS = frozenset(
    {
        TagTarget.DATASET,
        TagTarget.DATASET_VERSION,
        TagTarget.MODEL,
        TagTarget.MODEL_VERSION,
        TagTarget.DEPLOYMENT,
        TagTarget.PREDICTED_ASSET,
    }
)


@dataclass(frozen=True)
class Scope:
    """Within what a tag's name is unique, and what it may be put on."""

    organization_id: UUID
    scope_id: UUID
    target_type: TagTarget

    @classmethod
    def organization(cls, organization_id: UUID, target_type: TagTarget) -> "Scope":
        """Return the scope of tags for datasets, models, their versions, and deployments.

        Raises:
            Invalid: for a kind of target whose tags live elsewhere.
        """
        if target_type not in ORGANIZATION_TARGETS:
            raise Invalid(f"Tags of target type {target_type} do not belong to an organization.")
        return cls(organization_id, organization_id, target_type)

    @classmethod
    def datalake(cls, lake: Datalake) -> "Scope":
        """Return the scope of a datalake's data tags."""
        return cls(lake.organization_id, lake.id, TagTarget.DATA)

    @classmethod
    def dataset_version(cls, version: DatasetVersion) -> "Scope":
        """Return the scope of a dataset version's asset tags."""
        return cls(version.organization_id, version.id, TagTarget.ASSET)

    @property
    def condition(self) -> ColumnElement[bool]:
        """The rows of this scope."""
        return (Tag.scope_id == self.scope_id) & (Tag.target_type == self.target_type)


def create(unit: Unit, scope: Scope, name: str) -> Tag:
    """Create a tag; a name taken in its scope raises Conflict."""
    claim(unit, Tag, name, scope.condition)
    return _insert(unit, scope, name)


def ensure(unit: Unit, scope: Scope, name: str) -> Tag:
    """Return the tag of that name, creating it where there is none."""
    return named(unit, Tag, name, scope.condition) or _insert(unit, scope, name)


def find_by_name(unit: Unit, scope: Scope, name: str) -> Tag:
    """Return the tag of that name, or raise NotFound."""
    return find_named(unit, Tag, name, scope.condition)


def list_page(unit: Unit, scope: Scope, request: PageRequest) -> Page[Tag]:
    """Return a page of a scope's tags."""
    return paged(unit, select(Tag).where(scope.condition), Tag, request)


def list_organization(
    unit: Unit, organization_id: UUID, target_type: TagTarget | None, request: PageRequest
) -> Page[Tag]:
    """Return a page of an organisation's own tags, of one kind of target or all."""
    unit.admit(organization_id)
    rows = select(Tag).where(Tag.scope_id == organization_id)
    if target_type is not None:
        rows = rows.where(Tag.target_type == target_type)
    return paged(unit, rows, Tag, request)


def rename(unit: Unit, tag: Tag, name: str) -> None:
    """Rename a tag; deployments that carry it count as changed."""
    scope = Scope(tag.organization_id, tag.scope_id, tag.target_type)
    if claim(unit, Tag, name, scope.condition, holder=tag) != tag.name:
        tag.name = name
        _touch_carriers(unit, tag, _carriers(unit, tag))


def remove(unit: Unit, tag: Tag) -> None:
    """Delete a tag, taking it off whatever carries it."""
    detach(unit, tag, _carriers(unit, tag))
    unit.session.delete(tag)


def attach(unit: Unit, tag: Tag, target_ids: Iterable[UUID]) -> int:
    """Put a tag on targets and return how many did not carry it before.

    Raises:
        NotFound: when one of them is not a target of the tag's kind, then nothing is attached.
    """
    wanted = list(dict.fromkeys(target_ids))
    _require_targets(unit, tag, wanted)
    carrying = set(_carriers(unit, tag, wanted))
    missing = [target for target in wanted if target not in carrying]
    unit.session.add_all(TagLink(tag_id=tag.id, target_id=target) for target in missing)
    unit.session.flush()
    _touch_carriers(unit, tag, missing)
    return len(missing)


def detach(unit: Unit, tag: Tag, target_ids: Iterable[UUID]) -> int:
    """Take a tag off targets and return how many carried it; the others are left alone."""
    carriers = _carriers(unit, tag, list(target_ids))
    for chunk in chunked(carriers):
        unit.session.execute(delete(TagLink).where(TagLink.tag_id == tag.id, TagLink.target_id.in_(chunk)))
    _touch_carriers(unit, tag, carriers)
    return len(carriers)


def strip(unit: Unit, target_ids: Sequence[UUID]) -> None:
    """Take every tag off targets that are about to be deleted."""
    for chunk in chunked(target_ids):
        unit.session.execute(delete(TagLink).where(TagLink.target_id.in_(chunk)))


def drop_scope(unit: Unit, scope_id: UUID) -> None:
    """Delete all tags of a scope that is about to be deleted."""
    ids = select(Tag.id).where(Tag.scope_id == scope_id)
    unit.session.execute(delete(TagLink).where(TagLink.tag_id.in_(ids)))
    unit.session.execute(delete(Tag).where(Tag.scope_id == scope_id))


def chunked(identifiers: Sequence[UUID], size: int = 500) -> list[Sequence[UUID]]:
    """Return identifiers in lists short enough for any database's IN."""
    return [identifiers[start : start + size] for start in range(0, len(identifiers), size)]


def _insert(unit: Unit, scope: Scope, name: str) -> Tag:
    return unit.add(
        Tag(
            organization_id=scope.organization_id,
            scope_id=scope.scope_id,
            target_type=scope.target_type,
            name=name,
        )
    )


def _carriers(unit: Unit, tag: Tag, among: Sequence[UUID] | None = None) -> list[UUID]:
    rows = select(TagLink.target_id).where(TagLink.tag_id == tag.id)
    if among is None:
        return list(unit.session.scalars(rows))
    return [
        target for chunk in chunked(among) for target in unit.session.scalars(rows.where(TagLink.target_id.in_(chunk)))
    ]


def _require_targets(unit: Unit, tag: Tag, target_ids: Sequence[UUID]) -> None:
    table = _TABLES.get(tag.target_type)
    if table is None:
        raise Invalid(f"Tags of target type {tag.target_type} cannot be attached here.")
    owned = select(table.id).where(table.organization_id == tag.organization_id)
    if tag.target_type in _HOMES:
        owned = owned.where(_HOMES[tag.target_type] == tag.scope_id)
    for chunk in chunked(target_ids):
        found = set(unit.session.scalars(owned.where(table.id.in_(chunk))))
        if unknown := [str(target) for target in chunk if target not in found]:
            raise NotFound(f"The tag '{tag.name}' is for a {table.noun}; some targets are none.", unknown)


def _touch_carriers(unit: Unit, tag: Tag, target_ids: Sequence[UUID]) -> None:
    if tag.target_type is TagTarget.DEPLOYMENT:
        for target in target_ids:
            touch(unit.find(Deployment, target))
