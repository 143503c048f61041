"""One platform for all tests of a module; each furnishes a workshop of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.platform.app import PlatformSettings, open_platform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.platform.app import Platform


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    opened = open_platform(PlatformSettings(data_dir=tmp_path_factory.mktemp("platform")))
    yield opened
    opened.close()
