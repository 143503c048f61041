"""One platform for all races, each of which has deployments and a ledger of its own."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.adapters.ledger.postgres import running_server as running_postgres
from tests.adapters.ledger.repositories import a_remote_in, clone
from tests.adapters.picsellia.world import world
from tests.platform.harness import running_server
from tests.racing.track import Track

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.adapters.ledger.postgres import Server
    from tests.nursery.client import Nursery
    from tests.platform.harness import Ready

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    yield from running_postgres()


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    folder = tmp_path_factory.mktemp("races") / "platform"
    with world(folder):
        pass
    with running_server(folder) as told:
        yield told


@pytest.fixture(params=["sqlite", "git", "postgresql"])
def track(request: pytest.FixtureRequest, tmp_path: Path, ready: Ready, nursery: Nursery) -> Iterator[Track]:
    """A catalog of three deployments that do not exist yet, and a ledger that every process reaches in its own way."""
    ledger = _ledger(request.param, tmp_path, request)
    made = Track(tmp_path, ready, prefix=f"race-{next(_NUMBERS)}", ledger=ledger, nursery=nursery)
    yield made
    made.close()


def _ledger(home: str, folder: Path, request: pytest.FixtureRequest) -> list[str]:
    """Return URLs of one ledger; the processes take turns with them."""
    if home == "sqlite":
        return [str(folder / "ledger.db")]
    if home == "git":
        remote = a_remote_in(folder)
        return [f"git:?repository={clone(remote, folder / f'clone-{n}')}" for n in range(3)]
    server: Server = request.getfixturevalue("postgres")
    return [server.database(folder)]
