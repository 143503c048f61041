"""A git repository as a store of files by commit: read without a work tree, written without touching an index."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from reconciler.adapters.ledger.git.command import Git

_DRAFT: Final = "refs/reconciler/draft"
"""Where a commit is while it is not on the branch yet; the next one takes its place."""

_OURSELVES: Final = "reconciler <noreply@reconciler.dev>"
"""Who commits where nobody has told git their name, as in most CI jobs."""

_IDENTITY: Final = re.compile(r"(.* <[^<>]*>) \d+ [+-]\d{4}")


@dataclass(frozen=True, slots=True)
class Shape:
    """What kind of repository it is.

    Attributes:
        common: Its git folder, shared by all its work trees.
        shallow: Whether its history is cut off, as in a CI job's clone.
        remotes: Names of its remotes.
    """

    common: Path
    shallow: bool
    remotes: tuple[str, ...]


def shape_of(git: Git) -> Shape:
    """Look at the repository. Raises LedgerError where there is none."""
    found = git.ask("rev-parse", "--git-common-dir", "--is-shallow-repository")
    if found.code != 0:
        raise LedgerError(
            f"the ledger's repository cannot be used: {found.reason}",
            where=str(git.folder),
            hint="Run inside the repository of the manifests, or name it: --ledger 'git:BRANCH?repository=DIR'.",
        )
    common, shallow = found.text.splitlines()[:2]
    return Shape(git.folder / common, shallow == "true", tuple(git.tell("remote").text.splitlines()))


class Repository:
    """The objects of a repository.

    Args:
        git: The command in it.
    """

    def __init__(self, git: Git) -> None:
        self._git = git
        self._identity = ""

    def names(self, commit: str, folder: str = "") -> list[str]:
        """Return what a folder of a commit holds, folders included; nothing if there is no such folder."""
        scope = ["--", f"{folder}/"] if folder else []
        listing = self._git.tell("ls-tree", "--full-tree", "--name-only", "-z", commit, *scope)
        names = listing.out.decode("utf-8", errors="surrogateescape").split("\0")
        return [name.removeprefix(f"{folder}/") for name in names if name]

    def texts(self, commit: str, paths: Sequence[str]) -> list[str | None]:
        """Return what the files of a commit hold, `None` for one that is not there."""
        if not paths:
            return []
        asked = "".join(f"{commit}:{path}\n" for path in paths).encode()
        return list(_contents(self._git.tell("cat-file", "--batch", given=asked).out))

    def commit(self, parent: str | None, files: Mapping[str, str | None], message: str) -> str:
        """Make a commit on top of another, or the first of a branch; no branch moves.

        Args:
            parent: The commit that it follows.
            files: What changes: a path and what the file holds from now on, or `None` where it goes.
            message: What it is for.

        Returns:
            Its id.
        """
        stream = b"".join(self._stream(parent, files, message))
        # One process, where blobs, trees and commit one by one would take six or more; unchanged files stay.
        made = self._git.tell("fast-import", "--quiet", "--force", "--done", given=stream)
        return made.text

    def _stream(self, parent: str | None, files: Mapping[str, str | None], message: str) -> Iterator[bytes]:
        yield f"feature done\nreset {_DRAFT}\ncommit {_DRAFT}\nmark :1\n".encode()
        yield f"committer {self._who()} {int(time.time())} +0000\n".encode()
        yield _data(message)
        if parent is not None:
            yield f"from {parent}\n".encode()
        for path, text in files.items():
            if text is None:
                yield f"D {path}\n".encode()
            else:
                yield f"M 100644 inline {path}\n".encode() + _data(text)
        yield b"get-mark :1\ndone\n"

    def _who(self) -> str:
        # A server may insist on the committer that people have told git; guesses of git's own are worse than ours.
        if not self._identity:
            answer = self._git.ask("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
            found = _IDENTITY.fullmatch(answer.text)
            self._identity = found[1] if found and answer.code == 0 else _OURSELVES
        return self._identity


def _data(text: str) -> bytes:
    body = text.encode()
    return b"data %d\n%s\n" % (len(body), body)


def _contents(batch: bytes) -> Iterator[str | None]:
    """Read the answers of `git cat-file --batch`: a line with the size, that many bytes, a line end."""
    place = 0
    while place < len(batch):
        end = batch.index(b"\n", place)
        head = batch[place:end].rsplit(b" ", 1)
        if not head[-1].isdigit():
            place = end + 1
            yield None
            continue
        size = int(head[-1])
        yield batch[end + 1 : end + 1 + size].decode("utf-8", errors="replace")
        place = end + size + 2
