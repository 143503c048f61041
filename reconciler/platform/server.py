"""The platform as a process: three services on three ports, a ready file, an orderly end."""

import asyncio
import gc
import json
import os
import signal
import socket
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn

from reconciler.platform.app import App, Platform, open_platform
from reconciler.platform.settings import PlatformSettings

_BACKLOG = 2048
# Seconds. Longer than clients keep an idle connection, so that none meets a closed one when it sends again.
_KEEP_ALIVE = 75
# Seconds that requests in flight get once the process is asked to end.
_GRACE = 10
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (recognised, not bound)


def serve(
    settings: PlatformSettings, *, host: str = "127.0.0.1", port: int = 0, ready_file: Path | None = None
) -> None:
    """Serve a platform until SIGINT or SIGTERM, then finish the requests in flight.

    Control listens on `port`, monitoring and serving on the two after it; 0 lets the system choose all three. The
    ready file appears, whole, once all three accept connections, and is removed at the end. URLs that `settings` give
    are told to clients as they are; the others follow from the sockets.

    Raises:
        DataFolderInUse: when another process owns the data folder.
        OSError: when a port is taken.
    """
    with ExitStack() as stack:
        listeners = [stack.enter_context(listen(host, port + place if port else 0)) for place in range(3)]
        platform = open_platform(_addressed(settings, [_url(listener) for listener in listeners]))
        stack.callback(platform.close)
        asyncio.run(_run(platform, listeners, ready_file))


class _Server(uvicorn.Server):
    """A server that leaves signals to its owner, and tells when it accepts connections."""

    def __init__(self, app: App) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                # The only parser of the house that accepts the client's own method XGET.
                http="h11",
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                backlog=_BACKLOG,
                timeout_keep_alive=_KEEP_ALIVE,
                timeout_graceful_shutdown=_GRACE,
            )
        )
        self.accepting = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none: three servers share one process."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell."""
        await super().startup(sockets)
        self.accepting.set()


async def _run(platform: Platform, listeners: Sequence[socket.socket], ready_file: Path | None) -> None:
    servers = [_Server(app) for app in (platform.control, platform.monitoring, platform.serving)]
    with _stopped_by_signals(servers), _announced(ready_file):
        async with asyncio.TaskGroup() as group:
            for server, listener in zip(servers, listeners, strict=True):
                group.create_task(server.serve(sockets=[listener]))
            for server in servers:
                await server.accepting.wait()
            _announce(platform, ready_file)


def _announce(platform: Platform, ready_file: Path | None) -> None:
    # What the process is made of stays as long as it does: no use looking for garbage in it.
    gc.freeze()
    settings = platform.settings
    platform.announce(settings.control_url or "")
    if ready_file is None:
        return
    note = {
        "url": settings.control_url,
        "monitoring_url": settings.monitoring_url,
        "serving_url": settings.serving_url,
        "token": platform.token,
        "organization_id": platform.organization_id,
        "pid": os.getpid(),
    }
    landing = ready_file.with_name(f"{ready_file.name}.{os.getpid()}")
    # It holds a token.
    landing.touch(mode=0o600)
    landing.write_text(json.dumps(note) + "\n")
    landing.replace(ready_file)


@contextmanager
def _announced(ready_file: Path | None) -> Iterator[None]:
    try:
        yield
    finally:
        if ready_file is not None:
            ready_file.unlink(missing_ok=True)


@contextmanager
def _stopped_by_signals(servers: Sequence[_Server]) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server in servers:
            # Asked twice, it ends at once.
            server.force_exit = server.should_exit
            server.should_exit = True

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address; port 0 lets the system choose. Raises OSError."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    made = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    # Inherited by every connection. asyncio does this only for sockets that name their protocol, which these do not;
    # without it each answer waits some 40 ms for the client's acknowledgement between its head and its body.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _url(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    host = _ANY_ADDRESS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _addressed(settings: PlatformSettings, urls: Sequence[str]) -> PlatformSettings:
    control, monitoring, serving = urls
    return replace(
        settings,
        control_url=settings.control_url or control,
        monitoring_url=settings.monitoring_url or monitoring,
        serving_url=settings.serving_url or serving,
    )
