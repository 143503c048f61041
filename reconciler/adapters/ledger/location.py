"""What a ledger's URL means, without opening anything: the kinds of home, the parts of a git branch's address.

PATH, sqlite:///PATH                              a file of SQLite
git:[BRANCH][?repository=DIR][&remote=NAME]       a branch of a git repository
postgresql://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from reconciler.errors import SettingsError

GIT: Final = "git:"
DEFAULT_BRANCH: Final = "reconciler-ledger"
POSTGRESQL: Final = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
"""Schemes that mean PostgreSQL, as people know them from elsewhere."""

HINT: Final = (
    "Write a path such as .reconciler/ledger.db, or sqlite:///path/to/ledger.db; git: or postgresql://host/db."
)

_GIT_HINT: Final = "Write git:, git:BRANCH, or git:BRANCH?repository=DIR&remote=NAME."

_NO_BRANCH: Final = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|//|@\{|/\.|\.lock(/|$)|^[-/.@]|[/.]$")
"""What git does not allow in the name of a branch (git-check-ref-format)."""


@dataclass(frozen=True, slots=True)
class GitLocation:
    """A branch that holds, or will hold, a ledger.

    Attributes:
        repository: A folder in the repository.
        branch: Name of the branch.
        remote: Where the branch is; empty for this repository alone, `None` for `origin` where there is any remote.
    """

    repository: Path
    branch: str = DEFAULT_BRANCH
    remote: str | None = None


def git_location(url: str) -> GitLocation:
    """Return what a URL that begins with `git:` means. Raises SettingsError."""
    branch, _, query = url.removeprefix(GIT).partition("?")
    options = _options(query)
    location = GitLocation(
        Path(options.get("repository") or "."), unquote(branch) or DEFAULT_BRANCH, options.get("remote")
    )
    if _NO_BRANCH.search(location.branch):
        raise SettingsError(f"the ledger's branch cannot be called {location.branch!r}", hint=_GIT_HINT)
    if location.remote is not None and _NO_BRANCH.search(location.remote):
        raise SettingsError(f"no remote can be called {location.remote!r}", hint=_GIT_HINT)
    return location


def _options(query: str) -> dict[str, str]:
    # A plus is a plus: paths may hold one, and nobody writes blanks like that here.
    options = {name: unquote(value) for name, _, value in (pair.partition("=") for pair in query.split("&") if pair)}
    unknown = sorted(options.keys() - {"repository", "remote"})
    if unknown:
        raise SettingsError(f"the ledger's URL has an option {unknown[0]!r} that git: does not know", hint=_GIT_HINT)
    return options


def located(ledger: str, folder: Path, *, project: Path) -> str:
    """Return a ledger's URL independent of the working folder.

    Args:
        ledger: As it was written: a URL, or a path.
        folder: What relative paths are relative to.
        project: The folder of the manifests; the repository is theirs where none is named.
    """
    if not ledger.startswith(GIT):
        return ledger if "://" in ledger else str((folder / Path(ledger).expanduser()).absolute())
    head, _, query = ledger.partition("?")
    options = _options(query)
    named = options.get("repository")
    options["repository"] = str((folder / Path(named).expanduser() if named else project).absolute())
    return head + "?" + "&".join(f"{name}={quote(value)}" for name, value in sorted(options.items()))


def shown(url: str) -> str:
    """Return a ledger's URL as it may be printed: without user and password."""
    if url.startswith(GIT) or "://" not in url:
        return url
    try:
        parts = urlsplit(url)
        place = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return url.partition("://")[0] + "://"
    return f"{parts.scheme}://{place}{parts.path}"
