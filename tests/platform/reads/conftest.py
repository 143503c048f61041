"""One platform with the same predictions for all tests of a module: what one module adds, no other counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.platform.app import open_platform
from tests.platform.reads.world import World, build, plan
from tests.platform.stores import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.platform.app import Platform

COUNT = 90


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = open_platform(settings_of(tmp_path_factory.mktemp("platform")))
    yield platform
    platform.close()


@pytest.fixture(scope="module")
def world(platform: Platform) -> World:
    made = build(platform, "watched")
    made.record_all(plan(COUNT))
    return made
