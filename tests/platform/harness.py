"""Ways to have a platform in a test: in process over ASGI, or served by a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import httpx

from reconciler.platform.app import Platform, open_platform
from tests.platform.stores import settings_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from reconciler.platform.settings import Report

BASE_URL = "http://control.test"
_PATIENCE = 180.0

_SERVE = """
import json, sys
from pathlib import Path
from reconciler.platform.server import serve
from reconciler.platform.settings import PlatformSettings
told = json.loads(sys.argv[2])
serve(PlatformSettings(data_dir=Path(sys.argv[1]), **told), ready_file=Path(sys.argv[3]))
"""


class Ready(TypedDict):
    """What a ready file says."""

    url: str
    monitoring_url: str
    serving_url: str
    token: str
    organization_id: str
    pid: int


@asynccontextmanager
async def embedded(
    report: Report = "full", data_dir: Path | None = None
) -> AsyncIterator[tuple[httpx.AsyncClient, Platform]]:
    """Open a platform, in a folder of its own unless one is given, with a client that holds its token."""
    with tempfile.TemporaryDirectory() as folder:
        place = data_dir or Path(folder)
        settings = settings_of(place, report=report)
        async with open_platform(settings) as platform, client_of(platform, platform.token) as client:
            yield client, platform


def client_of(platform: Platform, token: str) -> httpx.AsyncClient:
    """Return a client of a platform's control service that holds `token`."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(platform.control),
        base_url=BASE_URL,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )


@contextmanager
def running_server(data_dir: Path, report: Report = "full") -> Iterator[Ready]:
    """Serve a data folder from a process of its own; it must end in good order."""
    ready_file = data_dir.parent / f"{data_dir.name}.ready.json"
    settings = settings_of(data_dir, report=report)
    told = json.dumps({name: getattr(settings, name) for name in ("report", "store_url", "workers")})
    command = [sys.executable, "-W", "error", "-c", _SERVE, str(data_dir), told, str(ready_file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        yield _await_ready(process, ready_file)
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=_PATIENCE)
    assert (process.returncode, output) == (0, b"")


def _await_ready(process: subprocess.Popen[bytes], ready_file: Path) -> Ready:
    deadline = time.monotonic() + _PATIENCE
    while not ready_file.exists():
        assert process.poll() is None, "the server ended before it was ready"
        assert time.monotonic() < deadline, "the server is not ready in time"
        time.sleep(0.02)
    ready: Ready = json.loads(ready_file.read_text())
    return ready
