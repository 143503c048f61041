"""PostgreSQL as the ledger: the same tables, writers that wait for each other, failures told without a secret."""

from __future__ import annotations

import itertools
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from reconciler.adapters.ledger.location import shown
from reconciler.adapters.ledger.open import open_ledger
from reconciler.adapters.ledger.sql.book import SqlBook
from reconciler.adapters.ledger.sql.postgresql import place_of
from reconciler.adapters.ledger.sql.schema import METADATA
from reconciler.core.journal import replay
from reconciler.errors import LedgerError, SettingsError
from tests.adapters.ledger.postgres import PASSWORD, running_server
from tests.adapters.ledger.samples import batch
from tests.adapters.ledger.test_processes import batches_in, start, stored

if TYPE_CHECKING:
    from tests.adapters.ledger.postgres import Server

_NUMBERS = itertools.count()


@pytest.fixture
def url(postgres: Server) -> str:
    """A database of the test's own."""
    return postgres.database(f"test_postgresql {next(_NUMBERS)}")


def name_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def failure(url: str, *, busy_seconds: float = 0.1) -> LedgerError:
    """What appending comes to; it names the place and the next step, and no password."""
    with closing(SqlBook(place_of(url, busy_seconds=busy_seconds))) as book, pytest.raises(LedgerError) as caught:
        book.append("demo", batch("run-1"))
    error = caught.value
    assert error.where == shown(url)
    assert error.hint
    assert PASSWORD not in f"{error} {error.hint} {error.where} {error!r}"
    return error


def test_migrations_make_the_tables_that_statements_use(url: str) -> None:
    with closing(SqlBook(place_of(url))) as book:
        book.append("demo", batch("run-1"))
    place = place_of(url)
    with place.reader.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    place.reader.dispose()


def test_reading_makes_no_table(postgres: Server, url: str) -> None:
    with closing(SqlBook(place_of(url))) as book:
        assert (book.recall("demo"), book.catalogs(), list(book.runs("demo", 9))) == ({}, (), [])
    assert postgres.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name_of(url)) == "0"


def test_checkpoints_are_kept_here_too(url: str) -> None:
    with closing(SqlBook(place_of(url), checkpoint_after=10)) as book:
        entries = []
        for number in range(5):
            entries += batch(f"run-{number}")
            book.append("demo", batch(f"run-{number}"))
            assert book.recall("demo") == replay(entries).view()


def test_a_connection_that_the_server_closed_is_opened_again(postgres: Server, url: str) -> None:
    with closing(SqlBook(place_of(url))) as book:
        book.append("demo", batch("run-1"))
        postgres.sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name_of(url)}'"  # noqa: S608
        )
        book.append("demo", batch("run-2"))
        assert len(book.lines("demo", 0)) == 10


@pytest.mark.slow
def test_processes_that_meet_in_a_new_database_lose_nothing_and_leave_no_gap(url: str) -> None:
    writers = [start(url, f"writer-{n}", 25) for n in range(4)]
    answered = [process.communicate(timeout=120)[0] for process in writers]
    assert [process.returncode for process in writers] == [0] * 4
    assert [len(text.splitlines()) for text in answered] == [25] * 4
    runs = batches_in(stored(url))
    assert sorted(runs) == sorted(f"writer-{n}-{number}" for n in range(4) for number in range(25))


@pytest.mark.slow
@pytest.mark.parametrize(("commit", "kept"), [(1, 0), (2, 0), (4, 2)], ids=["migration", "first batch", "third batch"])
def test_a_writer_killed_before_its_commit_leaves_the_ledger_as_it_was(url: str, commit: int, kept: int) -> None:
    process = start(url, "killed", 10, die=commit)
    assert len(process.communicate(timeout=60)[0].splitlines()) == kept
    assert process.returncode == -9
    process = start(url, "next", 1)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert batches_in(stored(url)) == [*(f"killed-{number}" for number in range(kept)), "next-0"]


def test_a_wrong_password_is_told_as_that(postgres: Server, url: str) -> None:
    error = failure(postgres.url(name_of(url), password="hunter2-wrong"))
    assert "user or password is wrong" in error.message
    assert "PGPASSWORD" in str(error.hint)


def test_a_database_that_does_not_exist_is_told(postgres: Server) -> None:
    assert "has no such database" in failure(postgres.url("nowhere")).message


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    for place in (f"@/ledger?host={tmp_path}", "@localhost:1/ledger"):
        error = failure(f"postgresql://ledger:{PASSWORD}{place}")
        assert "cannot be reached" in error.message
        assert "Check host and port" in str(error.hint)


def test_a_user_who_may_not_make_tables_is_told(postgres: Server, url: str) -> None:
    postgres.sql(f"DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
    assert "does not let this user do that" in failure(postgres.url(name_of(url), user="reader")).message


def test_a_replica_is_told_as_read_only(postgres: Server, url: str) -> None:
    postgres.sql(f"ALTER DATABASE {name_of(url)} SET default_transaction_read_only = on")
    assert "is read only" in failure(url).message


def test_a_writer_that_hangs_is_not_waited_for_for_ever(url: str) -> None:
    place = place_of(url)
    with place.writer.begin():
        assert "is locked by another process" in failure(url).message
    place.reader.dispose()


def test_a_reader_waits_for_nobody(url: str) -> None:
    with closing(SqlBook(place_of(url))) as book:
        book.append("demo", batch("run-1"))
        place = place_of(url)
        with place.writer.begin():
            assert len(book.lines("demo", 0)) == 5
        place.reader.dispose()


@pytest.mark.parametrize(
    "url", ["postgresql://u:hunter2@h:port/db", "postgres://u:hunter2@h", "postgresql+psycopg://u:hunter2@h/"]
)
def test_a_url_that_makes_no_sense_is_a_settings_error_without_the_password(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_ledger(url)
    assert "hunter2" not in f"{caught.value} {caught.value.hint}"
    assert "postgresql://USER@HOST:PORT/DATABASE" in str(caught.value.hint)


def test_without_its_driver_the_next_step_is_told() -> None:
    script = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from reconciler.adapters.ledger.open import open_ledger\n"
        "from reconciler.errors import SettingsError\n"
        "try: open_ledger('postgresql://h/db')\n"
        "except SettingsError as error: print(error.hint)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[3], capture_output=True, text=True
    )
    assert done.stdout == "Install it: pip install 'reconciler[postgres]'.\n"


@pytest.mark.parametrize("variable", ["RECONCILER_REQUIRE_SERVICES", "CI"])
def test_where_services_are_required_a_missing_server_fails_and_elsewhere_it_is_skipped(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    monkeypatch.setenv("PATH", "")
    for name in ("RECONCILER_REQUIRE_SERVICES", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "true")
    with pytest.raises(pytest.fail.Exception, match="PostgreSQL is not installed"):
        next(running_server())
    monkeypatch.delenv(variable)
    with pytest.raises(pytest.skip.Exception, match="apt-get install postgresql"):
        next(running_server())
