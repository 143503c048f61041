"""Which data and assets a list is asked for: in the query of a GET, in the body of an XGET."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field

from reconciler.platform.envelope import CursorItems
from reconciler.platform.routes.queries import OptionalId, S
from reconciler.platform.shapes.base import Request
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.finding import Wanted
from reconciler.platform.store.paging import Page
from reconciler.platform.store.words import DataType, UploadStatus

MOST_NAMED = 10_000

T = TypeVar("T")

Text = Annotated[str | None, Query(max_length=1024)]
Statuses = Annotated[Sequence[UploadStatus] | None, Query()]
Types = Annotated[Sequence[DataType] | None, Query()]
QueryText = Annotated[str | None, Query(max_length=10_000, description='The query language, e.g. tags.name = "x".')]
Metadata = Annotated[str | None, Query(max_length=10_000, description="A JSON object of values to be held.")]


class FilterBody(Request):
    """The body of an XGET."""

    ids: list[UUID] | None = Field(default=None, max_length=MOST_NAMED)
    data_ids: list[UUID] | None = Field(default=None, max_length=MOST_NAMED)
    object_names: list[str] | None = Field(default=None, max_length=MOST_NAMED)
    filenames: list[str] | None = Field(default=None, max_length=MOST_NAMED)
    filename_startswith: list[str] | str | None = Field(default=None, max_length=MOST_NAMED)
    upload_statuses: list[UploadStatus] | None = None
    types: list[DataType] | None = None
    q: str | None = Field(default=None, max_length=10_000)

    def wanted(self, custom_metadata: Mapping[str, object]) -> Wanted:
        """Return it as the store takes it."""
        prefixes = self.filename_startswith
        return Wanted(
            ids=self.ids,
            data_ids=self.data_ids,
            object_names=self.object_names,
            filenames=self.filenames,
            filename_prefixes=[prefixes] if isinstance(prefixes, str) else prefixes,
            statuses=self.upload_statuses,
            types=self.types,
            query=self.q,
            custom_metadata=custom_metadata,
        )


def cursored(page: Page[object], shape: type[S]) -> CursorItems[S]:
    """Return a page of rows as its wire form, with where the next one starts."""
    items = [shape.model_validate(row) for row in page.items]
    return CursorItems(items=items, count=page.count, next_cursor=page.next_cursor)


async def _metadata(custom_metadata: Metadata = None) -> Mapping[str, object]:
    if custom_metadata is None:
        return {}
    try:
        parsed = json.loads(custom_metadata)
    except ValueError as error:
        raise Invalid("custom_metadata is not JSON.") from error
    if not isinstance(parsed, dict):
        raise Invalid("custom_metadata is not a JSON object.")
    return parsed


Rest = Annotated[Mapping[str, object], Depends(_metadata)]


async def _kinds(rest: Rest, upload_statuses: Statuses = None, types: Types = None, q: QueryText = None) -> Wanted:
    return Wanted(statuses=upload_statuses, types=types, query=q, custom_metadata=rest)


Kinds = Annotated[Wanted, Depends(_kinds)]


async def _data(kinds: Kinds, data_id: OptionalId = None, filename: Text = None, object_name: Text = None) -> Wanted:
    return replace(kinds, ids=_one(data_id), filenames=_one(filename), object_names=_one(object_name))


DataFilters = Annotated[Wanted, Depends(_data)]


async def _assets(kinds: DataFilters, data_id: UUID | None = None) -> Wanted:
    return replace(kinds, data_ids=_one(data_id))


AssetFilters = Annotated[Wanted, Depends(_assets)]


def _one(value: T | None) -> list[T] | None:
    return None if value is None else [value]
