"""What a git ledger is opened on: the repository, the branch and the lock, found once and then kept."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.adapters.ledger.git.branches import LocalBranch, RemoteBranch
from reconciler.adapters.ledger.git.command import Git
from reconciler.adapters.ledger.git.repository import Repository, shape_of
from reconciler.adapters.ledger.git.turnstile import turn
from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.adapters.ledger.git.branches import Branch
    from reconciler.adapters.ledger.location import GitLocation

_USUAL: Final = "origin"


@dataclass(frozen=True, slots=True)
class Desk:
    """An opened repository.

    Attributes:
        repository: Reads and makes commits.
        branch: Where the newest one is.
        folder: The git folder, in which the lock is.
    """

    repository: Repository
    branch: Branch
    folder: Path

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Exclude other processes of this repository, and name the branch in what goes wrong."""
        try:
            with turn(self.folder):
                yield
        except LedgerError as error:
            raise LedgerError(error.message, where=error.where or self.branch.name, hint=error.hint) from error
        except OSError as error:
            raise LedgerError(
                f"the ledger's repository cannot be written: {error.strerror or error}",
                where=str(self.folder),
                hint="Make the repository writable for this user, or name another ledger with --ledger.",
            ) from error


def open_desk(location: GitLocation) -> Desk:
    """Find out what a location means. Raises LedgerError where there is no such repository or remote."""
    git = Git(location.repository)
    shape = shape_of(git)
    remote = _remote(location, shape.remotes)
    branch: Branch = (
        RemoteBranch(git, remote, location.branch, shallow=shape.shallow)
        if remote
        else LocalBranch(git, location.branch)
    )
    return Desk(Repository(git), branch, shape.common)


def _remote(location: GitLocation, known: tuple[str, ...]) -> str:
    if location.remote == "" or (location.remote is None and not known):
        return ""
    wanted = location.remote or _USUAL
    if wanted not in known:
        raise LedgerError(
            f"the ledger's repository has no remote {wanted!r}: it has {', '.join(known) or 'none'}",
            where=str(location.repository),
            hint="Name one with --ledger 'git:?remote=NAME', or none ('git:?remote=') to keep the ledger here.",
        )
    return wanted
