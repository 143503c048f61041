"""One served platform for the official SDK: starting one takes seconds, and each test makes what it needs."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from tests.platform.harness import Ready, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from picsellia import Client


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    with running_server(tmp_path_factory.mktemp("sdk") / "platform") as ready:
        yield ready


@pytest.fixture(scope="session")
def client(ready: Ready) -> Client:
    from picsellia import Client

    logging.getLogger("picsellia").setLevel(logging.CRITICAL)
    return Client(api_token=ready["token"], host=ready["url"])
