"""A checkpoint makes recalling fast and changes nothing else; whatever happens to it, the journal tells the truth."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from reconciler.adapters.ledger.sql.book import SqlBook
from reconciler.adapters.ledger.sql.sqlite import place_of
from reconciler.core.codec.memory import MEMORY_FORMAT
from reconciler.core.journal import replay
from reconciler.errors import LedgerError
from tests.adapters.ledger.samples import batch
from tests.strategies.journal import JOURNALS, JUMBLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.core.journal import Entry

_NUMBERS = itertools.count()


def kept(path: Path) -> list[tuple[int, int]]:
    """Format and sequence number of every checkpoint in the file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT format, sequence FROM ledger_checkpoints ORDER BY catalog, format").fetchall()


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture(scope="module")
def eager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlBook]:
    """A ledger that writes a checkpoint after every entry."""
    book = SqlBook(place_of(tmp_path_factory.mktemp("eager") / "ledger.db"), checkpoint_after=0)
    yield book
    book.close()


@given(JUMBLES | JOURNALS)
def test_with_a_checkpoint_after_every_entry_the_same_is_recalled(eager: SqlBook, entries: list[Entry]) -> None:
    catalog = f"catalog-{next(_NUMBERS)}"
    for entry in entries:
        eager.append(catalog, [entry])
    assert eager.recall(catalog) == replay(entries).view()


def test_a_checkpoint_is_written_when_the_tail_is_long_and_moves_on(path: Path) -> None:
    with closing(SqlBook(place_of(path), checkpoint_after=10)) as book:
        for number, expected in enumerate([[], [], [15], [15], [15], [30]]):
            book.append("demo", batch(f"run-{number}"))
            assert kept(path) == [(MEMORY_FORMAT, sequence) for sequence in expected]


def test_a_damaged_checkpoint_is_passed_over(path: Path) -> None:
    with closing(SqlBook(place_of(path), checkpoint_after=0)) as book:
        book.append("demo", batch("run-1"))
        for damage in ("'{'", "'[]'", '\'{"format":1,"applied":[7]}\''):
            change(path, f"UPDATE ledger_checkpoints SET memory = {damage}")  # noqa: S608  # the lines above
            assert book.recall("demo") == replay(batch("run-1")).view()


def test_a_checkpoint_of_another_version_is_left_to_it(path: Path) -> None:
    with closing(SqlBook(place_of(path), checkpoint_after=0)) as book:
        book.append("demo", batch("run-1"))
        change(path, "UPDATE ledger_checkpoints SET format = format + 1, memory = '{\"strange\":true}'")
        assert book.recall("demo") == replay(batch("run-1")).view()
        book.append("demo", batch("run-2"))
        assert kept(path) == [(MEMORY_FORMAT, 10), (MEMORY_FORMAT + 1, 5)]


def test_a_checkpoint_that_reaches_further_is_never_replaced_by_a_shorter_one(path: Path) -> None:
    with closing(SqlBook(place_of(path), checkpoint_after=10)) as slow, closing(SqlBook(place_of(path))) as other:
        slow.append("demo", batch("run-1", size=20))
        change(path, "UPDATE ledger_checkpoints SET sequence = 8")
        other.append("demo", batch("run-2", size=10))
        slow._keep_checkpoint("demo")
        assert kept(path) == [(MEMORY_FORMAT, 30)]
        slow._keep_checkpoint("demo")
        assert kept(path) == [(MEMORY_FORMAT, 30)]


def test_entries_are_stored_even_where_no_checkpoint_can_be(path: Path) -> None:
    with closing(SqlBook(place_of(path), checkpoint_after=0)) as book:
        book.append("demo", batch("run-1"))
        change(path, "CREATE TRIGGER full BEFORE INSERT ON ledger_checkpoints BEGIN SELECT raise(ABORT, 'full'); END")
        book.append("demo", batch("run-2"))
        assert kept(path) == [(MEMORY_FORMAT, 5)]
        assert [line.entry for line in book.lines("demo", 0)] == batch("run-1") + batch("run-2")
        assert book.recall("demo") == replay(batch("run-1") + batch("run-2")).view()


def test_recalling_reads_nothing_of_what_the_checkpoint_holds(path: Path) -> None:
    """So it takes as long as the tail is, however long the journal (100,000 entries: hundredths of a second)."""
    with closing(SqlBook(place_of(path), checkpoint_after=10)) as book:
        for number in range(5):
            book.append("demo", batch(f"run-{number}"))
        before = book.recall("demo")
        change(path, "UPDATE ledger_entries SET body = 'never read again' WHERE sequence <= 15")
        assert book.recall("demo") == before
        with pytest.raises(LedgerError, match="entry 1 of catalog 'demo'"):
            book.lines("demo", 0)
