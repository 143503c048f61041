"""Runs of the command that begin as forks of one that has imported everything: from Python, and from a shell.

They are processes like any other: they can be asked to end, paused and killed, and end with their own exit code. What
only a fresh interpreter shows (what is imported when, how long a start takes) needs the installed command itself.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from tests.nursery.server import Order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATIENCE: Final = 180.0
"""Seconds after which something hangs."""

STAND_IN: Final = """\
#!{python} -SsE
import json, os, signal, socket, sys
asking = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
asking.connect({address!r})
order = {{"arguments": sys.argv[1:], "folder": os.getcwd(), "variables": dict(os.environ)}}
socket.send_fds(asking, [json.dumps(order).encode()], [0, 1, 2])
child = json.loads(asking.recv(4096))["pid"]
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda number, _: os.kill(child, number))
code = json.loads(asking.recv(4096))["code"]
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
"""
"""The command as a shell finds it: it hands its streams to a child and ends as that one does."""


@dataclass
class Child:
    """A run of the command; it reads nothing.

    Attributes:
        pid: Its process id.
        stdout, stderr: What it writes, as it comes.
        returncode: How it ended, as `subprocess` says it; None until that was asked and it had.
    """

    asked: socket.socket
    pid: int
    stdout: IO[str]
    stderr: IO[str]
    returncode: int | None = None
    _said: dict[str, str] = field(default_factory=dict)

    def poll(self) -> int | None:
        """Return how it ended, if it did."""
        return self._ended(0.0)

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Wait for its end; return what it wrote.

        Raises:
            subprocess.TimeoutExpired: it takes longer than `timeout` seconds.
        """
        if not self.stdout.closed:
            self._read(time.monotonic() + timeout, timeout)
        return self._said["stdout"], self._said["stderr"]

    def _read(self, deadline: float, timeout: float) -> None:
        def drain(name: str) -> None:
            self._said[name] = getattr(self, name).read()

        readers = [threading.Thread(target=drain, args=(name,), daemon=True) for name in ("stdout", "stderr")]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(max(0.0, deadline - time.monotonic()))
        if any(reader.is_alive() for reader in readers) or self._ended(max(0.0, deadline - time.monotonic())) is None:
            raise subprocess.TimeoutExpired("reconciler", timeout)
        for stream in (self.stdout, self.stderr, self.asked):
            stream.close()

    def _ended(self, patience: float) -> int | None:
        if self.returncode is None:
            self.asked.settimeout(patience)
            try:
                self.returncode = json.loads(self.asked.recv(4096))["code"]
            except (BlockingIOError, TimeoutError):
                return None
        return self.returncode


@dataclass(frozen=True)
class Nursery:
    """A server that forks runs of the command.

    Attributes:
        address: Its socket.
        folder: Has the stand-in `reconciler`, for the PATH of a shell.
    """

    address: str
    folder: Path

    def start(
        self, *arguments: str, folder: Path, variables: Mapping[str, str], most_bytes: int | None = None
    ) -> Child:
        """Start the command."""
        order = Order(list(arguments), str(folder), dict(variables), most_bytes)
        asked = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        asked.connect(self.address)
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY)
        socket.send_fds(asked, [json.dumps(asdict(order)).encode()], [nothing, out_end, err_end])
        for end in (nothing, out_end, err_end):
            os.close(end)
        pid = json.loads(asked.recv(4096))["pid"]
        return Child(asked, pid, os.fdopen(out, encoding="utf-8"), os.fdopen(err, encoding="utf-8"))


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Start a server, and end it."""
    with tempfile.TemporaryDirectory(prefix="nursery-") as name:
        folder = Path(name)
        address = str(folder / "socket")
        command = [sys.executable, "-m", "tests.nursery.server", address]
        root = Path(__file__).resolve().parents[2]
        with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n"
            yield Nursery(address, _stand_in(folder / "bin", address))
            assert server.stdin is not None
            server.stdin.close()
            assert server.wait(PATIENCE) == 0


def _stand_in(folder: Path, address: str) -> Path:
    folder.mkdir()
    command = folder / "reconciler"
    command.write_text(STAND_IN.format(python=sys.executable, address=address), encoding="utf-8")
    command.chmod(0o755)
    return folder
