"""Which store the platform's tests run on: SQLite in each data folder, or one PostgreSQL server for all of them.

`RECONCILER_TEST_STORE=postgresql` chooses the server. Each data folder has a database of its own there, copied from
one that was migrated once; a folder that is opened again finds its database again.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.platform.settings import PlatformSettings
from reconciler.platform.store.blobs import Blobs
from reconciler.platform.store.database import Store
from reconciler.platform.store.migrating import migrate
from tests.adapters.ledger.postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.adapters.ledger.postgres import Server

VARIABLE: Final = "RECONCILER_TEST_STORE"
POSTGRESQL: Final = "postgresql"
TEMPLATE: Final = "migrated"


@dataclass(frozen=True)
class Databases:
    """A server whose databases are copies of a migrated one."""

    server: Server

    def url_of(self, folder: Path) -> str:
        """Return the URL of a data folder's database; it is made when it is asked for first."""
        return self.server.database(folder, template=TEMPLATE)


_SERVED: list[Databases] = []


def store_url(folder: Path) -> str | None:
    """Return where a data folder's rows are kept, None for a file in it."""
    return _SERVED[-1].url_of(folder) if _SERVED else None


@contextmanager
def chosen() -> Iterator[None]:
    """Keep the chosen store running."""
    if os.environ.get(VARIABLE) != POSTGRESQL:
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
    with tempfile.TemporaryDirectory() as folder:
        settings = PlatformSettings(data_dir=Path(folder), store_url=url)
        store = Store(settings.database_url, Blobs(Path(folder)))
        migrate(store)
        store.close()
