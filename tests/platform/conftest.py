"""One platform for all contract tests of a module; each makes the objects it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.platform.api import Api, own
from tests.platform.harness import embedded
from tests.platform.stores import chosen

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


@pytest.fixture(scope="module")
async def api(anyio_backend: str) -> AsyncIterator[Api]:
    async with embedded() as (client, platform):
        yield own(client, platform)


@pytest.fixture(scope="module")
async def sdk_only(anyio_backend: str) -> AsyncIterator[Api]:
    async with embedded("sdk-only") as (client, platform):
        yield own(client, platform)
