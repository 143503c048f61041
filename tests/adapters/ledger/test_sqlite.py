"""Everything that can be wrong with the file is a LedgerError that names it, says why, and what to do next."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from reconciler.adapters.ledger.sql.book import SqlBook
from reconciler.adapters.ledger.sql.sqlite import place_of
from reconciler.adapters.ledger.threaded import ThreadedLedger
from reconciler.core.journal import replay
from reconciler.errors import LedgerError
from tests.adapters.ledger.samples import batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine.interfaces import DBAPIConnection

    from reconciler.adapters.ledger.sql.place import Place


def opened(path: Path) -> ThreadedLedger:
    return ThreadedLedger(SqlBook(place_of(path, busy_seconds=0.05)))


def write(path: Path, *runs: str) -> None:
    async def scenario() -> None:
        async with opened(path) as ledger:
            for run in runs:
                await ledger.append("demo", batch(run))

    asyncio.run(scenario())


def sql(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def complaint(path: Path, *, reading: bool) -> LedgerError:
    """The error of the first use of the ledger at `path`."""

    async def scenario() -> None:
        async with opened(path) as ledger:
            await (ledger.recall("demo") if reading else ledger.append("demo", batch("run-9")))

    with pytest.raises(LedgerError) as caught:
        asyncio.run(scenario())
    assert caught.value.where == str(path)
    assert caught.value.hint
    assert caught.value.exit_code == 1
    return caught.value


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that other users can look into, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def unprivileged() -> Iterator[Callable[[], None]]:
    """Called, it gives up what root may do until the test ends; tests in containers often run as root."""

    def give_up() -> None:
        if os.geteuid() == 0:
            os.seteuid(65534)

    before = os.geteuid()
    yield give_up
    os.seteuid(before)


def _garbage(path: Path) -> None:
    path.write_bytes(b"this is no database, but long enough to look at" * 100)


def _truncated(path: Path) -> None:
    write(path, "run-1", "run-2")
    path.write_bytes(path.read_bytes()[:5000])


def _overwritten(path: Path) -> None:
    write(path, *(f"run-{n}" for n in range(20)))
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)


def _newer(path: Path) -> None:
    write(path, "run-1")
    sql(path, "UPDATE ledger_schema SET version = 999")


def _strange(path: Path) -> None:
    write(path, "run-1")
    sql(path, """UPDATE ledger_entries SET body = '{"kind":"MoonPhase"}' WHERE sequence = 3""")


def _mangled(path: Path) -> None:
    write(path, "run-1")
    sql(path, "UPDATE ledger_entries SET body = substr(body, 2) WHERE sequence = 2")


def _foreign(path: Path) -> None:
    sql(path, "CREATE TABLE ledger_schema (version TEXT)")


def _namesake(path: Path) -> None:
    sql(path, "CREATE TABLE ledger_schema (version INTEGER)")
    sql(path, "INSERT INTO ledger_schema VALUES (1)")


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (_garbage, "is not a ledger: the file is no SQLite database"),
        (_truncated, "is damaged"),
        (_overwritten, "is damaged"),
        (Path.mkdir, "cannot be opened"),
        (_newer, "was written by a newer version (its schema is 999, this one knows"),
        (_strange, "entry 3 of catalog 'demo' cannot be read: a journal entry of kind 'MoonPhase'"),
        (_mangled, "entry 2 of catalog 'demo' cannot be read: a stored value is not JSON"),
        (_foreign, "is not a ledger: its table ledger_schema holds None"),
        (_namesake, "cannot be used: no such table"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_file_that_is_no_sound_ledger_is_refused_by_name(
    tmp_path: Path, prepare: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "ledger.db"
    prepare(path)
    assert reason in complaint(path, reading=True).message


@pytest.mark.parametrize(
    "prepare", [_garbage, _overwritten, Path.mkdir, _newer, _foreign], ids=lambda value: value.__name__
)
def test_nothing_is_written_into_a_file_that_is_no_sound_ledger(
    tmp_path: Path, prepare: Callable[[Path], None]
) -> None:
    path = tmp_path / "ledger.db"
    prepare(path)
    before = path.read_bytes() if path.is_file() else b""
    complaint(path, reading=False)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger").touch()
    for reading in (True, False):
        assert "Not a directory" in complaint(tmp_path / "ledger" / "ledger.db", reading=reading).message


def test_a_folder_that_cannot_be_looked_into_is_never_taken_for_an_empty_ledger(
    public_folder: Path, unprivileged: Callable[[], None]
) -> None:
    folder = public_folder / "locked"
    write(folder / "ledger.db", "run-1")
    folder.chmod(0o000)
    unprivileged()
    for reading in (True, False):
        assert "Permission denied" in complaint(folder / "ledger.db", reading=reading).message


def test_a_file_that_may_not_be_read_is_never_taken_for_an_empty_ledger(
    public_folder: Path, unprivileged: Callable[[], None]
) -> None:
    path = public_folder / "ledger.db"
    write(path, "run-1")
    path.chmod(0o000)
    unprivileged()
    for reading in (True, False):
        assert "cannot be opened" in complaint(path, reading=reading).message


def test_a_folder_that_may_not_be_written_to_is_named(public_folder: Path, unprivileged: Callable[[], None]) -> None:
    unprivileged()
    assert "Permission denied" in complaint(public_folder / "ledger.db", reading=False).message
    assert "Permission denied" in complaint(public_folder / "new" / "ledger.db", reading=False).message


def test_a_ledger_that_may_only_be_read_takes_no_entry(public_folder: Path, unprivileged: Callable[[], None]) -> None:
    path = public_folder / "ledger.db"
    write(path, "run-1")
    path.chmod(0o444)
    unprivileged()
    assert "cannot be" in complaint(path, reading=False).message


def test_a_ledger_that_another_process_writes_to_can_be_read_but_not_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    write(path, "run-1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def read() -> None:
        async with opened(path) as ledger:
            assert await ledger.recall("demo") == replay(batch("run-1")).view()

    asyncio.run(read())
    assert "is locked by another process" in complaint(path, reading=False).message
    other.execute("ROLLBACK")
    other.close()
    write(path, "run-2")


def test_a_file_that_another_process_keeps_to_itself_is_locked_for_readers_too(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert "is locked by another process" in complaint(path, reading=True).message
    other.close()


def test_a_new_file_that_another_process_is_writing_to_is_waited_for(tmp_path: Path) -> None:
    """Switching a file to write-ahead logging is the one statement for which SQLite does not wait by itself."""
    path = tmp_path / "ledger.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "is locked by another process" in complaint(path, reading=False).message

    async def scenario() -> None:
        async with ThreadedLedger(SqlBook(place_of(path))) as ledger:
            append = asyncio.create_task(ledger.append("demo", batch("run-1")))
            for _ in range(100):
                await asyncio.sleep(0)
            other.execute("ROLLBACK")
            await append

    asyncio.run(scenario())
    other.close()


def on_a_disk_of(pages: int, place: Place) -> Place:
    """The same place on a disk that has room for so many pages."""

    def limit(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        cursor.close()

    event.listen(place.reader, "connect", limit)
    return place


def test_on_a_full_disk_the_last_batch_fails_as_a_whole_and_all_earlier_ones_stay(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    sent: list[str] = []

    async def fill() -> None:
        async with ThreadedLedger(SqlBook(on_a_disk_of(30, place_of(path)))) as ledger:
            for number in range(1_000):
                await ledger.append("demo", batch(f"run-{number}", size=21))
                sent.append(f"run-{number}")

    async def read() -> None:
        async with opened(path) as ledger:
            entries = [line.entry for line in await ledger.lines("demo")]
            assert entries == [entry for run in sent for entry in batch(run, size=21)]
            await ledger.append("demo", batch("after some space was freed"))

    with pytest.raises(LedgerError, match="the disk is full") as caught:
        asyncio.run(fill())
    assert caught.value.where == str(path)
    assert sent
    asyncio.run(read())


def test_a_disk_too_full_for_a_new_ledger_leaves_one_that_works_later(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"

    async def begin() -> None:
        async with ThreadedLedger(SqlBook(on_a_disk_of(2, place_of(path)))) as ledger:
            await ledger.append("demo", batch("run-1"))

    with pytest.raises(LedgerError, match="the disk is full"):
        asyncio.run(begin())
    write(path, "run-2")


def test_text_that_no_database_can_hold_is_a_ledger_error(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path / "ledger.db") as ledger:
            await ledger.append("half a character: \ud800", batch("run-1"))

    with pytest.raises(LedgerError):
        asyncio.run(scenario())


def test_the_event_loop_goes_on_while_the_ledger_waits_for_another_process(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    write(path, "run-1")
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    async def scenario() -> None:
        async with ThreadedLedger(SqlBook(place_of(path))) as ledger:
            append = asyncio.create_task(ledger.append("demo", batch("run-2")))
            # The append can only end after the loop, which it must not block, has come this far.
            for _ in range(100):
                await asyncio.sleep(0)
            assert not append.done()
            other.execute("ROLLBACK")
            await append
            assert len(await ledger.lines("demo")) == 10

    asyncio.run(scenario())
    other.close()


def test_a_cancelled_append_is_stored_wholly_or_not_at_all_and_the_ledger_goes_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path / "ledger.db") as ledger:
            append = asyncio.create_task(ledger.append("demo", batch("run-1")))
            await asyncio.sleep(0)
            append.cancel()
            await asyncio.gather(append, return_exceptions=True)
            await ledger.append("demo", batch("run-2"))
            found = [line.entry for line in await ledger.lines("demo")]
            assert found in (batch("run-2"), batch("run-1") + batch("run-2"))

    asyncio.run(scenario())
