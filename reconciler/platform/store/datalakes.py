"""Datalakes: an organisation's stores of data."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.names import find_named, in_organization
from reconciler.platform.store.tables.data import Connector, Datalake
from reconciler.platform.store.unit import Unit


def create(
    session: Session, organization_id: UUID, name: str, *, connector_id: UUID, is_default: bool = False
) -> Datalake:
    """Create a datalake; no client can, so this is for founding and seeding."""
    lake = Datalake(organization_id=organization_id, name=name, connector_id=connector_id, is_default=is_default)
    session.add(lake)
    session.flush()
    return lake


def default(unit: Unit, organization_id: UUID) -> Datalake:
    """Return the datalake that is used where none is named."""
    unit.admit(organization_id)
    rows = select(Datalake).where(Datalake.organization_id == organization_id, Datalake.is_default.is_(True))
    lake = unit.session.scalar(rows)
    if lake is None:
        raise NotFound("This organization has no default datalake.")
    return lake


def find_by_name(unit: Unit, organization_id: UUID, name: str) -> Datalake:
    """Return the datalake of that name, or raise NotFound."""
    unit.admit(organization_id)
    return find_named(unit, Datalake, name, in_organization(Datalake, organization_id))


def list_all(unit: Unit, organization_id: UUID) -> Sequence[Datalake]:
    """Return an organisation's datalakes, oldest first."""
    unit.admit(organization_id)
    owned = in_organization(Datalake, organization_id)
    return unit.session.scalars(select(Datalake).where(owned).order_by(Datalake.id)).all()


def connector(unit: Unit, lake: Datalake) -> Connector:
    """Return where a datalake's bytes are kept."""
    return unit.find(Connector, lake.connector_id)


def home(unit: Unit, organization_id: UUID) -> UUID:
    """Return the connector where clients look for what belongs to no datalake: model files, artifacts."""
    return unit.organization(organization_id).default_connector_id or default(unit, organization_id).connector_id
