"""A PostgreSQL server for a whole session of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adapters.ledger.postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.adapters.ledger.postgres import Server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    yield from running_server()
