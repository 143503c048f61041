"""The official SDK as a witness: driven against a served platform, with everything it sends written down."""

from __future__ import annotations

import asyncio
import json
import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import requests

from reconciler.adapters.picsellia.connect import Address, connect
from reconciler.core.live import FIELDS
from reconciler.core.secret import Secret
from reconciler.ports import Subject
from tests.adapters.picsellia.world import world
from tests.fakes.clock import FakeClock
from tests.platform.harness import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from reconciler.adapters.picsellia.connect import Connection
    from reconciler.core.actions import Action
    from reconciler.core.live import LiveDeployment
    from reconciler.core.references import Ref
    from reconciler.platform.settings import Report
    from tests.platform.harness import Ready

READS = ("GET", "XGET")


@dataclass(frozen=True)
class Sent:
    """One request as it went out, ids of deployments replaced by a word so that two can be compared."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: Any
    headers: tuple[tuple[str, str], ...]


@dataclass
class Tape:
    """The writes that went out since the last look.

    Attributes:
        names: What stands for an id on the tape, such as a deployment's.
    """

    names: dict[str, str] = field(default_factory=dict)
    writes: list[Sent] = field(default_factory=list)

    def record(self, method: str, url: str, body: bytes | str | None, headers: dict[str, str]) -> None:
        if method in READS:
            return
        parts = urlsplit(url)
        text = body.decode() if isinstance(body, bytes) else body or ""
        kept = {key.lower(): value for key, value in headers.items()}
        self.writes.append(
            Sent(
                method,
                self._named(parts.path),
                tuple(parse_qsl(parts.query)),
                json.loads(self._named(text)) if text else None,
                tuple(
                    (key, kept.get(key, "")) for key in ("authorization", "content-type", "x-picsellia-organization")
                ),
            )
        )

    def _named(self, text: str) -> str:
        for identifier, word in self.names.items():
            text = text.replace(identifier, word)
        return text

    def cut(self) -> list[Sent]:
        """Return what was written since the last cut."""
        written, self.writes = self.writes, []
        return written


class RecordingSession(requests.Session):
    """What is given to the SDK's client."""

    def __init__(self, tape: Tape) -> None:
        super().__init__()
        self._tape = tape

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self._tape.record(request.method or "", request.url or "", request.body, dict(request.headers))
        return super().send(request, **options)


class RecordingTransport(httpx.AsyncHTTPTransport):
    """What is given to our client."""

    def __init__(self, tape: Tape) -> None:
        super().__init__()
        self._tape = tape

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._tape.record(request.method, str(request.url), request.content, dict(request.headers))
        return await super().handle_async_request(request)


@dataclass(frozen=True)
class Stage:
    """A served platform with two clients: the SDK's and ours.

    Attributes:
        ready: Where it is.
        client: The SDK's client, recorded.
        theirs, ours: What each sends.
        versions, datasets, lakes, projects: Refs by label, as in `World`.
        connection: Our client, recorded.
        runner: The loop that it lives in.
        tags: The SDK's objects of deployment tags, by name.
    """

    ready: Ready
    report: Report
    client: Any
    theirs: Tape
    ours: Tape
    versions: dict[str, Ref]
    datasets: dict[str, Ref]
    lakes: dict[str, Ref]
    projects: dict[str, Ref]
    connection: Connection
    runner: asyncio.Runner
    tags: dict[str, Any] = field(default_factory=dict)

    def perform(self, action: Action, deployment_id: str | None) -> str | None:
        """Do something our way; return the id of what it created."""
        return self.runner.run(self.connection.actuator.perform(action, deployment_id)).id

    def look(self, deployment_id: str) -> LiveDeployment:
        """Read a deployment our way, whole."""
        paths = frozenset(item.path for item in FIELDS)
        live = self.runner.run(self.connection.observer.look_up(Subject("any", (), deployment_id, paths)))
        assert live is not None
        return live

    def model_version(self, label: str) -> Any:
        """Return the SDK's object of a model version."""
        return self.client.get_model_version_by_id(self.versions[label].id)

    def dataset_version(self, label: str) -> Any:
        """Return the SDK's object of a dataset version."""
        return self.client.get_dataset_version_by_id(self.datasets[label].id)


@contextmanager
def stage(folder: Path, report: Report) -> Iterator[Stage]:
    """Fill a platform, serve it, and connect both clients."""
    with world(folder, report) as here:
        known = here.versions, here.datasets, here.lakes, here.projects
    with ExitStack() as stack:
        ready = stack.enter_context(running_server(folder, report))
        theirs, ours = Tape(), Tape()
        client = _sdk(ready, stack.enter_context(RecordingSession(theirs)))
        runner = stack.enter_context(asyncio.Runner())
        address = Address(ready["url"], Secret(ready["token"]))
        connecting = connect(address, FakeClock(), transport=RecordingTransport(ours))
        connection = runner.run(_entered(connecting))
        stack.callback(lambda: runner.run(_left(connecting)))
        yield Stage(ready, report, client, theirs, ours, *known, connection, runner)


async def _entered(connecting: AbstractAsyncContextManager[Connection]) -> Connection:
    return await connecting.__aenter__()


async def _left(connecting: AbstractAsyncContextManager[Connection]) -> None:
    await connecting.__aexit__(None, None, None)


def _sdk(ready: Ready, session: requests.Session) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of the SDK are not ours to mend
        from picsellia import Client

        return Client(api_token=ready["token"], host=ready["url"], session=session)
