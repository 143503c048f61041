"""Git as a child process: no hook of others, no question, no terminal, a time limit, no credential in what it says.

The command itself is used because it finds its way to the remote as the people and jobs around it do: with their
credential helpers, headers, keys and proxies.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS: Final = 120.0
"""How long one git command may take; a push of an entry takes one or two."""

_SETTINGS: Final = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=",
    "gc.auto=0",
    "maintenance.auto=false",
    "push.gpgSign=false",
    # An intent must be on the disk before its write is sent, even if the power fails between the two.
    "core.fsync=committed,loose-object",
    # A ledger's commit is a handful of small objects; packs of that size would only be in the way.
    "fastimport.unpackLimit=100",
)
"""A hook would run on every entry: those in the repository are meant for people's commits."""

_PLACES: Final = frozenset(
    {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
        "GIT_PREFIX",
        "GIT_SHALLOW_FILE",
        "GIT_GRAFT_FILE",
    }
)
"""Set while git runs one of its hooks; they would point at another repository than the one that is meant."""

_QUIET: Final = {"GIT_TERMINAL_PROMPT": "0", "GCM_INTERACTIVE": "never", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}

_CREDENTIALS: Final = re.compile(r"(\w://)[^/@\s'\"]*@")
_SPOKEN: Final = re.compile(r"^(?:fatal|error|remote|ssh): *(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a git command came to.

    Attributes:
        code: Its exit code.
        out: What it printed.
        talk: What it said beside that, without credentials.
    """

    code: int
    out: bytes
    talk: str

    @property
    def text(self) -> str:
        """What it printed, as one text without the line end."""
        return self.out.decode("utf-8", errors="replace").strip()

    @property
    def reason(self) -> str:
        """Why it failed, in git's own words on one line."""
        said = [line.strip() for line in self.talk.splitlines()]
        spoken = [_SPOKEN.sub("", line) for line in said if _SPOKEN.match(line)]
        return "; ".join(spoken[:3] or [line for line in said if line][-1:]) or f"git ended with code {self.code}"


class Git:
    """The git command in one repository.

    Args:
        folder: Any folder of the repository.
        seconds: After which a command is given up.
    """

    def __init__(self, folder: Path, *, seconds: float = SECONDS) -> None:
        self.folder = folder
        self._seconds = seconds

    def ask(self, *arguments: str, given: bytes = b"") -> Answer:
        """Run a command to its end.

        Args:
            arguments: After `git`.
            given: Its standard input.

        Raises:
            LedgerError: there is no git, or it does not end.
        """
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        process = self._start(["git", *settings, "-C", str(self.folder), *arguments])
        try:
            out, talk = process.communicate(given, timeout=self._seconds)
        except subprocess.TimeoutExpired as error:
            # Its helpers hold the pipes open: all of them have to go.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise LedgerError(
                f"git {arguments[0]} did not end within {self._seconds:g} seconds",
                hint="Check the network and the remote, then run again: nothing is recorded by halves.",
            ) from error
        return Answer(process.returncode, out, without_credentials(talk.decode("utf-8", errors="replace")))

    def tell(self, *arguments: str, given: bytes = b"") -> Answer:
        """Run a command that should succeed. Raises LedgerError with git's reason when it does not."""
        answer = self.ask(*arguments, given=given)
        if answer.code != 0:
            raise LedgerError(
                f"git {arguments[0]} failed: {answer.reason}", hint="Mend the repository, then run again."
            )
        return answer

    def _start(self, words: list[str]) -> subprocess.Popen[bytes]:
        if shutil.which("git") is None:
            raise LedgerError("there is no git command", hint="Install git, or name another ledger with --ledger.")
        try:
            # In a session of its own: Ctrl-C asks us to stop, and must not break off the entry that is being pushed.
            return subprocess.Popen(  # noqa: S603  # git itself, found on PATH; arguments are never a shell's
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(os.environ),
                start_new_session=True,
            )
        except OSError as error:
            raise LedgerError(
                f"git cannot be run: {error.strerror or error}", hint="Check the installation."
            ) from error


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name not in _PLACES} | _QUIET


def without_credentials(talk: str) -> str:
    """Return what git said with user and password cut out of every URL."""
    return _CREDENTIALS.sub(r"\1", talk)
