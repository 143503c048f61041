"""One platform for all contract tests of a module; each makes the objects it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.platform import halves
from tests.platform.api import Api, own
from tests.platform.harness import embedded
from tests.platform.stores import chosen, none_opened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def store() -> Iterator[None]:
    """Keep the store that the tests were told to run on."""
    with chosen():
        yield


@pytest.fixture(scope="module", autouse=True)
def halved(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let no module open a store that is said not to."""
    if halves.alone(request.node.nodeid) is not halves.NO_STORE:
        yield
        return
    with none_opened(request.node.nodeid):
        yield


@pytest.fixture(scope="module")
async def api(anyio_backend: str) -> AsyncIterator[Api]:
    async with embedded() as (client, platform):
        yield own(client, platform)


@pytest.fixture(scope="module")
async def sdk_only(anyio_backend: str) -> AsyncIterator[Api]:
    async with embedded("sdk-only") as (client, platform):
        yield own(client, platform)
