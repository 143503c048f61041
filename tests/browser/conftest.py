"""One furnished platform and one Chromium for all tests of a worker; a test that changes things gets a copy."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.browser import chromium, site
from tests.platform.harness import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.platform.harness import Ready


@dataclass(frozen=True)
class Served:
    """A served platform: where, who may sign in, and the ids of its deployments and of what they saw, by name."""

    url: str
    token: str
    deployments: dict[str, str]
    predictions: dict[str, list[str]]
    monitoring_url: str
    organization_id: str

    @classmethod
    def of(cls, ready: Ready, folder: Path) -> Served:
        """Return what a server that is ready serves from a furnished folder."""
        told = ready["url"], ready["token"], site.ids(folder), site.predictions(folder)
        return cls(*told, ready["monitoring_url"], ready["organization_id"])

    def at(self, name: str, tail: str = "") -> str:
        """Return the path of a page of one deployment."""
        return f"/deployments/{self.deployments[name]}{tail}"


# The browser and what it looks at end with this package: while it runs, no other test of this worker has an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    lacking = chromium.missing()
    if lacking is not None and os.environ.get("RECONCILER_REQUIRE_SERVICES"):
        pytest.fail(lacking)
    if lacking is not None:
        pytest.skip(lacking)
    with chromium.running() as started:
        yield started


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A platform's folder, made once for all workers; nobody opens it, everybody copies it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "site"
    with (shared / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = shared / "site.making"
            shutil.rmtree(making, ignore_errors=True)
            site.furnish(making)
            making.rename(folder)
    return folder


@pytest.fixture(scope="package")
def served(browser: Browser, furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A platform that tests only look at."""
    yield from _serve(furnished, tmp_path_factory.mktemp("read") / "platform")


@pytest.fixture
def own(browser: Browser, furnished: Path, tmp_path: Path) -> Iterator[Served]:
    """A platform of the test's own."""
    yield from _serve(furnished, tmp_path / "platform")


def _serve(furnished: Path, folder: Path) -> Iterator[Served]:
    shutil.copytree(furnished, folder)
    with running_server(folder) as ready:
        yield Served.of(ready, folder)
