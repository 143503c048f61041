"""What stands for pruned entries, within one transaction: read, and put in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, insert, select

from reconciler.adapters.ledger.sql.schema import BASELINES, CATALOGS, CHECKPOINTS, ENTRIES
from reconciler.core.codec.baseline import baseline_from_json, baseline_to_json
from reconciler.core.codec.reading import read_text, write_text
from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from reconciler.core.retention import Baseline


def reached(connection: Connection, catalog: str) -> int:
    """Return the number of the last pruned entry of a catalog; 0 where none was."""
    found = select(BASELINES.c.sequence).where(BASELINES.c.catalog == catalog)
    return connection.execute(found).scalar() or 0


def read(connection: Connection, catalog: str) -> Baseline | None:
    """Return the baseline of a catalog. Raises LedgerError for one that cannot be read: no guess takes its place."""
    body = connection.execute(select(BASELINES.c.body).where(BASELINES.c.catalog == catalog)).scalar()
    if body is None:
        return None
    try:
        return baseline_from_json(read_text(body))
    except LedgerError as error:
        what = f"the baseline of catalog {catalog!r} cannot be read: {error.message}"
        raise LedgerError(what, hint=error.hint) from error


def put(connection: Connection, catalog: str, baseline: Baseline) -> None:
    """Let a baseline take the place of the entries that it reaches, and of the checkpoints before it."""
    connection.execute(
        delete(ENTRIES).where(and_(ENTRIES.c.catalog == catalog, ENTRIES.c.sequence <= baseline.sequence))
    )
    connection.execute(
        delete(CHECKPOINTS).where(and_(CHECKPOINTS.c.catalog == catalog, CHECKPOINTS.c.sequence < baseline.sequence))
    )
    connection.execute(delete(BASELINES).where(BASELINES.c.catalog == catalog))
    body = write_text(baseline_to_json(baseline))
    connection.execute(insert(BASELINES).values(catalog=catalog, sequence=baseline.sequence, body=body))


def begin(connection: Connection, catalog: str, baseline: Baseline) -> None:
    """Begin a catalog behind a baseline. Raises LedgerError where there is one of this name."""
    if connection.execute(select(CATALOGS.c.head).where(CATALOGS.c.catalog == catalog)).first() is not None:
        raise LedgerError(
            f"catalog {catalog!r} is there already", hint="Import into a ledger that nobody has written to."
        )
    connection.execute(insert(CATALOGS).values(catalog=catalog, head=baseline.sequence))
    put(connection, catalog, baseline)
