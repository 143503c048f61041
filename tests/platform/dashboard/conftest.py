"""A platform for all page tests of a module, and a browser that is signed in to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.platform.dashboard.browsing import signed_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.platform.api import Api
    from tests.platform.dashboard.browsing import Browser


@pytest.fixture(scope="module")
async def browser(anyio_backend: str, api: Api) -> AsyncIterator[Browser]:
    signed = await signed_in(api.platform)
    yield signed
    await signed.client.aclose()
