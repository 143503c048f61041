"""Every combination of ledger and profile, gathered once for all that is tried of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adapters.ledger.postgres import running_server
from tests.killing.combinations import COMBINATIONS, Combination, gathered
from tests.killing.company import fork_server

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Iterator

    from tests.adapters.ledger.postgres import Server
    from tests.killing.company import Company
    from tests.killing.matrix import Reference


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    yield from running_server()


@pytest.fixture(scope="module", params=COMBINATIONS, ids=str)
def combination(request: pytest.FixtureRequest) -> Combination:
    chosen: Combination = request.param
    return chosen


@pytest.fixture(scope="module")
def server(combination: Combination, request: pytest.FixtureRequest) -> Server | None:
    if combination.home != "postgresql":
        return None
    found: Server = request.getfixturevalue("postgres")
    return found


@pytest.fixture(scope="session")
async def launcher(anyio_backend: str) -> AsyncIterator[Process]:
    async with fork_server() as started:
        yield started


@pytest.fixture(scope="module")
async def playing(
    anyio_backend: str, combination: Combination, server: Server | None, launcher: Process
) -> AsyncIterator[tuple[Company, Reference]]:
    async with gathered(combination, server, launcher) as found:
        yield found
