"""One platform for all tests of a module, on either store; each test furnishes a workshop of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.platform.app import PlatformSettings, open_platform
from tests.adapters.ledger.postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.platform.app import Platform
    from tests.adapters.ledger.postgres import Server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    yield from running_server()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def platform(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform that works in this process, or on PostgreSQL with two worker processes."""
    folder = tmp_path_factory.mktemp("platform")
    settings = PlatformSettings(data_dir=folder)
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        settings = PlatformSettings(data_dir=folder, store_url=server.database(folder), workers=2)
    opened = open_platform(settings)
    yield opened
    opened.close()
