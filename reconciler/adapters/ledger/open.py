"""Opening a ledger by its URL: the scheme chooses the home."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adapters.ledger.location import GIT, HINT, POSTGRESQL, git_location
from reconciler.errors import SettingsError

if TYPE_CHECKING:
    from reconciler.adapters.ledger.home import Home


def open_ledger(url: str) -> Home:
    """Return the ledger at `url`, as `location` describes it.

    Nothing is touched yet: reading a ledger that does not exist finds nothing and makes nothing, the first entry makes
    it (a file is readable by its owner only). Close the ledger when done.

    Raises:
        SettingsError: for a URL that names no home this version has.
    """
    if url.startswith(GIT):
        return _git(url)
    scheme, separator, rest = url.partition("://")
    if not separator:
        return _sqlite(url)
    if scheme in POSTGRESQL:
        return _postgresql(url)
    if scheme != "sqlite":
        raise SettingsError(f"there is no ledger of kind {scheme!r}", hint=HINT)
    if not rest.startswith("/") or "?" in rest:
        raise SettingsError("the ledger's URL should be sqlite:/// and a path, without options", hint=HINT)
    return _sqlite(rest.removeprefix("/"))


def _git(url: str) -> Home:
    location = git_location(url)
    from reconciler.adapters.ledger.git.book import GitBook
    from reconciler.adapters.ledger.threaded import ThreadedLedger

    return ThreadedLedger(GitBook(location))


def _postgresql(url: str) -> Home:
    from reconciler.adapters.ledger.sql.book import SqlBook
    from reconciler.adapters.ledger.sql.postgresql import place_of
    from reconciler.adapters.ledger.threaded import ThreadedLedger

    return ThreadedLedger(SqlBook(place_of(url)))


def _sqlite(path: str) -> Home:
    if path.strip() in {"", ":memory:"}:
        raise SettingsError("the ledger has no path; a ledger in memory would forget what it is for", hint=HINT)
    try:
        file = Path(path).expanduser()
    except RuntimeError as error:
        raise SettingsError(f"the ledger's path {path!r} names nobody's home folder", hint=HINT) from error
    # SQLAlchemy takes a quarter of a second to import, which commands without a ledger need not spend.
    from reconciler.adapters.ledger.sql.book import SqlBook
    from reconciler.adapters.ledger.sql.sqlite import place_of
    from reconciler.adapters.ledger.threaded import ThreadedLedger

    return ThreadedLedger(SqlBook(place_of(file)))
