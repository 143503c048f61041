"""A PostgreSQL server of the tests' own, from the binaries that Debian installs: started once, gone afterwards."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD: Final = "hunter2"
_FAST: Final = "fsync=off synchronous_commit=off full_page_writes=off listen_addresses='' max_connections=200"
"""Nothing here outlives the machine; a socket in a folder needs no port that could be taken."""

_REQUIRE: Final = ("RECONCILER_REQUIRE_SERVICES", "CI")
_UNSET: Final = frozenset({"", "0", "false"})


def binaries() -> Path | None:
    """Return the folder of the newest installed server, if there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@dataclass
class Server:
    """A running server.

    Attributes:
        binaries: Its programs.
        folder: Where everything of it is.
    """

    binaries: Path
    folder: Path
    made: set[str] = field(default_factory=set)

    def url(self, database: str, *, user: str = "ledger", password: str = PASSWORD) -> str:
        """Return the URL of a database."""
        return f"postgresql://{user}:{password}@/{database}?host={self.folder}"

    def database(self, key: object, *, template: str = "template1") -> str:
        """Return the URL of a database that belongs to `key`; it is made, of a template, when it is asked for first."""
        name = self.name(key)
        if name not in self.made:
            self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
            self.made.add(name)
        return self.url(name)

    def name(self, key: object) -> str:
        """Return the name of the database that belongs to `key`."""
        return "d" + hashlib.sha256(str(key).encode()).hexdigest()[:20]

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement as the owner of the server and return what it prints, bare."""
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-U", "ledger"]
        command = [str(self.binaries / "psql"), *options, "-d", database, "-c", statement]
        done = subprocess.run(command, env={"PGPASSWORD": PASSWORD}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def __enter__(self) -> Self:
        word = self.folder / "password"
        word.write_text(PASSWORD, encoding="utf-8")
        account = _account()
        if account is not None:
            for path in (self.folder, word):
                os.chown(path, account.pw_uid, account.pw_gid)
        data = str(self.folder / "data")
        trust = ["-U", "ledger", "--auth=scram-sha-256", f"--pwfile={word}", "--no-sync", "-E", "UTF8", "--locale=C"]
        self._run("initdb", "-D", data, *trust)
        options = " ".join(f"-c {setting}" for setting in [*_FAST.split(), f"unix_socket_directories='{self.folder}'"])
        self._run("pg_ctl", "-D", data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        # The server refuses to be root.
        become = ["runuser", "-u", "postgres", "--"] if _account() is not None else []
        command = [*become, str(self.binaries / program), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def _account() -> pwd.struct_passwd | None:
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def running_server() -> Iterator[Server]:
    """Run a server; without one the tests that need it are skipped, or fail where services are required."""
    found = binaries()
    if found is None:
        reason = "PostgreSQL is not installed (apt-get install postgresql): its ledger is not tested"
        if any(os.environ.get(name, "").lower() not in _UNSET for name in _REQUIRE):
            pytest.fail(reason)
        pytest.skip(reason)
    # Not below pytest's folder, which lets nobody else in.
    with Server(found, Path(tempfile.mkdtemp(prefix="reconciler-postgres-"))) as server:
        yield server
