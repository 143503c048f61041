"""How a database becomes, step by step, what this version needs: numbered steps that are never edited once released.

A step speaks Alembic's operations, so it serves SQLite and PostgreSQL alike; it never mentions `schema.py`, which moves
on. `ledger_schema` holds the number of the last step; steps run inside one transaction, so a crash leaves all or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Text, inspect, text

from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.operations import Operations
    from sqlalchemy import Connection


Steps: TypeAlias = "tuple[Callable[[Operations], None], ...]"


def _journal(op: Operations) -> None:
    op.create_table("ledger_schema", Column("version", Integer, primary_key=True, autoincrement=False))
    op.create_table(
        "ledger_catalogs",
        Column("catalog", Text, primary_key=True),
        Column("head", BigInteger, nullable=False),
    )
    op.create_table(
        "ledger_entries",
        Column("catalog", Text, ForeignKey("ledger_catalogs.catalog"), primary_key=True),
        Column("sequence", BigInteger, primary_key=True, autoincrement=False),
        Column("run", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("address", Text, nullable=False),
        Column("body", Text, nullable=False),
    )
    op.create_index("ledger_entries_of_run", "ledger_entries", ["catalog", "run"])
    op.create_index("ledger_entries_of_kind", "ledger_entries", ["catalog", "kind", "sequence"])
    op.create_table(
        "ledger_checkpoints",
        Column("catalog", Text, ForeignKey("ledger_catalogs.catalog"), primary_key=True),
        Column("format", Integer, primary_key=True, autoincrement=False),
        Column("sequence", BigInteger, nullable=False),
        Column("memory", Text, nullable=False),
    )


def _leases(op: Operations) -> None:
    op.create_table(
        "ledger_fences",
        Column("catalog", Text, primary_key=True),
        Column("fence", BigInteger, nullable=False),
    )
    op.create_table(
        "ledger_leases",
        Column("catalog", Text, primary_key=True),
        Column("address", Text, primary_key=True),
        Column("run", Text, nullable=False),
        Column("holder", Text, nullable=False),
        Column("process", Text, nullable=False),
        Column("acquired_at", Text, nullable=False),
        Column("expires_at", Text, nullable=False),
        Column("fence", BigInteger, nullable=False),
    )


def _baselines(op: Operations) -> None:
    op.create_table(
        "ledger_baselines",
        Column("catalog", Text, ForeignKey("ledger_catalogs.catalog"), primary_key=True),
        Column("sequence", BigInteger, nullable=False),
        Column("body", Text, nullable=False),
    )


STEPS: Final[Steps] = (_journal, _leases, _baselines)
"""Step n takes a database from version n - 1 to n."""


def version_of(connection: Connection, *, latest: int = len(STEPS)) -> int:
    """Return the version of a database, at most `latest`; 0 for one that holds no ledger yet.

    Raises:
        LedgerError: when a newer version of this program, or another program, made it.
    """
    if not inspect(connection).has_table("ledger_schema"):
        return 0
    found = connection.execute(text("SELECT max(version) FROM ledger_schema")).scalar()
    if not isinstance(found, int) or found < 1:
        raise LedgerError(
            f"the database is not a ledger: its table ledger_schema holds {found!r}",
            hint="Name another file or database with --ledger.",
        )
    if found > latest:
        raise LedgerError(
            f"the ledger was written by a newer version (its schema is {found}, this one knows {latest})",
            hint="Upgrade reconciler, or name another ledger with --ledger.",
        )
    return found


def migrate(connection: Connection, steps: Steps = STEPS) -> None:
    """Take the remaining steps within the caller's transaction, which must already exclude other writers."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    found = version_of(connection, latest=len(steps))
    operations = Operations(MigrationContext.configure(connection))
    for step in steps[found:]:
        step(operations)
    if found < len(steps):
        connection.execute(text("DELETE FROM ledger_schema"))
        connection.execute(text("INSERT INTO ledger_schema (version) VALUES (:version)"), {"version": len(steps)})
