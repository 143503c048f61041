"""Platforms that tests share: opening one takes a second, and every test works on deployments of its own."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, cast

import pytest

from tests.adapters.picsellia.world import World, world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.platform.settings import Report


@pytest.fixture(scope="session")
def full_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("full") / "data", "full") as here:
        yield here


@pytest.fixture(scope="session")
def quiet_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A platform that reports no more than the official SDK reads."""
    with world(tmp_path_factory.mktemp("quiet") / "data", "sdk-only") as here:
        yield here


@pytest.fixture(scope="session", params=["full", "sdk-only"])
def any_world(request: pytest.FixtureRequest) -> World:
    report = cast("Report", request.param)
    here: World = request.getfixturevalue("full_world" if report == "full" else "quiet_world")
    return here


@pytest.fixture(scope="session")
def fresh_name() -> Callable[[], str]:
    """Names nothing else bears."""
    numbers = count(1)
    return lambda: f"deployment-{next(numbers)}"
