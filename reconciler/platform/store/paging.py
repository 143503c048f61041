"""Pages of rows: limit and offset, order by named columns, and cursors that survive insertion."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, UnaryExpression, func, select
from sqlalchemy.orm import InstrumentedAttribute

from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.base import Identified
from reconciler.platform.store.unit import Unit

LARGEST_PAGE = 1000

T_co = TypeVar("T_co", covariant=True)
V = TypeVar("V")
I = TypeVar("I", bound=Identified)  # noqa: E741  (an Identified row)


@dataclass(frozen=True)
class PageRequest:
    """Which part of a list is wanted.

    Attributes:
        limit: how many rows; clients get at most `LARGEST_PAGE` at once.
        offset: how many rows to skip, from the start or from the cursor.
        order_by: column names, `-` in front for descending; creation order settles ties.
        cursor: the `next_cursor` of the page before.
    """

    limit: int = LARGEST_PAGE
    offset: int = 0
    order_by: tuple[str, ...] = ()
    cursor: str | None = None


@dataclass(frozen=True)
class Page(Generic[T_co]):
    """Part of a list: its rows, how many rows the whole list has, and where the next page starts."""

    items: Sequence[T_co]
    count: int
    next_cursor: str | None = None


def paged(unit: Unit, rows: Select[I], table: type[I], request: PageRequest) -> Page[I]:
    """Cut a page out of `rows`, a selection of `table`.

    Raises:
        Invalid: for a column that cannot be sorted by, or a cursor nobody handed out.
    """
    counted = select(func.count()).select_from(rows.order_by(None).options().subquery())
    count = unit.session.scalar(counted) or 0
    wanted = rows.order_by(*_order(table, request.order_by))
    if request.cursor is not None:
        wanted = wanted.where(table.id > _decode(request))
    found = unit.session.scalars(wanted.offset(request.offset).limit(request.limit + 1)).unique().all()
    items, more = found[: request.limit], len(found) > request.limit
    cursor = items[-1].id.hex if more and items and not request.order_by else None
    return Page(items, count, cursor)


def _order(table: type[I], names: Sequence[str]) -> list[UnaryExpression[Any]]:
    return [*(_direction(table, name) for name in names), table.id.asc()]


def _direction(table: type[I], name: str) -> UnaryExpression[Any]:
    column = getattr(table, name.removeprefix("-"), None)
    if not isinstance(column, InstrumentedAttribute) or not hasattr(column.property, "columns"):
        raise Invalid(f"A {table.noun} cannot be ordered by '{name}'.")
    return column.desc() if name.startswith("-") else column.asc()


def _decode(request: PageRequest) -> UUID:
    if request.order_by:
        raise Invalid("A cursor and order_by exclude each other.")
    try:
        return UUID(hex=request.cursor or "")
    except ValueError as error:
        raise Invalid(f"'{request.cursor}' is not a cursor this platform gave out.") from error


def chunks(values: Sequence[V], size: int = 500) -> Iterator[Sequence[V]]:
    """Yield values in parts short enough for any database's IN."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
