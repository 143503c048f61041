"""Data sources: named origins of data."""

from uuid import UUID

from sqlalchemy import select, update

from reconciler.platform.store.names import claim, find_named, in_organization, named
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.tables.data import Data, DataSource
from reconciler.platform.store.unit import Unit


def create(unit: Unit, organization_id: UUID, name: str) -> DataSource:
    """Create a source; a name taken raises Conflict."""
    unit.admit(organization_id)
    claim(unit, DataSource, name, in_organization(DataSource, organization_id))
    return unit.add(DataSource(organization_id=organization_id, name=name))


def ensure(unit: Unit, organization_id: UUID, name: str) -> DataSource:
    """Return the source of that name, creating it where there is none."""
    unit.admit(organization_id)
    return named(unit, DataSource, name, in_organization(DataSource, organization_id)) or unit.add(
        DataSource(organization_id=organization_id, name=name)
    )


def find_by_name(unit: Unit, organization_id: UUID, name: str) -> DataSource:
    """Return the source of that name, or raise NotFound."""
    unit.admit(organization_id)
    return find_named(unit, DataSource, name, in_organization(DataSource, organization_id))


def list_page(unit: Unit, organization_id: UUID, request: PageRequest) -> Page[DataSource]:
    """Return a page of an organisation's sources."""
    unit.admit(organization_id)
    rows = select(DataSource).where(in_organization(DataSource, organization_id))
    return paged(unit, rows, DataSource, request)


def rename(unit: Unit, source: DataSource, name: str) -> None:
    """Rename a source; a name taken raises Conflict."""
    owned = in_organization(DataSource, source.organization_id)
    source.name = claim(unit, DataSource, name, owned, holder=source)


def delete(unit: Unit, source: DataSource) -> None:
    """Remove a source; its data stay, without one."""
    unit.session.execute(update(Data).where(Data.data_source_id == source.id).values(data_source_id=None))
    unit.session.delete(source)
