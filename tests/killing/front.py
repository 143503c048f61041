"""The platform's front door: real HTTP over TCP, one request after the other by number, and trouble where it is due."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import struct
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from tests.killing.trouble import CALM, Trouble, Turn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
    from typing import Any

    from tests.killing.twins import Twins

    Message = MutableMapping[str, Any]
    App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

_READS: Final = ("GET", "HEAD", "XGET")


@dataclass(frozen=True)
class Asked:
    """One request as it arrived.

    Attributes:
        method, target: Its first line; the target is path and query.
        headers: In lower case.
        body: Its bytes.
    """

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def is_write(self) -> bool:
        """Tell whether it may change something."""
        return self.method not in _READS

    def __str__(self) -> str:
        return f"{self.method} {self.target}"


@dataclass(frozen=True)
class Answered:
    """What the platform said."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""

    @classmethod
    def error(cls, status: int, **headers: str) -> Answered:
        """Return an answer that no handler gave."""
        told = json.dumps({"message": f"injected {status}", "detail": []}).encode()
        named = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
        return cls(status, ((b"content-type", b"application/json"), *named), told)

    def text(self) -> bytes:
        """Return it as it goes over the wire."""
        kept = [pair for pair in self.headers if pair[0] != b"content-length"]
        lines = [b"%s: %s" % pair for pair in [*kept, (b"content-length", b"%d" % len(self.body))]]
        return b"HTTP/1.1 %d Said\r\n%s\r\n\r\n%s" % (self.status, b"\r\n".join(lines), self.body)


@dataclass
class Front:
    """One door.

    Attributes:
        app: The platform behind it.
        trouble: What happens to which request of the present run.
        victim: The process whose requests these are.
        asked: Every request of the present run, in order.
        late: Requests that are still to be carried out, with the number of the request before which they are.
        twins: Whether names may be taken twice.
        defects: What went wrong inside the platform; nothing should.
    """

    app: App
    trouble: Trouble = CALM
    victim: int = 0
    asked: list[Asked] = field(default_factory=list)
    late: list[tuple[int, Asked]] = field(default_factory=list)
    twins: Twins | None = None
    defects: list[str] = field(default_factory=list)
    _open: set[asyncio.Task[None]] = field(default_factory=set)
    _running: set[asyncio.Future[None]] = field(default_factory=set)

    def begin(self, trouble: Trouble) -> None:
        """Begin a new run."""
        self.trouble, self.victim, self.asked, self.late = trouble, 0, [], []

    async def quiet(self) -> None:
        """Return once nothing is under way any more, and what was held back is carried out."""
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, *self._running, return_exceptions=True)
        await self._carry_out_late(None)

    async def _carry_out_late(self, number: int | None) -> None:
        due = [pair for pair in self.late if number is None or pair[0] <= number]
        self.late = [pair for pair in self.late if pair not in due]
        for _, asked in due:
            await self.ask(asked)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._serve_one(reader, writer):
                pass
        writer.transport.abort()
        self._open.discard(task)

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        asked = await _read(reader)
        self.asked.append(asked)
        number, is_new = len(self.asked), asked not in self.asked[:-1]
        await self._carry_out_late(number)
        turn = self.trouble.turn(number, is_new_write=asked.is_write and is_new)
        if turn is Turn.LATE:
            self.late.append((number + self.trouble.delay, asked))
        if turn is Turn.DIE_BEFORE:
            self._kill()
        if turn.refuses:
            writer.write(_REFUSALS[turn].text())
            return True
        answered = await self.ask(asked) if turn.commits else None
        return await self._after(turn, answered, writer)

    async def _after(self, turn: Turn, answered: Answered | None, writer: asyncio.StreamWriter) -> bool:
        if turn is Turn.DIE_AFTER:
            self._kill()
        if turn is Turn.HANG:
            await asyncio.Event().wait()
        if answered is None or turn in (Turn.RESET, Turn.DIE_AFTER):
            _reset(writer)
            return False
        writer.write((_MASKS.get(turn) or answered).text())
        await writer.drain()
        return True

    def _kill(self) -> None:
        os.kill(self.victim, signal.SIGKILL)

    async def ask(self, asked: Asked) -> Answered:
        """Let the platform carry a request out."""
        if self.twins is None:
            return await self._ask(asked)
        return self.twins.outwards(await self._ask(self.twins.inwards(asked)))

    async def _ask(self, asked: Asked) -> Answered:
        parts = urlsplit(asked.target)
        scope: Message = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": asked.method,
            "headers": list(asked.headers),
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 1),
            "root_path": "",
        }
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": asked.body, "more_body": False}

        async def send(message: Message) -> None:
            said.append(message)

        # Whoever hangs up, the platform goes on: as servers do once a request has arrived.
        running = asyncio.ensure_future(self.app(scope, receive, send))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        try:
            await asyncio.shield(running)
        except Exception as error:  # noqa: BLE001  # told to whoever plays; a server would answer 500 and go on
            self.defects.append(f"{asked}: {error!r}")
            return Answered.error(500)
        body = b"".join(message.get("body", b"") for message in said[1:])
        return Answered(said[0]["status"], tuple(said[0]["headers"]), body)


_REFUSALS: Final = {
    Turn.THROTTLE: Answered.error(429, retry_after="1"),
    Turn.EXPIRE: Answered.error(401),
}
_MASKS: Final = {
    Turn.ERROR_500: Answered.error(500),
    Turn.ERROR_502: Answered.error(502),
    Turn.ERROR_503: Answered.error(503),
}


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    method, target, _ = head[0].decode("ascii").split(" ")
    pairs = [line.split(b":", 1) for line in head[1:] if line]
    headers = tuple((name.strip().lower(), value.strip()) for name, value in pairs)
    body = await reader.readexactly(int(dict(headers).get(b"content-length", 0)))
    return Asked(method, target, headers, body)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection the rude way, so that the other side sees a reset and not an end."""
    opened = writer.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def opened(app: App) -> AsyncIterator[tuple[Front, str]]:
    """Open a door to a platform; yield it and its address."""
    front = Front(app)
    server = await asyncio.start_server(front.serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    async with server:
        yield front, f"http://{host}:{port}"
        await front.quiet()
