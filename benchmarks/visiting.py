"""Visits of a dashboard's pages over real HTTP: which pages there are, and how long each visit takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
from starlette.routing import Route

from reconciler.platform.dashboard import app
from reconciler.platform.dashboard.pages.dashboard import sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_PATIENCE: Final = 600.0
# What is no page: the way out to a page, and files that never change.
_NO_PAGES: Final = frozenset({"/", "/assets/{digest}/{name:path}"})

# How pages are asked for beside plainly, by route. `{cursor}` is a place deep in the gallery.
WAYS: Final[Mapping[str, Sequence[str]]] = {
    "/deployments": ("search=line-1", "search=night", "sort=predictions", "sort=name", "page=2"),
    "/deployments/{deployment_id}": ("range=24h", "range=7d", "range=30d", "tag=night", "range=24h&tag=night"),
    "/deployments/{deployment_id}/sections/{section}": ("range=24h", "range=7d", "tag=night"),
    "/deployments/{deployment_id}/predictions": (
        *("label=1", "least=0.95", "most=0.1", "tag=night", "source=camera-1", "outliers=yes", "role=shadow"),
        *("state=to_review", "state=reviewed", "before={cursor}", "label=3&tag=night&source=camera-2&least=0.5"),
    ),
    "/deployments/{deployment_id}/predictions/{predicted_asset_id}": ("label=1", "tag=night&state=to_review"),
    "/deployments/{deployment_id}/review/{predicted_asset_id}": ("label=1", "tag=night"),
}

_SERVE = """
import sys
from pathlib import Path
from reconciler.platform.server import serve
from reconciler.platform.settings import PlatformSettings
serve(PlatformSettings(data_dir=Path(sys.argv[1]), store_url=sys.argv[2] or None), ready_file=Path(sys.argv[3]))
"""


@dataclass(frozen=True)
class Visited:
    """How long a page took, in seconds, visit by visit."""

    route: str
    address: str
    status: int
    seconds: Sequence[float]


def routes() -> list[str]:
    """Return the routes of every page there is, as the app itself knows them."""
    served = [route for route in app.build().routes if isinstance(route, Route)]
    found = [route.path for route in served if "GET" in (route.methods or ())]
    return sorted(set(found) - _NO_PAGES)


def addresses(route: str, values: Mapping[str, str]) -> Iterator[str]:
    """Yield every address that a route is visited at."""
    for section in sections.KINDS if "{section}" in route else ("",):
        path = route.format(**{**values, "section": section})
        yield path
        for query in WAYS.get(route, ()):
            yield f"{path}?{query.format(**values)}"


def visit(client: httpx.Client, route: str, address: str, times: int) -> Visited:
    """Visit an address so many times and return how long each visit took, its last byte included."""
    seconds, status = [], 0
    for _ in range(times):
        began = time.perf_counter()
        answer = client.get(address)
        seconds.append(time.perf_counter() - began)
        status = answer.status_code
        assert status < 400, f"{address} answered {status}"
    return Visited(route, address, status, seconds)


@contextmanager
def served(place: Path, store_url: str | None) -> Iterator[dict[str, Any]]:
    """Serve a data folder from a process of its own and give what its ready file says."""
    ready_file = place / "ready.json"
    ready_file.unlink(missing_ok=True)
    process = subprocess.Popen([sys.executable, "-c", _SERVE, str(place), store_url or "", str(ready_file)])
    try:
        deadline = time.monotonic() + _PATIENCE
        while not ready_file.exists():
            assert process.poll() is None, "the server ended before it was ready"
            assert time.monotonic() < deadline, "the server is not ready in time"
            time.sleep(0.1)
        yield json.loads(ready_file.read_text())
    finally:
        process.terminate()
        process.wait()


@contextmanager
def signed_in(ready: Mapping[str, Any]) -> Iterator[httpx.Client]:
    """Give a client with a session, as a browser has one."""
    with httpx.Client(base_url=ready["url"], timeout=_PATIENCE) as client:
        answer = client.post("/sign-in", data={"token": ready["token"]})
        assert answer.status_code < 400, answer.text
        assert client.cookies
        yield client


def load() -> str:
    """Return how busy the machine is: the load of the last minute, and how many processors share it."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
