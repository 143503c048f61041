"""Lists of data and assets: filters, the query language, paging."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, String, cast, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from reconciler.platform.store.faults import Invalid, NotFound
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.query_language import Field, Membership, Value, parse
from reconciler.platform.store.tables.data import Data, Datalake
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion
from reconciler.platform.store.tables.tags import Tag, TagLink
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import DataType, UploadStatus

T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """Which data, or assets by their data, are wanted; None does not filter.

    Attributes:
        ids: ids of the data, or of the assets.
        data_ids: ids of the data, for assets.
        filename_prefixes: how the file name begins, any of them.
        query: a sentence of the query language.
        custom_metadata: values that the custom metadata must hold.
    """

    ids: Sequence[UUID] | None = None
    data_ids: Sequence[UUID] | None = None
    object_names: Sequence[str] | None = None
    filenames: Sequence[str] | None = None
    filename_prefixes: Sequence[str] | None = None
    statuses: Sequence[UploadStatus] | None = None
    types: Sequence[DataType] | None = None
    query: str | None = None
    custom_metadata: Mapping[str, object] = field(default_factory=dict)


def list_data(unit: Unit, lake: Datalake, wanted: Wanted, request: PageRequest) -> Page[Data]:
    """Return a page of a datalake's data."""
    conditions = [Data.datalake_id == lake.id, *about_data(wanted), *_among(Data.id, wanted.ids)]
    if wanted.query is not None:
        conditions.append(parse(wanted.query, data_fields("")))
    return paged(unit, select(Data).where(*conditions), Data, request)


def find_data(unit: Unit, lake: Datalake, wanted: Wanted) -> Data:
    """Return the oldest of a datalake's data that is wanted, or raise NotFound."""
    return _first(list_data(unit, lake, wanted, PageRequest(limit=1)), "data", wanted)


def list_assets(unit: Unit, version: DatasetVersion, wanted: Wanted, request: PageRequest) -> Page[Asset]:
    """Return a page of a version's assets."""
    conditions = [Asset.dataset_version_id == version.id, *about_data(wanted), *_among(Asset.id, wanted.ids)]
    if wanted.query is not None:
        conditions.append(of_assets(wanted.query))
    rows: Select[Asset] = select(Asset).join(Data, Data.id == Asset.data_id).where(*conditions)
    return paged(unit, rows.options(joinedload(Asset.data)), Asset, request)


def of_assets(query: str) -> ColumnElement[bool]:
    """Return the condition that a sentence of the query language states of assets joined with their data."""
    return parse(query, {"tags.name": Field(tagged(Asset.id)), **data_fields("data.")})


def find_asset(unit: Unit, version: DatasetVersion, wanted: Wanted) -> Asset:
    """Return the oldest of a version's assets that is wanted, or raise NotFound."""
    return _first(list_assets(unit, version, wanted, PageRequest(limit=1)), "asset", wanted)


def _first(page: Page[T], noun: str, wanted: Wanted) -> T:
    if wanted == Wanted(statuses=wanted.statuses, types=wanted.types):
        raise Invalid("Give an id, a file name or an object name to find by.")
    if not page.items:
        raise NotFound(f"There is no such {noun}.")
    return page.items[0]


def about_data(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what is wanted of data, whatever they are joined to; ids and the query are left to the caller."""
    conditions = [
        *_among(Data.id, wanted.data_ids),
        *_among(Data.object_name, wanted.object_names),
        *_among(Data.filename, wanted.filenames),
        *_among(Data.upload_status, wanted.statuses),
        *_among(Data.type, wanted.types),
        *(_holds(key, value) for key, value in wanted.custom_metadata.items()),
    ]
    if wanted.filename_prefixes is not None:
        starts = [Data.filename.startswith(prefix, autoescape=True) for prefix in wanted.filename_prefixes]
        conditions.append(_any(starts))
    return conditions


def _among(column: InstrumentedAttribute[Any], values: Sequence[object] | None) -> list[ColumnElement[bool]]:
    return [] if values is None else [column.in_(values)]


def _any(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(false(), *conditions)


def _holds(key: str, value: object) -> ColumnElement[bool]:
    element = Data.custom_metadata[key]
    condition: ColumnElement[bool]
    if isinstance(value, bool):
        condition = element.as_boolean() == value
    elif isinstance(value, int | float):
        condition = element.as_float() == float(value)
    elif isinstance(value, str):
        condition = element.as_string() == value
    else:
        raise Invalid(f"custom_metadata: '{key}' can be matched with a text, a number or a truth value.")
    return condition


def data_fields(prefix: str) -> dict[str, Field]:
    """Return what queries may say of data, each name behind a prefix."""
    texts = {
        "filename": Data.filename,
        "object_name": Data.object_name,
        "content_type": Data.content_type,
        # As text, so that a word which is no type is no error but matches nothing.
        "type": cast(Data.type, String),
    }
    numbers = {"width": Data.width, "height": Data.height}
    return {
        prefix + "tags.name": Field(tagged(Data.id)),
        **{prefix + name: Field(_equals(column)) for name, column in texts.items()},
        **{prefix + name: Field(_equals(column), column) for name, column in numbers.items()},
    }


def _equals(column: SQLColumnExpression[Any]) -> Membership:
    def matches(values: list[Value]) -> ColumnElement[bool]:
        return column.in_(values)

    return matches


def tagged(target: InstrumentedAttribute[UUID]) -> Membership:
    """Return what matches rows that carry one of the named tags."""

    def matches(values: list[Value]) -> ColumnElement[bool]:
        carrying = select(TagLink.target_id).join(Tag, Tag.id == TagLink.tag_id).where(Tag.name.in_(values))
        return target.in_(carrying)

    return matches
