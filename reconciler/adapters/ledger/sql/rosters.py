"""The leases of a catalog within one transaction that excludes other writers: read, and written where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, insert, select

from reconciler.adapters.ledger.sql.schema import FENCES, LEASES
from reconciler.core.codec.lease import lease_from_json, lease_to_json
from reconciler.core.lease import Roster

if TYPE_CHECKING:
    from sqlalchemy import Connection


def read(connection: Connection, catalog: str) -> Roster:
    """Return the leases of a catalog. Raises LedgerError for a row that cannot be read."""
    fence = connection.execute(select(FENCES.c.fence).where(FENCES.c.catalog == catalog)).scalar()
    rows = connection.execute(select(LEASES).where(LEASES.c.catalog == catalog)).mappings()
    leases = [lease_from_json(dict(row)) for row in rows]
    return Roster(fence or 0, {lease.address: lease for lease in leases})


def catalogs(connection: Connection) -> tuple[str, ...]:
    """Return the names of the catalogs that have leases, sorted."""
    return tuple(sorted(connection.execute(select(LEASES.c.catalog).distinct()).scalars()))


def write(connection: Connection, catalog: str, *, before: Roster, after: Roster) -> None:
    """Turn the leases of a catalog into others."""
    if after.fence != before.fence:
        connection.execute(delete(FENCES).where(FENCES.c.catalog == catalog))
        connection.execute(insert(FENCES).values(catalog=catalog, fence=after.fence))
    for address in before.leases.keys() | after.leases.keys():
        lease = after.leases.get(address)
        if lease != before.leases.get(address):
            connection.execute(delete(LEASES).where(and_(LEASES.c.catalog == catalog, LEASES.c.address == address)))
            if lease is not None:
                connection.execute(insert(LEASES).values(catalog=catalog, **lease_to_json(lease)))
