"""Processes that apply one catalog at the same time, each through a door of its own that writes down what it asked."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tests.cli.play import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.nursery.client import Child, Nursery
    from tests.platform.harness import Ready

PATIENCE: Final = 400.0
"""Seconds after which something hangs; nothing is expected to take a tenth of it."""

NAMES: Final = ("a", "b", "c")


@dataclass(frozen=True)
class Write:
    """One request that changes something: by whom, to which deployment (empty for the organisation), and what."""

    who: str
    chain: str
    request: str


@dataclass
class Log:
    """Every write of a race in the order of arrival, and which deployment an id belongs to."""

    writes: list[Write] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def arrived(self, who: str, method: str, path: str, body: bytes) -> Write:
        """Write a request down."""
        found = re.search(r"/deployment/([0-9a-f-]{36})", path)
        told = json.loads(body) if body.startswith(b"{") else {}
        chain = self.names.get(found[1], found[1]) if found else ""
        if method == "POST" and path.endswith("/deployments"):
            chain = str(told.get("name"))
        write = Write(who, chain, f"{method} {path}")
        with self.lock:
            self.writes.append(write)
        return write

    def by_chain(self) -> dict[str, list[str]]:
        """Return who wrote to each deployment, in order."""
        chains = defaultdict[str, list[str]](list)
        for write in self.writes:
            chains[write.chain].append(write.who)
        del chains[""]
        return dict(chains)

    def of(self, who: str) -> list[Write]:
        """Return the writes of one process."""
        return [write for write in self.writes if write.who == who]


class Door(ThreadingHTTPServer):
    """One process's way to the platform.

    Args:
        who: The process.
        upstream: The platform.
        log: Where its writes are written down.
    """

    daemon_threads = True

    def __init__(self, who: str, upstream: str, log: Log) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.who, self.upstream, self.log = who, urlsplit(upstream).netloc, log
        self.at_first: Callable[[], object] = lambda: None
        """Called before the first request is passed on."""
        self.at_write: Callable[[Write], object] = lambda _: None
        """Called before a write is passed on."""
        self.asked = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """Say nothing of connections that a process left open when it ended."""

    @property
    def url(self) -> str:
        """Where the process finds it."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Door

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self.pass_on
        raise AttributeError(name)

    def pass_on(self) -> None:
        """Pass a request on, and its answer back."""
        door = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        door.asked += 1
        if door.asked == 1:
            door.at_first()
        if self.command not in ("GET", "HEAD", "XGET"):
            door.at_write(door.log.arrived(door.who, self.command, self.path, body))
        upstream = HTTPConnection(door.upstream, timeout=PATIENCE)
        upstream.request(self.command, self.path, body, dict(self.headers))
        answer = upstream.getresponse()
        told = answer.read()
        upstream.close()
        self._learn(told)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def _learn(self, told: bytes) -> None:
        """Learn from what creates a deployment which id it has."""
        if self.command == "POST" and self.path.endswith("/deployments"):
            answer = json.loads(told)
            self.server.log.names[answer["id"]] = answer["name"]

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass
class Runner:
    """One process that applies, and its door."""

    door: Door
    process: Child

    def pause(self) -> None:
        """Let it stand still, as a machine does that is suspended."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> tuple[int | None, str, str]:
        """Wait for its end, and return exit code, results and talk."""
        out, talk = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, talk

    def says(self, words: str) -> str:
        """Wait until it says something, and return the line."""
        for line in self.process.stderr:
            if words in line:
                return line
        raise AssertionError(f"it never said {words!r}")


class Track:
    """A catalog, a ledger, a platform, and whoever runs on them.

    Args:
        folder: For manifests.
        ready: The platform.
        prefix: What the names of the deployments begin with.
        ledger: URLs of one ledger.
        nursery: Where processes are started.
    """

    def __init__(self, folder: Path, ready: Ready, *, prefix: str, ledger: list[str], nursery: Nursery) -> None:
        self.folder, self.ready, self.ledger, self.nursery = folder, ready, ledger, nursery
        self.names = [f"{prefix}-{name}" for name in NAMES]
        self.log = Log()
        self.runners: list[Runner] = []
        (folder / "manifests").mkdir()
        for name in self.names:
            (folder / "manifests" / f"{name}.yaml").write_text(MANIFEST.format(name=name, threshold=0.4, line=3))

    def door(self) -> Door:
        """Return a new door."""
        return Door(f"runner-{len(self.runners)}", self.ready["url"], self.log)

    def start(self, *options: str, door: Door | None = None, lease: float = 600.0) -> Runner:
        """Start a process that applies."""
        door = door or self.door()
        words = ["apply", "--yes", "--host", door.url, "--ledger", self.ledger[len(self.runners) % len(self.ledger)]]
        runner = Runner(door, self._open([*words, *options], RECONCILER_LEASE_SECONDS=str(lease)))
        self.runners.append(runner)
        return runner

    def is_clean(self) -> bool:
        """Tell whether nothing is left to do."""
        words = ["plan", "--detailed-exitcode", "--host", self.ready["url"], "--ledger", self.ledger[0]]
        process = self._open(words)
        process.communicate(timeout=PATIENCE)
        return process.returncode == 0

    def _open(self, words: list[str], **more: str) -> Child:
        ours = ("PICSELLIA_", "RECONCILER_", "CI", "NO_COLOR")
        variables = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        told = variables | {"PICSELLIA_TOKEN": self.ready["token"]} | more
        return self.nursery.start(*words, folder=self.folder, variables=told)

    def close(self) -> None:
        """Leave nothing running."""
        for runner in self.runners:
            if runner.process.poll() is None:
                runner.process.kill()
                runner.process.communicate(timeout=PATIENCE)
            runner.door.shutdown()
            runner.door.server_close()
