"""The statements of a ledger within one transaction, in SQL that SQLite and PostgreSQL share.

head         the last sequence number of a catalog; whoever moves it holds its row until the transaction ends
entries      what came after a sequence number, oldest first
checkpoint   the folded journal up to a sequence number
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, delete, func, insert, select, text, update

from reconciler.adapters.ledger.home import Line
from reconciler.adapters.ledger.sql import baselines
from reconciler.adapters.ledger.sql.schema import CATALOGS, CHECKPOINTS, ENTRIES
from reconciler.core.codec.journal import entry_from_json, entry_to_json
from reconciler.core.codec.memory import MEMORY_FORMAT, memory_from_json, memory_to_json
from reconciler.core.codec.reading import read_text, write_text
from reconciler.core.journal import Memory, RunFinished, RunStarted, replay, summaries
from reconciler.core.retention import with_kept
from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Result

    from reconciler.core.journal import Entry, RunSummary


def row_of(catalog: str, entry: Entry) -> dict[str, str | int]:
    """Return the columns of an entry, but its sequence number. Raises LedgerError when it cannot be written."""
    run, at, address = _searched(entry)
    body = write_text(entry_to_json(entry))
    return {"catalog": catalog, "run": run, "at": at, "kind": type(entry).__name__, "address": address, "body": body}


def _searched(entry: Entry) -> tuple[str, str, str]:
    match entry:
        case RunStarted(header):
            return header.run, header.at, ""
        case RunFinished():
            return entry.run, entry.at, ""
        case _:
            return entry.run, entry.at, entry.address


def add(connection: Connection, rows: Sequence[dict[str, str | int]]) -> int:
    """Add rows of one catalog behind its head, which excludes other writers; return the new head."""
    catalog = str(rows[0]["catalog"])
    head = _move_head(connection, catalog, len(rows))
    first = head - len(rows) + 1
    connection.execute(insert(ENTRIES), [row | {"sequence": first + n} for n, row in enumerate(rows)])
    return head


def _move_head(connection: Connection, catalog: str, count: int) -> int:
    here = CATALOGS.c.catalog == catalog
    move = update(CATALOGS).where(here).values(head=CATALOGS.c.head + count)
    if connection.execute(move).rowcount == 0:
        # Two writers may both be the first of a catalog; both databases know this clause, and the loser waits here.
        first = text("INSERT INTO ledger_catalogs (catalog, head) VALUES (:catalog, 0) ON CONFLICT DO NOTHING")
        connection.execute(first, {"catalog": catalog})
        connection.execute(move)
    head: int = connection.execute(select(CATALOGS.c.head).where(here)).scalar_one()
    return head


def catalogs(connection: Connection) -> tuple[str, ...]:
    """Return the names of all catalogs; sorted here, since databases sort text each in their own way."""
    return tuple(sorted(connection.execute(select(CATALOGS.c.catalog)).scalars()))


def lines(connection: Connection, catalog: str, after: int) -> Iterator[Line]:
    """Read the entries of a catalog behind a sequence number, oldest first."""
    return _read(connection.execute(_ENTRIES.where(ENTRIES.c.catalog == catalog, ENTRIES.c.sequence > after)), catalog)


def runs(connection: Connection, catalog: str, limit: int) -> tuple[RunSummary, ...]:
    """Return the newest `limit` runs of a catalog, newest first."""
    newest = (
        select(ENTRIES.c.run)
        .where(ENTRIES.c.catalog == catalog, ENTRIES.c.kind == RunStarted.__name__)
        .group_by(ENTRIES.c.run)
        .order_by(func.min(ENTRIES.c.sequence).desc())
        .limit(max(limit, 0))
    )
    found = connection.execute(_ENTRIES.where(ENTRIES.c.catalog == catalog, ENTRIES.c.run.in_(newest)))
    summed = summaries(line.entry for line in _read(found, catalog))
    return summed if len(summed) >= limit else with_kept(summed, baselines.read(connection, catalog), limit)


_ENTRIES: Final = select(ENTRIES.c.sequence, ENTRIES.c.body).order_by(ENTRIES.c.sequence)


def _read(found: Result[int, str], catalog: str) -> Iterator[Line]:
    for sequence, body in found:
        try:
            entry = entry_from_json(read_text(body))
        except LedgerError as error:
            what = f"entry {sequence} of catalog {catalog!r} cannot be read: {error.message}"
            raise LedgerError(what, hint=error.hint) from error
        yield Line(sequence, entry)


def fold(connection: Connection, catalog: str) -> tuple[int, Memory]:
    """Return the sequence number of the last entry, and the journal folded up to it."""
    pruned = baselines.reached(connection, catalog)
    sequence, memory = _checkpoint(connection, catalog)
    if sequence < pruned and (baseline := baselines.read(connection, catalog)) is not None:
        sequence, memory = baseline.sequence, baseline.memory
    tail = tuple(lines(connection, catalog, sequence))
    return tail[-1].sequence if tail else sequence, replay((line.entry for line in tail), memory)


def _checkpoint(connection: Connection, catalog: str) -> tuple[int, Memory]:
    row = connection.execute(select(CHECKPOINTS.c.sequence, CHECKPOINTS.c.memory).where(_mine(catalog))).first()
    try:
        return (0, Memory()) if row is None else (row.sequence, memory_from_json(read_text(row.memory)))
    except LedgerError:
        # A checkpoint is only a shortcut: the journal itself tells everything.
        return 0, Memory()


def _mine(catalog: str) -> ColumnElement[bool]:
    return and_(CHECKPOINTS.c.catalog == catalog, CHECKPOINTS.c.format == MEMORY_FORMAT)


def checkpointed(connection: Connection, catalog: str) -> int:
    """Return the sequence number that the checkpoint of a catalog reaches; 0 without one."""
    return connection.execute(select(CHECKPOINTS.c.sequence).where(_mine(catalog))).scalar() or 0


def keep_checkpoint(connection: Connection, catalog: str, sequence: int, memory: Memory) -> None:
    """Keep a folded journal, unless one that reaches further is there already."""
    if sequence <= checkpointed(connection, catalog):
        return
    body = write_text(memory_to_json(memory))
    connection.execute(delete(CHECKPOINTS).where(_mine(catalog)))
    connection.execute(
        insert(CHECKPOINTS).values(catalog=catalog, format=MEMORY_FORMAT, sequence=sequence, memory=body)
    )
