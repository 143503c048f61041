"""One platform for all tests of a module; each test furnishes a workshop of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.platform.app import open_platform
from tests.platform.stores import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.platform.app import Platform


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform that works in this process, or on PostgreSQL with two worker processes."""
    opened = open_platform(settings_of(tmp_path_factory.mktemp("platform")))
    yield opened
    opened.close()
