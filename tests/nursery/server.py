"""Forks the command: what takes longest at its start, importing it, happens once here for hundreds of runs.

Run as `python -m tests.nursery.server SOCKET`; it says `ready` and ends with its standard input. A connection is one
run: an order (`Order`, with the three standard streams beside it) is answered by the child's process id, and by how it
ended. Whoever leaves before kills the child. The server has no thread, so a child begins as a process does after its
imports.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import pkgutil
import resource
import selectors
import signal
import socket
import sys
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn

import reconciler

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST: Final = 1 << 18
"""Bytes of the largest order: arguments and an environment."""

LATE: Final = (
    "anyio._backends._asyncio",
    "httpcore._backends.anyio",
    "psycopg",
    "rich.console",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "uuid",
)
"""What the command imports only once it does something."""


LEFT_OUT: Final = ("reconciler.platform", "reconciler.__main__")


@dataclass(frozen=True)
class Order:
    """One run of the command.

    Attributes:
        arguments: Its arguments.
        folder: Where it runs.
        variables: Its whole environment.
        most_bytes: How long a file that it writes may grow; None for any length.
    """

    arguments: list[str]
    folder: str
    variables: dict[str, str]
    most_bytes: int | None = None


@dataclass
class Nursery:
    """The running children, and who asked for them."""

    listener: socket.socket
    chooser: selectors.DefaultSelector = field(default_factory=selectors.DefaultSelector)
    asking: dict[int, socket.socket] = field(default_factory=dict)
    """Connections by the process id of their child."""

    def serve(self) -> tuple[Order, list[int]] | None:
        """Fork children until standard input ends; return None then, and to each child what it is to do."""
        woken, wake = os.pipe()
        for end in (woken, wake):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake)
        for file in (self.listener, woken, sys.stdin):
            self.chooser.register(file, selectors.EVENT_READ)
        while True:
            for key, _ in self.chooser.select():
                if key.fileobj is sys.stdin:
                    return None
                if key.fileobj is self.listener:
                    self.chooser.register(self.listener.accept()[0], selectors.EVENT_READ)
                elif key.fileobj == woken:
                    os.read(woken, 4096)
                    self._bury()
                elif born := self._hear(key.fileobj):  # type: ignore[arg-type]  # nothing else is registered
                    for end in (woken, wake):
                        os.close(end)
                    return born

    def _hear(self, asking: socket.socket) -> tuple[Order, list[int]] | None:
        """Take an order, or the news that nobody waits for a child any more; return the order in the child."""
        told, streams, _, _ = socket.recv_fds(asking, MOST, 3)
        if not told:
            self.chooser.unregister(asking)
            for child in [child for child, waiting in self.asking.items() if waiting is asking]:
                os.kill(child, signal.SIGKILL)
            asking.close()
            return None
        child = os.fork()
        if child == 0:
            self._forget()
            return Order(**json.loads(told)), streams
        for stream in streams:
            os.close(stream)
        self.asking[child] = asking
        asking.send(json.dumps({"pid": child}).encode())
        return None

    def _bury(self) -> None:
        for child, status in _ended():
            # Who does not wait any more is not told.
            with contextlib.suppress(OSError):
                self.asking.pop(child).send(json.dumps({"code": os.waitstatus_to_exitcode(status)}).encode())

    def _forget(self) -> None:
        """Let go of everything that is not the child's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for key in list(self.chooser.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self.chooser.close()


def _ended() -> Iterator[tuple[int, int]]:
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            yield found


def become(order: Order, streams: list[int]) -> NoReturn:
    """Be the command."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(order.folder)
    os.environ.clear()
    os.environ.update(order.variables)
    sys.argv = ["reconciler", *order.arguments]
    sys.stdin, sys.stdout, sys.stderr = (_stream(number) for number in range(3))
    if order.most_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order.most_bytes, order.most_bytes))
    code = _call()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _stream(number: int) -> io.TextIOWrapper:
    """Open a standard stream as an interpreter does at its start."""
    if number == 0:
        return io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8")
    raw = io.BufferedWriter(io.FileIO(number, "w", closefd=False))
    errors = "backslashreplace" if number == 2 else "strict"
    at_once = number == 2 or os.isatty(number)
    return io.TextIOWrapper(raw, "utf-8", errors, line_buffering=at_once)


def _call() -> int:
    from reconciler.__main__ import main

    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  # what an interpreter does with what nobody caught
        traceback.print_exc()
        return 1
    finally:
        atexit._run_exitfuncs()
    return 0


def prepare() -> None:
    """Import what any run may import."""
    for found in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        if (
            not found.name.startswith(("reconciler.platform", "reconciler.__main__"))
            and "migrations." not in found.name
        ):
            importlib.import_module(found.name)
    for name in LATE:
        importlib.import_module(name)
    gc.collect()
    # What the children share is not to be copied because a collector counted it.
    gc.freeze()


def main() -> None:
    """Serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(sys.argv[1])
    listener.listen(64)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if born := Nursery(listener).serve():
        become(*born)


if __name__ == "__main__":
    main()
