"""Making data of objects that are in the storage already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, or_, select

from reconciler.platform.store import data, sources, tags
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.data import Data, Datalake, StoredObject
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import DataType

_KINDS = {"image": DataType.IMAGE, "video": DataType.VIDEO}


@dataclass(frozen=True)
class Facts:
    """What is to be known of an imported object; tags and source are created where there are none of that name."""

    metadata: Json | None = None
    custom_metadata: Json | None = None
    tags: Sequence[str] = field(default_factory=tuple)
    data_source: str | None = None


def import_prefixes(
    unit: Unit, lake: Datalake, prefixes: Sequence[str], *, tag_ids: Sequence[UUID], source_id: UUID | None
) -> int:
    """Make data of every image and video whose name begins so, and return how many were new; `/` means all."""
    begins = [StoredObject.object_name.startswith(prefix.lstrip("/"), autoescape=True) for prefix in prefixes]
    found = _fresh(unit, lake, unit.session.scalars(_stored(lake).where(or_(*begins))))
    data.register_many(unit, lake, [_new(stored, Facts(), tag_ids=tag_ids, source_id=source_id) for stored in found])
    return len(found)


def import_objects(unit: Unit, lake: Datalake, wanted: Mapping[str, Facts]) -> int:
    """Make data of the named images and videos, and return how many were new.

    Raises:
        NotFound: when one of the names is not in the storage; then nothing is imported.
    """
    facts = {name.lstrip("/"): said for name, said in wanted.items()}
    rows = unit.session.scalars(_stored(lake).where(StoredObject.object_name.in_(facts))).all()
    if unknown := sorted(facts.keys() - {stored.object_name for stored in rows}):
        raise NotFound("Some objects are not in the storage.", unknown)
    found = _fresh(unit, lake, rows)
    data.register_many(unit, lake, [_told(unit, lake, stored, facts[stored.object_name]) for stored in found])
    return len(found)


def _told(unit: Unit, lake: Datalake, stored: StoredObject, said: Facts) -> data.NewData:
    scope = tags.Scope.datalake(lake)
    tag_ids = [tags.ensure(unit, scope, name).id for name in said.tags]
    source = sources.ensure(unit, lake.organization_id, said.data_source) if said.data_source else None
    return _new(stored, said, tag_ids=tag_ids, source_id=source.id if source else None)


def _stored(lake: Datalake) -> Select[StoredObject]:
    rows = select(StoredObject).where(StoredObject.connector_id == lake.connector_id)
    return rows.order_by(StoredObject.object_name)


def _fresh(unit: Unit, lake: Datalake, stored: Iterable[StoredObject]) -> list[StoredObject]:
    held = set(unit.session.scalars(select(Data.object_name).where(Data.datalake_id == lake.id)))
    return [row for row in stored if row.object_name not in held and _kind(row) is not None]


def _kind(stored: StoredObject) -> DataType | None:
    return _KINDS.get(stored.content_type.partition("/")[0])


def _new(stored: StoredObject, facts: Facts, *, tag_ids: Sequence[UUID], source_id: UUID | None) -> data.NewData:
    return data.NewData(
        filename=stored.object_name.rsplit("/", 1)[-1],
        object_name=stored.object_name,
        content_type=stored.content_type,
        type=_kind(stored) or DataType.IMAGE,
        tag_ids=tag_ids,
        source_id=source_id,
        metadata=facts.metadata,
        custom_metadata=facts.custom_metadata,
    )
