"""Which store the platform's tests run on: SQLite in each data folder, or one PostgreSQL server for all of them.

`RECONCILER_TEST_STORE=postgresql` chooses the server, and two worker processes for whatever takes long. Each data
folder has a database of its own there, copied from one that was migrated once; a folder that is opened again finds
its database again. Tests open platforms with `settings_of`, so that they run on whichever store was chosen.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reconciler.platform.settings import PlatformSettings
from reconciler.platform.store.blobs import Blobs
from reconciler.platform.store.database import Store
from reconciler.platform.store.migrating import migrate
from tests.adapters.ledger.postgres import running_server
from tests.platform import halves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.adapters.ledger.postgres import Server

TEMPLATE: Final = "migrated"
_FILE: Final = "platform.db"
WORKERS: Final = 2


@dataclass(frozen=True)
class Databases:
    """A server whose databases are copies of a migrated one."""

    server: Server

    def url_of(self, folder: Path, *, template: str = TEMPLATE) -> str:
        """Return the URL of a data folder's database; it is made when it is asked for first."""
        return self.server.database(folder, template=template)


_SERVED: list[Databases] = []
_FORBIDDEN: list[str] = []


def settings_of(folder: Path, **more: Any) -> PlatformSettings:
    """Return the settings of a platform in a data folder, on the store that was chosen."""
    assert not _FORBIDDEN, "this module is named as one that opens no store (tests/platform/halves.py)"
    if _SERVED:
        more = {"store_url": _SERVED[-1].url_of(folder), "workers": WORKERS, **more}
    elif not (folder / _FILE).exists() and "store_url" not in more:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / _FILE).write_bytes(_migrated())
    return PlatformSettings(data_dir=folder, **more)


def copy(closed: Path, to: Path) -> PlatformSettings:
    """Copy a data folder that nobody has open, rows and all; return the settings of the copy."""
    shutil.copytree(closed, to)
    if _SERVED:
        databases = _SERVED[-1]
        databases.url_of(to, template=databases.server.name(closed))
    return settings_of(to)


@cache
def _migrated() -> bytes:
    """Return SQLite's file of an empty platform: copying it takes a twentieth of the time that migrating takes."""
    with tempfile.TemporaryDirectory() as folder:
        settings = PlatformSettings(data_dir=Path(folder))
        store = Store(settings.database_url, Blobs(Path(folder)))
        migrate(store)
        store.close()
        return (settings.data_dir / _FILE).read_bytes()


@contextmanager
def none_opened(name: str) -> Iterator[None]:
    """Fail whatever asks for a platform's settings meanwhile, in a module of that name."""
    _FORBIDDEN.append(name)
    try:
        yield
    finally:
        _FORBIDDEN.pop()


@contextmanager
def chosen() -> Iterator[None]:
    """Keep the chosen store running; a second time it is the same one."""
    if halves.chosen() == halves.SQLITE or _SERVED:
        yield
        return
    for server in running_server():
        server.sql(f"CREATE DATABASE {TEMPLATE}")
        _migrate(server.url(TEMPLATE))
        _SERVED.append(Databases(server))
        try:
            yield
        finally:
            _SERVED.pop()


def _migrate(url: str) -> None:
    from reconciler.platform.pipeline import durable

    with tempfile.TemporaryDirectory() as folder:
        settings = PlatformSettings(data_dir=Path(folder), store_url=url)
        store = Store(settings.database_url, Blobs(Path(folder)))
        migrate(store)
        store.close()
        durable.migrate(settings.jobs_url)
