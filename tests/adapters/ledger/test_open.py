"""A ledger is opened by its URL, touches nothing before it has to, and keeps what it makes private."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.adapters.ledger.open import open_ledger
from reconciler.errors import SettingsError
from tests.adapters.ledger.samples import batch


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("prefix", ["", "sqlite:///"])
def test_a_path_and_a_sqlite_url_name_the_same_file(tmp_path: Path, prefix: str) -> None:
    path = tmp_path / "a folder" / "100% [odd] name?.db" if not prefix else tmp_path / "folder" / "ledger.db"

    async def scenario() -> None:
        async with open_ledger(f"{prefix}{path}") as ledger:
            await ledger.append("demo", batch("run-1"))
        assert path.is_file()

    asyncio.run(scenario())


def test_a_relative_url_is_relative_to_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    async def scenario() -> None:
        async with open_ledger("sqlite:///.reconciler/ledger.db") as ledger:
            await ledger.append("demo", batch("run-1"))
        async with open_ledger("~/ledger.db") as ledger:
            await ledger.append("demo", batch("run-1"))

    asyncio.run(scenario())
    assert (tmp_path / ".reconciler" / "ledger.db").is_file()
    assert (tmp_path / "home" / "ledger.db").is_file()


def test_reading_a_ledger_that_does_not_exist_finds_nothing_and_makes_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_ledger(str(tmp_path / "new" / "ledger.db")) as ledger:
            assert await ledger.recall("demo") == {}
            assert list(await ledger.runs("demo", 10)) == []
            assert list(await ledger.lines("demo")) == []
            await ledger.append("demo", [])

    asyncio.run(scenario())
    assert list(tmp_path.iterdir()) == []


def test_the_file_and_its_folder_are_private_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ledger.db"

    async def scenario() -> None:
        async with open_ledger(str(path)) as ledger:
            await ledger.append("demo", batch("run-1"))
            assert {mode(file) for file in path.parent.iterdir()} == {0o600}

    asyncio.run(scenario())
    assert (mode(path.parent), mode(path)) == (0o700, 0o600)
    assert list(path.parent.iterdir()) == [path]


def test_a_file_and_a_folder_that_exist_keep_their_permissions(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch(mode=0o640)
    tmp_path.chmod(0o755)

    async def scenario() -> None:
        async with open_ledger(str(path)) as ledger:
            await ledger.append("demo", batch("run-1"))

    asyncio.run(scenario())
    assert (mode(tmp_path), mode(path)) == (0o755, 0o640)


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        ":memory:",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://host/ledger.db",
        "sqlite:///ledger.db?mode=ro",
        "redis://user:hunter2@host/0",
        "~no-such-user-here/ledger.db",
    ],
)
def test_a_url_that_names_no_home_is_a_settings_error_that_says_what_to_write(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_ledger(url)
    assert caught.value.hint is not None
    assert "sqlite:///" in caught.value.hint
    assert "hunter2" not in str(caught.value)


def test_naming_a_home_does_not_import_a_database_library() -> None:
    script = (
        "import sys; import reconciler.adapters.ledger.open as it\n"
        "try: it.open_ledger('nothing://')\n"
        "except it.SettingsError: pass\n"
        "assert not {'sqlalchemy', 'alembic', 'pydantic'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[3])
