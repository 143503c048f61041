"""Opening a ledger by its URL: the scheme chooses the home."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.errors import SettingsError

if TYPE_CHECKING:
    from reconciler.adapters.ledger.home import Home

_HINT: Final = "Write a path such as .reconciler/ledger.db, or sqlite:///path/to/ledger.db."


def open_ledger(url: str) -> Home:
    """Return the ledger at `url`: a path, or `sqlite:///` and a path (`sqlite:////` and an absolute one).

    Nothing is touched yet: reading a ledger that does not exist finds nothing and makes nothing, the first entry makes
    the file (readable by its owner only) and its folder. Close the ledger when done.

    Raises:
        SettingsError: for a URL that names no home this version has.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return _sqlite(url)
    if scheme != "sqlite":
        raise SettingsError(f"there is no ledger of kind {scheme!r}", hint=_HINT)
    if not rest.startswith("/") or "?" in rest:
        raise SettingsError("the ledger's URL should be sqlite:/// and a path, without options", hint=_HINT)
    return _sqlite(rest.removeprefix("/"))


def _sqlite(path: str) -> Home:
    if path.strip() in {"", ":memory:"}:
        raise SettingsError("the ledger has no path; a ledger in memory would forget what it is for", hint=_HINT)
    try:
        file = Path(path).expanduser()
    except RuntimeError as error:
        raise SettingsError(f"the ledger's path {path!r} names nobody's home folder", hint=_HINT) from error
    # SQLAlchemy takes a quarter of a second to import, which commands without a ledger need not spend.
    from reconciler.adapters.ledger.sql import SqlLedger
    from reconciler.adapters.ledger.sqlite import place_of

    return SqlLedger(place_of(file))
