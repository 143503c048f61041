"""Names: unique where they are unique, found by exact text."""

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select

from reconciler.platform.store.faults import Conflict, Invalid, NotFound
from reconciler.platform.store.tables.base import Named, Owned
from reconciler.platform.store.unit import Unit

N = TypeVar("N", bound=Named)


def named(unit: Unit, table: type[N], name: str, *scope: ColumnElement[bool]) -> N | None:
    """Return the row of that name within `scope`, or None."""
    return unit.session.scalar(select(table).where(table.name == name, *scope))


def in_organization(table: type[Owned], organization_id: UUID) -> ColumnElement[bool]:
    """Return the condition that a row belongs to an organisation."""
    return table.organization_id == organization_id


def find_named(unit: Unit, table: type[N], name: str, *scope: ColumnElement[bool]) -> N:
    """Return the row of that name within `scope`.

    Raises:
        NotFound: when there is none.
    """
    row = named(unit, table, name, *scope)
    if row is None:
        raise NotFound(f"There is no {table.noun} named '{name}'.")
    return row


def claim(unit: Unit, table: type[N], name: str, *scope: ColumnElement[bool], holder: N | None = None) -> str:
    """Return `name` if no row within `scope`, other than `holder`, has it.

    Raises:
        Conflict: when it is taken.
    """
    row = named(unit, table, name, *scope)
    if row is not None and row is not holder:
        raise Conflict(f"There is already a {table.noun} named '{name}'.")
    return name


@dataclass(frozen=True)
class Sought:
    """What a find request names: an id, or else a name."""

    name: str | None = None
    id: UUID | None = None


def seek(unit: Unit, table: type[N], organization_id: UUID, sought: Sought) -> N:
    """Return the row of an organisation that is sought by id or name.

    Raises:
        Invalid: when neither is given.
        NotFound: when there is none.
    """
    unit.admit(organization_id)
    if sought.id is not None:
        return unit.find(table, sought.id, within=organization_id)
    if sought.name is None:
        raise Invalid("Give an id or a name to find by.")
    return find_named(unit, table, sought.name, in_organization(table, organization_id))
