"""What a store asks of each connection to its database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

if TYPE_CHECKING:
    from tests.platform.api import Api

pytestmark = pytest.mark.anyio


async def test_a_connection_is_set_up_for_many_short_queries(api: Api) -> None:
    """PostgreSQL compiles none of them, and SQLite lets readers go on beside a writer."""
    engine = api.platform.store.engine
    asked, expected = ("SHOW jit", "off") if engine.dialect.name == "postgresql" else ("PRAGMA journal_mode", "wal")
    with engine.connect() as connection:
        connection.rollback()
        assert connection.scalar(text(asked)) == expected
