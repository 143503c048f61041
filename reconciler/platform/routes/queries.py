"""The query parameters that routes share: pages, and what a find request names."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel

from reconciler.platform.envelope import Items
from reconciler.platform.store.names import Sought
from reconciler.platform.store.paging import LARGEST_PAGE, Page, PageRequest

LARGEST_NUMBER = 2**31 - 1

S = TypeVar("S", bound=BaseModel)

Limit = Annotated[int, Query(ge=1, le=LARGEST_NUMBER, description="At most 1000 are given.")]
Offset = Annotated[int, Query(ge=0, le=LARGEST_NUMBER)]
OrderBy = Annotated[Sequence[str], Query(description="Field names, '-' in front for descending.")]


async def _page(limit: Limit = LARGEST_PAGE, offset: Offset = 0, order_by: OrderBy = ()) -> PageRequest:
    return PageRequest(min(limit, LARGEST_PAGE), offset, tuple(order_by))


async def _sought(
    name: Annotated[str | None, Query(max_length=255)] = None,
    id: UUID | None = None,  # noqa: A002  (the wire's word)
) -> Sought:
    return Sought(name, id)


async def _whole(limit: Limit = LARGEST_NUMBER, offset: Offset = 0, order_by: OrderBy = ()) -> PageRequest:
    return PageRequest(limit, offset, tuple(order_by))


# Asynchronous, because FastAPI runs a plain function in a thread of its own.
Paging = Annotated[PageRequest, Depends(_page)]


async def _cursor_page(page: Paging, cursor: Annotated[str | None, Query(max_length=64)] = None) -> PageRequest:
    return replace(page, cursor=cursor)


CursorPaging = Annotated[PageRequest, Depends(_cursor_page)]
# The body of an XGET names what is wanted, and its sender reads one page only.
Whole = Annotated[PageRequest, Depends(_whole)]
ByNameOrId = Annotated[Sought, Depends(_sought)]
Name = Annotated[str, Query(max_length=255)]
Id = Annotated[UUID, Query(alias="id")]
# A union keeps nothing of what its members are annotated with.
OptionalName = Annotated[str | None, Query(max_length=255)]
OptionalId = Annotated[UUID | None, Query(alias="id")]


def shaped(page: Page[object], shape: type[S]) -> Items[S]:
    """Return a page of rows as its wire form."""
    return Items(items=[shape.model_validate(row) for row in page.items], count=page.count)


def listed(rows: Sequence[object], shape: type[S]) -> Items[S]:
    """Return a whole list of rows as its wire form."""
    return Items(items=[shape.model_validate(row) for row in rows], count=len(rows))
