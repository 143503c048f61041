"""Real git repositories for the tests of the git home: a bare one as the remote, clones of it, one on its own."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "LC_ALL": "C",
}
"""An environment in which nobody has told git anything, as in most CI jobs."""

_AUTHOR = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")


def git(folder: Path, *arguments: str) -> str:
    """Run git and return what it prints."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], env=NOBODY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def commit(folder: Path, name: str = "manifest.yaml", text: str = "kind: Deployment\n") -> None:
    """Commit a file on the branch that is checked out."""
    (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", name)
    git(folder, *_AUTHOR, "commit", "-q", "-m", f"Write {name}")


def a_repository_in(folder: Path) -> Path:
    """Return a repository with one commit and no remote; the same one when asked again."""
    made = folder / "alone"
    if not made.exists():
        made.mkdir()
        git(made, "init", "-q", "-b", "main")
        commit(made)
    return made


def a_remote_in(folder: Path) -> Path:
    """Return a bare repository with one commit on main; the same one when asked again."""
    remote = folder / "remote.git"
    if not remote.exists():
        git(folder, "init", "-q", "--bare", "-b", "main", str(remote))
        first = clone(remote, folder / "first")
        git(first, "switch", "-q", "-c", "main")
        commit(first)
        git(first, "push", "-q", "origin", "main")
    return remote


def clone(remote: Path, folder: Path, *options: str) -> Path:
    """Clone a remote as CI systems do: by URL, so that `--depth` counts."""
    git(remote.parent, "clone", "-q", *options, remote.as_uri(), str(folder))
    return folder


def a_clone_in(folder: Path) -> Path:
    """Return a clone, made with `--depth 1` on a detached head; the same one when asked again."""
    made = folder / "clone"
    if not made.exists():
        clone(a_remote_in(folder), made, "--depth=1")
        git(made, "checkout", "-q", "--detach")
    return made
