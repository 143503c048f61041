"""A git host of the tests' own: a bare repository behind HTTP, with a token that may read and one that may write."""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PUSH = ("POST", "push")
READER, WRITER = "t0ken-reads", "t0ken-writes"


class Host(ThreadingHTTPServer):
    """One repository.

    Attributes:
        asked: What was asked of it, as `METHOD service status`.
        breaking: Where the connections of the next pushes break: `before` they are stored, or `after`.
    """

    def __init__(self, remote: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.remote = remote
        self.asked: list[str] = []
        self.breaking: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    """Answers as hosts do: 401 without a token, 403 for a push with one that only reads."""

    protocol_version = "HTTP/1.1"

    @property
    def host(self) -> Host:
        assert isinstance(self.server, Host)
        return self.server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        service = "push" if "receive-pack" in self.path else "fetch"
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        status = self._status(service, token)
        self.host.asked.append(f"{self.command} {service} {status}")
        if status == 200:
            breaks = self.host.breaking.pop(0) if self.host.breaking and (self.command, service) == _PUSH else ""
            if breaks != "before":
                self._serve(body, silent=breaks == "after")
            self.close_connection = bool(breaks)
            return
        self._reply(status, {"WWW-Authenticate": 'Basic realm="git"'}, f"no: {token}".encode())

    @staticmethod
    def _status(service: str, token: str) -> int:
        if token not in (READER, WRITER):
            return 401
        return 403 if service == "push" and token == READER else 200

    def _serve(self, body: bytes, *, silent: bool) -> None:
        parts = urlsplit(self.path)
        variables = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.host.remote.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "REQUEST_METHOD": self.command,
            "REMOTE_USER": "job",
            "CONTENT_TYPE": self.headers.get("Content-Type") or "",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=variables, capture_output=True, check=True)
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        if silent:
            return
        self._reply(int(headers.pop("Status", "200").split()[0]), headers, answer)

    def _reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def hosted(remote: Path) -> Iterator[tuple[str, Host]]:
    """Serve a bare repository; yield its URL and the host."""
    host = Host(remote)
    thread = threading.Thread(target=host.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{host.server_port}/{remote.name}", host
    finally:
        host.shutdown()
        thread.join()
        host.server_close()
