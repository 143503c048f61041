"""Where the demo plays: a project folder, real commands as processes of their own, and what they print."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final

from reconciler.errors import Bug, SettingsError
from reconciler.render.spans import BLANK, Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from reconciler.cli.console import Console
    from reconciler.render.spans import Line

READY: Final = "ready.json"
_SECONDS: Final = 120.0
"""Longest time one command may take."""

_COLOURS: Final = re.compile(r"\x1b\[[\d;]*m")
_OURS: Final = ("PICSELLIA_", "RECONCILER_")
_GIT: Final = ("-c", "user.name=Demo", "-c", "user.email=demo@example.org", "-c", "commit.gpgsign=false")


class Broken(Exception):  # the story is, and the word says so
    """A command did not do what the story says."""


@dataclass(frozen=True, slots=True)
class Played:
    """What a command came to."""

    code: int
    output: str

    @property
    def plain(self) -> str:
        """The output without colours."""
        return _COLOURS.sub("", self.output)


@dataclass(slots=True)
class Stage:
    """A project folder with a console beside it.

    Attributes:
        console: Where the story is told.
        folder: The project.
        commands: How many commands have been run.
    """

    console: Console
    folder: Path
    commands: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds since the curtain rose."""
        return time.monotonic() - self.started

    def scene(self, title: str, *sentences: str) -> None:
        """Begin a new scene."""
        self.tell(BLANK, line(Span(f"── {title} ", Style.ADOPT), Span("─" * max(3, 76 - len(title)), Style.MUTED)))
        self.tell(*(line(sentence) for sentence in sentences))

    def tell(self, *lines: Line) -> None:
        """Say something."""
        self.console.show(lines)

    def reconciler(self, *arguments: str, exits: int = 0, says: str = "") -> Played:
        """Run a reconciler command as a user would, show what it prints, and check how it ends.

        Args:
            arguments: Its arguments.
            exits: The exit code that the story needs.
            says: What it has to print.

        Raises:
            Broken: It ended otherwise.
        """
        self.tell(line(Span(f"$ reconciler {shlex.join(arguments)}", Style.STRONG)))
        before = time.monotonic()
        played = self._run([sys.executable, "-m", "reconciler", *arguments])
        self.commands += 1
        self.console.write(played.output)
        self.tell(line(Span(f"(exit {played.code}, {time.monotonic() - before:.1f} s)", Style.MUTED)))
        if played.code != exits or says not in played.output:
            raise Broken(f"`reconciler {shlex.join(arguments)}` should exit {exits} and say {says!r}")
        return played

    def request(self, method: str, path: str, what: str) -> None:
        """Show a request that somebody else sends, past the reconciler, and what is in it."""
        self.tell(line(Span(f"{method} {path}", Style.STRONG), f"  {what}"))

    def claim(self, *, holds: bool, what: str) -> None:
        """Go on only if something is as the story says. Raises Broken."""
        if not holds:
            raise Broken(what)

    def git(self, *arguments: str) -> None:
        """Run a git command, if there is git."""
        git = shutil.which("git")
        if git is not None:
            self.tell(line(Span(f"$ git {shlex.join(arguments)}", Style.STRONG)))
            self._run([git, *_GIT, *arguments])

    def _run(self, command: list[str]) -> Played:
        done = subprocess.run(  # noqa: S603  # our own command line, or git
            command,
            cwd=self.folder,
            env=self._variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SECONDS,
            check=False,
        )
        return Played(done.returncode, done.stdout.decode("utf-8", errors="replace"))

    def _variables(self) -> dict[str, str]:
        # Whatever platform the user works with elsewhere is no business of the demo.
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        colour = {"CLICOLOR_FORCE": "1"} if self.console.is_coloured else {"NO_COLOR": "1"}
        return {**kept, "CI": "", "NO_PROXY": "127.0.0.1", **colour}

    @contextmanager
    def server(self) -> Iterator[None]:
        """Let the platform run in the background."""
        arguments = ["platform", "serve", "--data-dir", "platform", "--ready-file", READY]
        self.tell(line(Span(f"$ reconciler {shlex.join(arguments)} &", Style.STRONG)))
        command = [sys.executable, "-m", "reconciler", "--quiet", *arguments]
        process = subprocess.Popen(command, cwd=self.folder, env=self._variables())  # noqa: S603  # our own command
        self.commands += 1
        try:
            self._await_ready(process)
            yield
        finally:
            process.terminate()
            process.wait(_SECONDS)

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _SECONDS
        while not (self.folder / READY).exists():
            if process.poll() is not None or time.monotonic() > until:
                raise Broken("the platform should be ready to serve")
            time.sleep(0.05)

    def platform(self) -> Mapping[str, Any]:
        """Return what the ready file tells: addresses and token."""
        ready: dict[str, Any] = json.loads((self.folder / READY).read_text(encoding="utf-8"))
        return ready


def build(folder: Path) -> None:
    """Write the demo's project into a folder that is empty or not there yet. Raises SettingsError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError("the folder is not empty", where=str(folder), hint="Name a new one with --keep.")
    with as_file(files("reconciler.cli.demo") / "project") as project:
        if not project.is_dir():
            raise Bug("the demo's project is missing from the package")
        shutil.copytree(project, folder, dirs_exist_ok=True)
    (folder / "gitignore").rename(folder / ".gitignore")
