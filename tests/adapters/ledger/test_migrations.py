"""A ledger of any earlier version becomes one of this version and keeps every entry; half a migration never happens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, inspect, select

from reconciler.adapters.ledger.sql import statements
from reconciler.adapters.ledger.sql.book import SqlBook
from reconciler.adapters.ledger.sql.migrations import STEPS, migrate, version_of
from reconciler.adapters.ledger.sql.schema import METADATA, VERSION
from reconciler.adapters.ledger.sql.sqlite import place_of
from reconciler.adapters.ledger.threaded import ThreadedLedger
from reconciler.core.journal import replay
from reconciler.errors import LedgerError
from tests.adapters.ledger.samples import batch

LATEST = len(STEPS)

if TYPE_CHECKING:
    from pathlib import Path

    from alembic.operations import Operations

    from reconciler.adapters.ledger.sql.place import Place


def made(path: Path, version: int) -> Place:
    """A ledger as the given version of the schema made it."""
    place = place_of(path)
    place.prepare()
    with place.writer.begin() as connection:
        migrate(connection, STEPS[:version])
    return place


def a_later_step(op: Operations) -> None:
    op.add_column("ledger_entries", Column("later", Integer))


def test_migrating_from_nothing_makes_exactly_the_tables_that_the_statements_use(tmp_path: Path) -> None:
    place = made(tmp_path / "ledger.db", LATEST)
    with place.reader.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert version_of(connection) == LATEST
    place.reader.dispose()


@pytest.mark.parametrize("version", range(1, LATEST + 1))
def test_a_ledger_of_every_earlier_version_keeps_its_entries(tmp_path: Path, version: int) -> None:
    place = made(tmp_path / "ledger.db", version)
    with place.writer.begin() as connection:
        statements.add(connection, [statements.row_of("demo", entry) for entry in batch("run-1")])

    async def scenario() -> None:
        async with ThreadedLedger(SqlBook(place)) as ledger:
            assert await ledger.recall("demo") == replay(batch("run-1")).view()
            await ledger.append("demo", batch("run-2"))
            assert [line.entry for line in await ledger.lines("demo")] == batch("run-1") + batch("run-2")

    asyncio.run(scenario())


@pytest.mark.parametrize("reading", [True, False])
def test_the_first_use_by_a_later_version_takes_the_missing_steps(tmp_path: Path, reading: bool) -> None:
    place = made(tmp_path / "ledger.db", LATEST)
    book = SqlBook(place, steps=(*STEPS, a_later_step))
    if reading:
        assert book.recall("demo") == {}
    else:
        book.append("demo", batch("run-1"))
    with place.reader.begin() as connection:
        assert list(connection.execute(select(VERSION.c.version)).scalars()) == [LATEST + 1]
        assert "later" in {column["name"] for column in inspect(connection).get_columns("ledger_entries")}
    book.close()


def test_migrating_twice_is_migrating_once(tmp_path: Path) -> None:
    place = made(tmp_path / "ledger.db", LATEST)
    with place.writer.begin() as connection:
        migrate(connection)
        assert version_of(connection) == LATEST
    place.reader.dispose()


def test_a_migration_that_breaks_off_leaves_the_earlier_version(tmp_path: Path) -> None:
    place = made(tmp_path / "ledger.db", LATEST)

    def broken(op: Operations) -> None:
        a_later_step(op)
        raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError), place.writer.begin() as connection:
        migrate(connection, (*STEPS, broken))
    with place.reader.begin() as connection:
        assert version_of(connection) == LATEST
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    place.reader.dispose()


def test_a_version_that_this_program_does_not_know_is_refused_with_a_next_step(tmp_path: Path) -> None:
    place = made(tmp_path / "ledger.db", LATEST)
    with place.writer.begin() as connection:
        connection.execute(VERSION.update().values(version=LATEST + 1))
    with pytest.raises(LedgerError, match="newer version") as caught, place.reader.begin() as connection:
        version_of(connection)
    assert "Upgrade" in str(caught.value.hint)
    place.reader.dispose()
