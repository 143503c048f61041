"""The three homes of the ledger, each of which can be kept as it is and put back."""

from __future__ import annotations

import shutil
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import quote

import psycopg
from psycopg import sql

from tests.adapters.ledger.repositories import NOBODY, a_remote_in, clone
from tests.adapters.ledger.repositories import git as in_repository
from tests.killing.launcher import WRITES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.adapters.ledger.postgres import Server

NAMES: Final = ("sqlite", "git", "postgresql")


class Home(Protocol):
    """One ledger."""

    url: str

    def keep(self) -> None:
        """Remember everything as it is now."""

    def put_back(self) -> None:
        """Make everything as it was when it was kept."""

    def variables(self, death: tuple[int, str]) -> Mapping[str, str]:
        """Return what the environment of a run has to hold whose writes are counted: death tells a moment then."""

    def close(self) -> None:
        """Let go of it."""


@dataclass
class Files:
    """A ledger in files below one folder."""

    url: str
    live: Path
    kept: Path
    shims: Path | None = None

    def keep(self) -> None:
        """Copy the folder."""
        shutil.rmtree(self.kept, ignore_errors=True)
        shutil.copytree(self.live, self.kept)

    def put_back(self) -> None:
        """Copy it back; nothing of what was there stays."""
        shutil.rmtree(self.live)
        shutil.copytree(self.kept, self.live)

    def variables(self, death: tuple[int, str]) -> Mapping[str, str]:
        """Return the PATH on which a git is found that counts, and when it has to kill who runs it."""
        if self.shims is None or not death[1]:
            return {}
        return {
            "PATH": f"{self.shims}:{NOBODY['PATH']}",
            "KILLING_NUMBER": str(death[0]),
            "KILLING_MOMENT": death[1],
        }

    def close(self) -> None:
        """Leave the folder to whoever made it."""


@dataclass
class Rows:
    """A ledger in a PostgreSQL database."""

    url: str
    connection: psycopg.Connection[tuple[str, ...]]
    tables: list[str] = field(default_factory=list)

    def keep(self) -> None:
        """Copy every table beside itself."""
        names = self.connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        self.tables = [name for (name,) in names]
        self.connection.execute("DROP SCHEMA IF EXISTS kept CASCADE")
        self.connection.execute("CREATE SCHEMA kept")
        for name in self.tables:
            copy = sql.SQL("CREATE TABLE kept.{0} AS TABLE public.{0}")
            self.connection.execute(copy.format(sql.Identifier(name)))

    def put_back(self) -> None:
        """Copy them back."""
        listed = sql.SQL(", ").join(sql.Identifier("public", name) for name in self.tables)
        with self.connection.transaction():
            self.connection.execute(sql.SQL("TRUNCATE {}").format(listed))
            for name in self.tables:
                copy = sql.SQL("INSERT INTO public.{0} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{0}")
                self.connection.execute(copy.format(sql.Identifier(name)))

    def variables(self, death: tuple[int, str]) -> Mapping[str, str]:  # noqa: ARG002  # the process watches itself
        """Return nothing."""
        return {}

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def sqlite(folder: Path) -> Files:
    """Return a ledger in a file."""
    live = folder / "ledger"
    live.mkdir()
    return Files(str(live / "ledger.db"), live, folder / "kept")


def git(folder: Path) -> Files:
    """Return a ledger on a branch of a remote, reached from a clone."""
    live = folder / "ledger"
    live.mkdir()
    remote = a_remote_in(live)
    # Servers collect their garbage when nobody waits for it.
    in_repository(remote, "config", "receive.autogc", "false")
    clone(remote, live / "clone")
    for hooks in live.glob("**/hooks"):
        shutil.rmtree(hooks)
    repository = quote(str(live / "clone"))
    return Files(f"git:?repository={repository}", live, folder / "kept", _shims(folder / "shims"))


def postgresql(folder: Path, server: Server) -> Rows:
    """Return a ledger in a database of its own."""
    url = server.database(folder)
    return Rows(url, psycopg.connect(url, autocommit=True))


_SHIM: Final = f"""\
#!/bin/sh
# A git that counts pushes, and kills whoever runs it before or after the n-th; it starts no other program than git.
case " $* " in
    *" push "*) ;;
    *) exec {{git}} "$@" ;;
esac
printf x >> {WRITES}
read -r counted < {WRITES}
number=${{{{#counted}}}}
if [ "$number $KILLING_MOMENT" = "$KILLING_NUMBER before" ]; then
    kill -9 $PPID
    exit 1
fi
{{git}} "$@"
code=$?
if [ "$number $KILLING_MOMENT" = "$KILLING_NUMBER after" ]; then
    kill -9 $PPID
fi
exit $code
"""


def _shims(folder: Path) -> Path:
    folder.mkdir()
    found = shutil.which("git")
    assert found is not None
    shim = folder / "git"
    shim.write_text(_SHIM.format(git=found), encoding="utf-8")
    shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
    return folder
