"""Which commit the manifests are from, whether they differ from it, where they come from, and who runs this.

Asked of the git command itself, so that every kind of repository works (worktrees, submodules, partial clones). No
git, no repository or an unhappy git means fewer facts, never an error: all of this is for people and for history.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SECONDS: Final = 10.0
"""A repository on a slow network disk is worth a short wait, not a hanging run."""

_HARMLESS: Final = ("-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")
"""Settings under which a repository that somebody else prepared cannot make git run a program of theirs."""

_ACTORS: Final = ("RECONCILER_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_CREATOR", "BUILD_USER_ID")
"""Environment variables in which CI systems tell who caused a job."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What git says about a folder.

    Attributes:
        revision: Full commit id, `None` outside a repository or before its first commit.
        dirty: Whether the paths asked about differ from that commit, untracked files included.
        repository: URL of the remote `origin`, without credentials.
    """

    revision: str | None = None
    dirty: bool = False
    repository: str | None = None


NO_FACTS: Final = Facts()
"""There is no repository, or no git."""


def facts_of(paths: Sequence[Path]) -> Facts:
    """Return what git says about the repository of the first path; `dirty` looks at these paths only."""
    if not paths:
        return NO_FACTS
    folder = paths[0] if paths[0].is_dir() else paths[0].parent
    revision = _ask(folder, "rev-parse", "--verify", "HEAD^{commit}")
    if not revision:
        return NO_FACTS
    names = [str(path.absolute()) for path in paths]
    changes = _ask(folder, "status", "--porcelain", "--untracked-files=normal", "--", *names)
    remote = _ask(folder, "config", "--get", "remote.origin.url")
    return Facts(revision, dirty=changes != "", repository=without_credentials(remote) if remote else None)


def without_credentials(url: str) -> str:
    """Return a remote's URL without user, password, query and fragment; scp-like addresses keep their login name."""
    if "://" not in url:
        return url
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return url.partition("://")[0] + "://"
    return urlunsplit((parts.scheme, f"{parts.hostname or ''}{port}", parts.path, "", ""))


def actor(variables: Mapping[str, str], folder: Path) -> str:
    """Return who runs this: the CI system's word, git's configured address, the login name, or empty."""
    told = next((variables[name] for name in _ACTORS if variables.get(name)), None)
    return told or _ask(folder, "config", "--get", "user.email") or variables.get("USER") or ""


def _ask(folder: Path, *arguments: str) -> str | None:
    """Return what git prints, without the line end; `None` if it cannot be asked or does not answer well."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  # git itself, found on PATH; arguments are never a shell's
            [git, *_HARMLESS, "-C", str(folder), *arguments],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", errors="replace").strip() if done.returncode == 0 else None
