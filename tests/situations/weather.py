"""A stretch of network between a command and its platform on which anything may happen to a request."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, cast

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HOPPING: Final = {"connection", "content-length", "transfer-encoding", "host", "date", "server"}


@dataclass(frozen=True)
class Passing:
    """One request on its way: the how-manieth it is of its kind, from 1."""

    method: str
    path: str
    number: int

    @property
    def writes(self) -> bool:
        """Tell whether it may change something."""
        return self.method not in ("GET", "XGET", "HEAD")


@dataclass(frozen=True)
class Answer:
    """An answer made up on the way: the platform never sees the request."""

    status: int
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


class Lost:
    """The platform does what it is asked, and the connection breaks before it can say so."""


class Silence:
    """Nobody answers, until the weather is over."""


Fate = Answer | Lost | Silence | None
"""What becomes of a request; `None` lets it pass."""


class _Way(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, beyond: str, fate: Callable[[Passing], Fate]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.client = httpx.Client(base_url=beyond, timeout=60)
        self.fate = fate
        self.over = threading.Event()
        self.counted: dict[bool, int] = {}
        self.lock = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is no error here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self) -> None:
        way = cast("_Way", self.server)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fate = way.fate(self._passing(way))
        if isinstance(fate, Silence):
            way.over.wait(120)
            self.close_connection = True
            return
        answer = fate if isinstance(fate, Answer) else self._forward(way, body)
        if isinstance(fate, Lost):
            self.close_connection = True
            return
        self._reply(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_XGET = handle_any  # noqa: N815  # named by http.server

    def _passing(self, way: _Way) -> Passing:
        writes = Passing(self.command, self.path, 0).writes
        with way.lock:
            way.counted[writes] = way.counted.get(writes, 0) + 1
            return Passing(self.command, self.path, way.counted[writes])

    def _forward(self, way: _Way, body: bytes) -> Answer:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOPPING}
        reply = way.client.request(self.command, self.path, headers=headers, content=body)
        kept = {name: value for name, value in reply.headers.items() if name.lower() not in _HOPPING}
        return Answer(reply.status_code, reply.content, kept)

    def _reply(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def weather(beyond: str, fate: Callable[[Passing], Fate]) -> Iterator[str]:
    """Put weather in front of a platform; yield the address on the near side."""
    way = _Way(beyond, fate)
    thread = threading.Thread(target=way.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{way.server_port}"
    finally:
        way.over.set()
        way.shutdown()
        way.server_close()
        thread.join()
        way.client.close()
