"""The branch that a ledger is on, here or at a remote: where it stands, and moving it from one commit to the next.

Moving compares and swaps: it happens only if the branch still stands where the new commit was made. Whoever comes
second learns that it lost, and makes its commit again on top of the winner's.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from reconciler.adapters.ledger.git.command import Answer, Git


class Move(enum.Enum):
    """How moving a branch ended: it moved; somebody else moved it first; nobody can tell."""

    DONE = "done"
    LOST = "lost"
    UNSURE = "unsure"


class Moved(NamedTuple):
    """How moving a branch ended, and git's words for it."""

    end: Move
    reason: str = ""


class Branch(Protocol):
    """One branch."""

    name: str
    """What errors call it."""

    def tip(self) -> str | None:
        """Return the newest commit, present in this repository; `None` while there is no branch. Raises LedgerError."""

    def move(self, before: str | None, after: str) -> Moved:
        """Move the branch to `after` if it still stands at `before` (`None`: does not exist).

        Raises:
            LedgerError: it may not be moved; trying again does not help.
        """


class LocalBranch:
    """A branch of this repository alone; fulfils `Branch`.

    Args:
        git: The command in the repository.
        branch: Name of the branch.
    """

    def __init__(self, git: Git, branch: str) -> None:
        self.name = f"branch {branch} of {git.folder}"
        self._git = git
        self._ref = f"refs/heads/{branch}"

    def tip(self) -> str | None:
        """Return the newest commit."""
        return _resolved(self._git, self._ref)

    def move(self, before: str | None, after: str) -> Moved:
        """Move the branch, unless people have it checked out: their files would seem changed back."""
        where = self._git.tell("for-each-ref", "--format=%(worktreepath)", self._ref).text
        if where:
            raise LedgerError(
                f"the ledger's branch is checked out in {where}",
                hint="Switch that work tree to another branch (git switch), then run again.",
            )
        # Forty zeroes stand for a branch that must not exist yet.
        answer = self._git.ask("update-ref", self._ref, after, before or "0" * len(after))
        if answer.code == 0:
            return Moved(Move.DONE)
        if self.tip() == before and "lock" not in answer.talk:
            raise LedgerError(
                f"the ledger's branch cannot be moved: {answer.reason}", hint="Mend the repository, then run again."
            )
        return Moved(Move.LOST, answer.reason)


_ABSENT: Final = "couldn't find remote ref"

_RACES: Final = re.compile(
    r"\[rejected\]|failed to update ref|cannot lock ref|fetch first|stale info|already exists"
    r"|incorrect old value|shallow update not allowed|remote ref updated since",
    re.IGNORECASE,
)
"""What a server says when somebody else's push came first."""

_DENIED: Final = re.compile(
    r"\b40[13]\b|denied|authentication failed|could not read (user|pass)|not authorized"
    r"|repository not found|terminal prompts disabled|read.only",
    re.IGNORECASE,
)
"""What servers of every kind say to those who may not do this."""


class RemoteBranch:
    """A branch at a remote, of which this repository keeps the newest commit it has seen; fulfils `Branch`.

    Args:
        git: The command in the repository.
        remote: Name of the remote.
        branch: Name of the branch.
        shallow: Whether this repository's history is cut off; the ledger's is then cut off too, to be quick.
    """

    def __init__(self, git: Git, remote: str, branch: str, *, shallow: bool) -> None:
        self.name = f"branch {branch} of remote {remote}"
        self._git = git
        self._remote = remote
        self._branch = branch
        self._ref = f"refs/heads/{branch}"
        self._seen = f"refs/reconciler/ledger/{remote}/{branch}"
        self._shallow = shallow

    def tip(self) -> str | None:
        """Fetch and return the newest commit.

        Raises:
            LedgerError: the remote cannot be read, or has lost commits that were seen here.
        """
        answer = self._fetch()
        if answer.code == 0:
            return _resolved(self._git, self._seen)
        if _ABSENT in answer.talk.lower():
            self._check_never_seen()
            return None
        if not answer.talk.strip():
            # A fetch that may not go backwards says nothing when asked to be quiet.
            raise self._lost("does not continue what was seen here: it was rewritten")
        raise self._unreachable("read", answer.reason)

    def _fetch(self) -> Answer:
        # Cut off, a history cannot be seen to continue another; there, and only there, the plus allows any step.
        plus, depth = ("+", ("--depth=1",)) if self._shallow else ("", ())
        quietly = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules")
        # Neither people's own rules for this remote apply, nor the filter of a partial clone: every line is needed.
        scope = ("--refmap=", "--no-filter", *depth)
        return self._git.ask("fetch", *quietly, *scope, self._remote, f"{plus}{self._ref}:{self._seen}")

    def _check_never_seen(self) -> None:
        if _resolved(self._git, self._seen) is not None:
            raise self._lost("is gone: it was deleted")

    def _lost(self, what: str) -> LedgerError:
        return LedgerError(
            f"the ledger's branch {what}",
            hint=f"Restore it: git push --force {self._remote} {self._seen}:{self._ref}. Or, to go on with what the "
            f"remote has now, forget what was seen: git update-ref -d {self._seen}.",
        )

    def move(self, before: str | None, after: str) -> Moved:
        """Push; the remote compares and swaps."""
        lease = f"--force-with-lease={self._ref}:{before or ''}"
        quietly = ("--porcelain", "--no-follow-tags", "--no-recurse-submodules", "--no-verify")
        answer = self._git.ask("push", *quietly, lease, self._remote, f"{after}:{self._ref}")
        if answer.code == 0:
            # Only what was seen last; were it not kept, the next fetch would bring it.
            self._git.ask("update-ref", self._seen, after)
            return Moved(Move.DONE)
        verdict = next((line for line in answer.text.splitlines() if line.startswith("!")), "")
        if not verdict or "[remote failure]" in verdict:
            if _DENIED.search(answer.talk):
                raise self._refused(answer.reason)
            return Moved(Move.UNSURE, answer.reason)
        if _RACES.search(verdict):
            return Moved(Move.LOST, verdict.rpartition("\t")[2])
        raise self._refused(f"{verdict.rpartition('] ')[2].strip('()')}; {answer.reason}")

    def _refused(self, reason: str) -> LedgerError:
        return LedgerError(
            f"remote {self._remote} refuses a push to the ledger's branch {self._branch}: {reason}",
            hint=f"Allow this job to push to {self._branch} (a token that may write contents, no protection rule for "
            "this branch), or name another with --ledger git:BRANCH.",
        )

    def _unreachable(self, verb: str, reason: str) -> LedgerError:
        return LedgerError(
            f"the ledger's branch {self._branch} cannot be {verb} at remote {self._remote}: {reason}",
            hint=f"Check that `git ls-remote {self._remote}` works here without asking, then run again.",
        )


def _resolved(git: Git, ref: str) -> str | None:
    answer = git.ask("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    return answer.text if answer.code == 0 else None
