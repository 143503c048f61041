"""The tables of a ledger in a SQL database, in terms that SQLite and PostgreSQL share.

    ledger_schema       one row: the number of the last migration
    ledger_catalogs     one row a catalog: its last sequence number; updating it is the writers' turnstile
    ledger_entries      the journal; columns beside `body` repeat what is searched for
    ledger_checkpoints  the folded journal up to a sequence number, one a catalog and format; only a shortcut
    ledger_baselines    what stands for pruned entries, one a catalog that was ever pruned; nothing else could tell it
    ledger_fences       one row a catalog: the highest number that a lease was given
    ledger_leases       one row a lease that is held, or expired and not taken over

Bodies are ASCII JSON text, not a JSON type: what was written is what is read, to the last character, in every home.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text

METADATA: Final = MetaData()

VERSION: Final = Table("ledger_schema", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))

CATALOGS: Final = Table(
    "ledger_catalogs",
    METADATA,
    Column("catalog", Text, primary_key=True),
    Column("head", BigInteger, nullable=False),
)

ENTRIES: Final = Table(
    "ledger_entries",
    METADATA,
    Column("catalog", Text, ForeignKey("ledger_catalogs.catalog"), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("run", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("ledger_entries_of_run", "catalog", "run"),
    Index("ledger_entries_of_kind", "catalog", "kind", "sequence"),
)

CHECKPOINTS: Final = Table(
    "ledger_checkpoints",
    METADATA,
    Column("catalog", Text, ForeignKey("ledger_catalogs.catalog"), primary_key=True),
    Column("format", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("memory", Text, nullable=False),
)

BASELINES: Final = Table(
    "ledger_baselines",
    METADATA,
    Column("catalog", Text, ForeignKey("ledger_catalogs.catalog"), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)

FENCES: Final = Table(
    "ledger_fences",
    METADATA,
    Column("catalog", Text, primary_key=True),
    Column("fence", BigInteger, nullable=False),
)

LEASES: Final = Table(
    "ledger_leases",
    METADATA,
    Column("catalog", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("run", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("acquired_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("fence", BigInteger, nullable=False),
)
