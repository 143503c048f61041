"""SQLite as a home: one private file, a write-ahead log, and what its error codes mean."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, Connection, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from reconciler.adapters.ledger.sql.place import Place
from reconciler.core.lease import Reading
from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS: Final = 30.0
"""How long a writer waits for other processes; an append takes milliseconds, so longer means that something hangs."""

_BEGIN: Final = "ledger_begin"


def place_of(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Place:
    """Describe the SQLite file at `path`; nothing is opened yet."""
    engine = create_engine(
        URL.create("sqlite", database=os.fspath(path)),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"timeout": busy_seconds},
    )
    event.listen(engine, "connect", _tell_connection)
    event.listen(engine, "begin", _begin)
    return Place(
        name=os.fspath(path),
        reader=engine,
        writer=engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"}),
        exists=lambda: _exists(path),
        prepare=lambda: _create(path, engine, busy_seconds),
        explain=lambda error: _explain(path, error),
        # A file is used from one machine: its clock is everybody's.
        reading=lambda _: Reading(datetime.now(UTC)),
    )


def _tell_connection(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not open transactions of its own: see `_begin`.
    connection.isolation_level = None
    cursor = connection.cursor()
    # An intent must be on the disk before its write is sent, even if the power fails between the two.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    statement = connection.get_execution_options().get(_BEGIN, "BEGIN")
    if statement:
        connection.exec_driver_sql(statement)


def _exists(path: Path) -> bool:
    # Only a definite no is a no: what cannot be looked at must not be taken for an empty memory.
    try:
        path.stat()
    except FileNotFoundError:
        return False
    return True


def _create(path: Path, engine: Engine, busy_seconds: float) -> None:
    """Make a private file in a private folder where there is none, and let it write ahead.

    What exists keeps its permissions. The mode is a property of the file, so only a file that is about to hold a ledger
    is switched: a mistaken path must not change somebody else's database.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    with engine.connect().execution_options(**{_BEGIN: ""}) as connection:
        _write_ahead(connection, time.monotonic() + busy_seconds)


def _write_ahead(connection: Connection, deadline: float) -> None:
    # SQLite does not wait by itself when processes meet in this one statement, as they do at a new file.
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except OperationalError as error:
            if _code(error.orig) != "SQLITE_BUSY" or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


_KNOWN: Final[tuple[tuple[str, str, str], ...]] = (
    ("SQLITE_NOTADB", "is not a ledger: the file is no SQLite database", "Name another file with --ledger."),
    (
        "SQLITE_CORRUPT",
        "is damaged",
        "Restore it from a copy; `sqlite3 FILE .recover` saves what is still readable.",
    ),
    (
        "SQLITE_BUSY",
        "is locked by another process",
        "Wait until the other run has ended; if none is running, see which process has the file open.",
    ),
    ("SQLITE_FULL", "cannot grow: the disk is full", "Free some space and run again: nothing was recorded by halves."),
    ("SQLITE_READONLY", "cannot be written", "Make the file and its folder writable, or name another with --ledger."),
    ("SQLITE_CANTOPEN", "cannot be opened", "Check that it is a file, and that it and its folder are accessible."),
    ("SQLITE_PERM", "cannot be opened", "Check that it is a file, and that it and its folder are accessible."),
    ("SQLITE_IOERR", "cannot be read or written: the disk reports an error", "Check the disk, then run again."),
)
"""Primary result code (https://sqlite.org/rescode.html), what it means here, the next step."""


def _explain(path: Path, error: Exception) -> LedgerError:
    where = os.fspath(path)
    if isinstance(error, OSError):
        reason = error.strerror or type(error).__name__
        return LedgerError(f"the ledger cannot be opened: {reason}", where=where, hint=_KNOWN[5][2])
    found = error.orig if isinstance(error, DBAPIError) else error
    for prefix, meaning, hint in _KNOWN:
        if _code(found).startswith(prefix):
            return LedgerError(f"the ledger {meaning}", where=where, hint=hint)
    return LedgerError(f"the ledger cannot be used: {found}", where=where, hint="Check the file, then run again.")


def _code(error: BaseException | None) -> str:
    """Return the name of SQLite's (extended) result code, or nothing."""
    return str(getattr(error, "sqlite_errorname", ""))
