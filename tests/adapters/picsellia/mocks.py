"""A platform that answers as a test says, and remembers what it was asked."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx

from reconciler.adapters.picsellia.connect import DEFAULTS, Address, Connection, Tuning, connect
from reconciler.adapters.picsellia.request import Route
from reconciler.core.secret import Secret
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

TOKEN = "t0p-s3cret-t0ken"
HOST = "https://platform.test"
ORGANIZATION = "0b0e7a6e-0000-4000-8000-00000000000a"

READ = Route("GET", "/api/thing/{id}", "read thing {id}").to({"id": "7"})
WRITE = Route("POST", "/api/thing/{id}", "change thing {id}").to({"id": "7"}, body={"a": 1})

Answer = httpx.Response | Exception


def answer(status: int = 200, body: Any = None, headers: dict[str, str] | None = None) -> httpx.Response:
    """Return a JSON answer."""
    content = b"{}" if body is None else json.dumps(body).encode()
    return httpx.Response(status, content=content, headers=headers)


class Script:
    """Answers in turn, the last one for ever; an exception is raised as httpx would raise it."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        given = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(given, Exception):
            raise given
        return httpx.Response(given.status_code, content=given.content, headers=given.headers)


class Service:
    """Answers by path; unknown paths are 404. Handlers get the request and return JSON or a response."""

    def __init__(self, **handlers: Callable[[httpx.Request], Any]) -> None:
        self.handlers: dict[str, Callable[[httpx.Request], Any]] = {
            "/api/home/ping": lambda _: {"default_organization": ORGANIZATION},
            f"/api/organization/{ORGANIZATION}": lambda _: {"id": ORGANIZATION, "name": "acme"},
            **handlers,
        }
        self.asked: list[httpx.Request] = []

    def on(self, path: str, handler: Callable[[httpx.Request], Any]) -> None:
        """Answer at a path."""
        self.handlers[path] = handler

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        handler = self.handlers.get(request.url.path)
        if handler is None:
            return answer(404, {"message": "not here"})
        given = handler(request)
        return given if isinstance(given, httpx.Response) else answer(200, given)


@asynccontextmanager
async def connected(
    handler: Callable[[httpx.Request], httpx.Response], tuning: Tuning = DEFAULTS, *, organization: str | None = None
) -> AsyncIterator[Connection]:
    """Connect to a mock."""
    address = Address(HOST, Secret(TOKEN), organization)
    transport = httpx.MockTransport(handler)
    async with connect(address, FakeClock(), tuning=tuning, transport=transport) as connection:
        yield connection
