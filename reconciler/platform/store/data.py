"""Data: images and videos of a datalake."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import select

from reconciler.platform.store import objects, tags
from reconciler.platform.store.faults import Conflict
from reconciler.platform.store.paging import chunks
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.data import Data, Datalake, DataSource
from reconciler.platform.store.tables.datasets import Asset
from reconciler.platform.store.tables.tags import Tag
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import DataType


@dataclass(frozen=True)
class NewData:
    """A file to register: its name, where its bytes are, what is known of it.

    `width` and `height` are used only where the bytes are not an image that can be measured.
    """

    filename: str
    object_name: str
    content_type: str
    type: DataType = DataType.IMAGE
    width: int | None = None
    height: int | None = None
    tag_ids: Sequence[UUID] = ()
    source_id: UUID | None = None
    metadata: Json | None = None
    custom_metadata: Json | None = None


def register(unit: Unit, lake: Datalake, new: NewData) -> Data:
    """Add a file to a datalake; it is DONE once its bytes are there and its size is known.

    Raises:
        Conflict: when the datalake holds that object already.
        NotFound: for an unknown source or tag.
    """
    objects.check_name(new.object_name)
    taken = select(Data.id).where(Data.datalake_id == lake.id, Data.object_name == new.object_name)
    if unit.session.scalar(taken) is not None:
        raise Conflict(f"The datalake '{lake.name}' already holds the object '{new.object_name}'.")
    if new.source_id is not None:
        unit.find(DataSource, new.source_id)
    datum = _row(lake, new)
    objects.settle(unit, datum, objects.lookup(unit, lake.connector_id, new.object_name))
    unit.add(datum)
    for tag_id in new.tag_ids:
        tags.attach(unit, unit.find(Tag, tag_id), [datum.id])
    return datum


def register_many(unit: Unit, lake: Datalake, new: Sequence[NewData]) -> list[Data]:
    """Add many files to a datalake, as `register` does one by one, with a handful of queries for each 500.

    Raises:
        Conflict: when the datalake holds one of the objects already, or two files name one; then nothing is added.
        NotFound: for an unknown source or tag.
    """
    names = [objects.check_name(item.object_name) for item in new]
    _require_free(unit, lake, names)
    for source_id in {item.source_id for item in new if item.source_id is not None}:
        unit.find(DataSource, source_id)
    stored = objects.lookup_many(unit, lake.connector_id, names)
    data = [_row(lake, item) for item in new]
    for datum in data:
        objects.settle(unit, datum, stored.get(datum.object_name))
    unit.session.add_all(data)
    unit.session.flush()
    carriers: dict[UUID, list[UUID]] = defaultdict(list)
    for item, datum in zip(new, data, strict=True):
        for tag_id in item.tag_ids:
            carriers[tag_id].append(datum.id)
    for tag_id, targets in carriers.items():
        tags.attach(unit, unit.find(Tag, tag_id), targets)
    return data


def _require_free(unit: Unit, lake: Datalake, names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        raise Conflict("Two files name one object.")
    held = select(Data.object_name).where(Data.datalake_id == lake.id)
    for chunk in chunks(names):
        taken = unit.session.scalar(held.where(Data.object_name.in_(chunk)).limit(1))
        if taken is not None:
            raise Conflict(f"The datalake '{lake.name}' already holds the object '{taken}'.")


def of_object(unit: Unit, lake: Datalake, object_name: str) -> Data | None:
    """Return a datalake's data of that object, or None."""
    return unit.session.scalar(select(Data).where(Data.datalake_id == lake.id, Data.object_name == object_name))


def delete(unit: Unit, data: Sequence[Data]) -> None:
    """Remove data, their bytes, and the assets made of them."""
    for datum in data:
        objects.discard(unit, datum.datalake.connector_id, datum.object_name)
    for chunk in tags.chunked([datum.id for datum in data]):
        assets = list(unit.session.scalars(select(Asset.id).where(Asset.data_id.in_(chunk))))
        tags.strip(unit, [*assets, *chunk])
        unit.session.execute(sql_delete(Asset).where(Asset.data_id.in_(chunk)))
        unit.session.execute(sql_delete(Data).where(Data.id.in_(chunk)))


def _row(lake: Datalake, new: NewData) -> Data:
    return Data(
        organization_id=lake.organization_id,
        datalake_id=lake.id,
        data_source_id=new.source_id,
        type=new.type,
        filename=new.filename,
        object_name=new.object_name,
        content_type=new.content_type,
        width=new.width,
        height=new.height,
        facts=new.metadata,
        custom_metadata=new.custom_metadata,
    )


def chosen(unit: Unit, lake: Datalake, data_ids: Sequence[UUID] | None) -> list[Data]:
    """Return a datalake's data of these ids (None: all of them); unknown ids are left out."""
    rows = select(Data).where(Data.datalake_id == lake.id)
    if data_ids is None:
        return list(unit.session.scalars(rows))
    return [datum for chunk in tags.chunked(data_ids) for datum in unit.session.scalars(rows.where(Data.id.in_(chunk)))]
