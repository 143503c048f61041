"""The how-to on ledgers, followed: with a bare repository as the remote, and a PostgreSQL server."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.adapters.ledger.postgres import PASSWORD, running_server
from tests.house.documents import blocks
from tests.house.test_how_to import HOW_TO, follow, shell  # noqa: F401  # a fixture is used by its name
from tests.house.test_readme import run
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.adapters.ledger.postgres import Server

PAGE = "choose-a-ledger.md"
PERSON = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com"}


@pytest.fixture
def server() -> Iterator[Server]:
    yield from running_server()


@pytest.mark.slow
def test_the_ledger_goes_to_a_branch_and_from_there_to_a_database_as_shown(
    shell: tuple[Path, dict[str, str]],  # noqa: F811  # the fixture
    server: Server,
) -> None:
    folder, variables = shell
    database = {"PGHOST": str(server.folder), "PGUSER": "ledger", "PGPASSWORD": PASSWORD}
    committer = {name.replace("AUTHOR", "COMMITTER"): value for name, value in PERSON.items()}
    path = {"PATH": f"{server.binaries}:{variables['PATH']}"}
    clone = "git init -q --bare ../remote.git && git init -q && git remote add origin file://$PWD/../remote.git\n"
    (block,) = blocks(f"```sh\n{clone}```\n")
    work = folder / "work"
    work.mkdir()
    (folder / "manifests").rename(work / "manifests")
    run(block, work, variables)
    follow(PAGE, work, variables | database | PERSON | committer | path)
    log = ["git", "-C", str(folder / "remote.git"), "log", "--format=%an", "reconciler-ledger"]
    assert set(subprocess.run(log, capture_output=True, text=True, check=True).stdout.split()) == {"Ada"}


def test_every_message_that_the_page_explains_is_one_that_is_given() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "reconciler/adapters/ledger").rglob("*.py"))
    bare = sources.replace("{self._remote}", "origin").replace("{what}", "").replace("{meaning}", "")
    rows = (HOW_TO / PAGE).read_text(encoding="utf-8").partition("## When it fails")[2].splitlines()
    told = [row.split("`")[1] for row in rows if row.startswith("| `")]
    assert len(told) == 6
    for message in told:
        parts = [part for part in ("the ledger's branch ", "the ledger's database ") if message.startswith(part)]
        assert all(part in bare for part in parts)
        assert message.removeprefix("".join(parts)) in bare
