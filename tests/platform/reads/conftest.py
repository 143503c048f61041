"""The same predictions on both stores, recorded once for all tests of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.platform.app import PlatformSettings, open_platform
from tests.adapters.ledger.postgres import running_server
from tests.platform.reads.world import World, build, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.platform.app import Platform
    from tests.adapters.ledger.postgres import Server

COUNT = 90


@pytest.fixture(scope="package")
def postgres() -> Iterator[Server]:
    yield from running_server()


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def platform(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("platform")
    settings = PlatformSettings(data_dir=folder)
    if request.param == "postgresql":
        settings = PlatformSettings(data_dir=folder, store_url=request.getfixturevalue("postgres").database(folder))
    platform = open_platform(settings)
    yield platform
    platform.close()


@pytest.fixture(scope="package")
def world(platform: Platform) -> World:
    made = build(platform, "watched")
    made.record_all(plan(COUNT))
    return made
