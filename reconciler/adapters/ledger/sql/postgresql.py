"""PostgreSQL as a home: one connection, a lock for whoever writes, and what its error codes mean."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, Connection, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from reconciler.adapters.ledger.location import shown
from reconciler.adapters.ledger.sql.place import Place
from reconciler.core.lease import Reading
from reconciler.errors import LedgerError, SettingsError

if TYPE_CHECKING:
    from sqlalchemy import Engine

BUSY_SECONDS: Final = 30.0
"""How long a writer waits for others; an append takes milliseconds, so longer means that something hangs."""

CONNECT_SECONDS: Final = 10
"""How long to wait for a server that does not answer; a URL may say otherwise (`connect_timeout`)."""

_WRITES: Final = "ledger_writes"

_LOCK: Final = 0x7265636F6E
"""The key of the lock that writers hold for a transaction: `recon`."""

_HINT: Final = "Write postgresql://USER@HOST:PORT/DATABASE; the password may be in PGPASSWORD or in ~/.pgpass."


def place_of(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Place:
    """Describe the database at `url`; nothing is opened yet.

    Raises:
        SettingsError: the URL makes no sense, or the driver is not installed.
    """
    engine = _engine(_address(url), busy_seconds)
    name = shown(url)
    return Place(
        name=name,
        reader=engine.execution_options(isolation_level="REPEATABLE READ"),
        writer=engine.execution_options(isolation_level="READ COMMITTED", **{_WRITES: True}),
        exists=lambda: True,
        prepare=lambda: None,
        explain=lambda error: _explain(name, error),
        reading=_reading,
    )


def _reading(connection: Connection) -> Reading:
    # Not now(): that is when the transaction began, and it may have waited for others since.
    told = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())").scalar_one()
    return Reading(datetime.fromtimestamp(float(told), UTC))


def _address(url: str) -> URL:
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        # The library's own words would repeat the URL, and with it the password.
        raise SettingsError("the ledger's URL cannot be read", where=shown(url), hint=_HINT) from None
    if not found.database:
        raise SettingsError("the ledger's URL names no database", where=shown(url), hint=_HINT)
    usual = {"connect_timeout": str(CONNECT_SECONDS), "application_name": "reconciler"}
    unsaid = {name: value for name, value in usual.items() if name not in found.query}
    return found.set(drivername="postgresql+psycopg").update_query_dict(unsaid)


def _engine(address: URL, busy_seconds: float) -> Engine:
    try:
        engine = create_engine(
            address,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            # A controller is silent for minutes; servers and proxies close what is silent.
            pool_pre_ping=True,
            # Poolers that share connections between clients lose prepared statements.
            connect_args={"prepare_threshold": None},
        )
    except ModuleNotFoundError as error:
        raise SettingsError(
            "a ledger in PostgreSQL needs its driver", hint="Install it: pip install 'reconciler[postgres]'."
        ) from error
    event.listen(engine, "begin", lambda connection: _exclude(connection, busy_seconds))
    return engine


def _exclude(connection: Connection, busy_seconds: float) -> None:
    """Let a transaction that writes wait for the one before it: making tables, counting and checkpoints need that."""
    if connection.get_execution_options().get(_WRITES):
        # Both end with the transaction, also behind a pooler.
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(busy_seconds * 1000)}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


_KNOWN: Final[tuple[tuple[str, str, str], ...]] = (
    ("28", "does not let us in: user or password is wrong", "Check the user, and PGPASSWORD or ~/.pgpass."),
    ("3D000", "has no such database", "Create it (createdb), or name another with --ledger."),
    ("42501", "does not let this user do that", "Grant the user CREATE on the schema, and rights on its tables."),
    ("55P03", "is locked by another process", "Wait until the other run has ended; see pg_stat_activity if none is."),
    ("53100", "cannot grow: the disk is full", "Free some space and run again: nothing was recorded by halves."),
    ("53300", "has no connection left", "Wait until others have ended, or raise max_connections."),
    ("25006", "is read only", "Name the primary server, not a replica, with --ledger."),
    ("57P", "is shutting down or starting", "Run again once the server is up."),
)
"""Beginning of the SQLSTATE (PostgreSQL, appendix A), what it means here, the next step."""


def _explain(name: str, error: Exception) -> LedgerError:
    found = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    told, state = str(found), str(getattr(found, "sqlstate", None) or "")
    for prefix, meaning, hint in _KNOWN:
        if state.startswith(prefix) or (not state and _SPOKEN.get(prefix, "\0") in told):
            return LedgerError(f"the ledger's database {meaning}", where=name, hint=hint)
    reason = " ".join(told.split())[:300]
    if not state or state.startswith("08"):
        hint = "Check host and port, and that the server is up and lets this machine in."
        return LedgerError(f"the ledger's database cannot be reached: {reason}", where=name, hint=hint)
    return LedgerError(f"the ledger cannot be used: {reason}", where=name, hint="Check the database, then run again.")


_SPOKEN: Final = {
    "28": "authentication failed",
    "3D000": "does not exist",
    "53300": "too many clients",
    "57P": "the database system is",
}
"""What the server says while connecting, where the driver passes on words and no code."""
