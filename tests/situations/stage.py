"""Where situations are played: a project folder, a platform over HTTP, and the command as a process of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx

if TYPE_CHECKING:
    import signal
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from tests.nursery.client import Child, Nursery

SECONDS: Final = 180
"""Longer than any command here may take, however busy the machine."""

MANIFEST: Final = """\
apiVersion: reconciler.dev/v1
kind: Deployment
metadata:
  name: {name}
spec:
  threshold: {threshold}
  models:
    champion: {champion}
{more}"""


@dataclass(frozen=True)
class Served:
    """Two platforms that are up.

    Attributes:
        url, token, organization_id: One that reports everything.
        reader: A token of it that may only read.
        quiet_url, quiet_token: One that reports what the official SDK reads.
    """

    url: str
    token: str
    reader: str
    organization_id: str
    quiet_url: str
    quiet_token: str


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Stage:
    """One project folder of its own.

    Attributes:
        name: What its deployment is called: no other situation uses it.
        folder: Where commands run.
        served: The platform.
        nursery: Where commands are started.
    """

    name: str
    folder: Path
    served: Served
    nursery: Nursery

    def write(
        self,
        *,
        name: str = "",
        threshold: float = 0.4,
        champion: str = "{model: surface, version: v7}",
        more: str = "",
        file: str = "",
    ) -> Path:
        """Write a manifest; `more` is what else its spec declares, indented by two."""
        text = MANIFEST.format(name=name or self.name, threshold=threshold, champion=champion, more=more)
        return self.text(f"manifests/{file or name or self.name}.yaml", text)

    def text(self, name: str, text: str) -> Path:
        """Write a file."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def environment(self, **changes: str | None) -> dict[str, str]:
        """Return the environment of a command: the platform and its token; `None` takes a variable away."""
        foreign = ("PICSELLIA_", "RECONCILER_", "CI", "NO_COLOR", "GIT_", "PG")
        own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        told = {"PICSELLIA_HOST": self.served.url, "PICSELLIA_TOKEN": self.served.token, **changes}
        return own | {name: value for name, value in told.items() if value is not None}

    def start(self, *arguments: str, most_bytes: int | None = None, **changes: str | None) -> Process:
        """Start the command; no file it writes grows beyond `most_bytes`, as on a full disk."""
        variables = self.environment(**changes)
        return Process(self.nursery.start(*arguments, folder=self.folder, variables=variables, most_bytes=most_bytes))

    def run(self, *arguments: str, most_bytes: int | None = None, **changes: str | None) -> Ended:
        """Run the command to its end."""
        return self.start(*arguments, most_bytes=most_bytes, **changes).end()

    def applied(self, **manifest: Any) -> Stage:
        """Write the manifest and apply it, so that a situation can begin behind it."""
        self.write(**manifest)
        done = self.run("apply", "--yes")
        assert done.code == 0, done
        return self

    def api(self, method: str, path: str, **keywords: Any) -> Any:
        """Ask the platform directly, past the command."""
        headers = {"Authorization": f"Bearer {self.served.token}"}
        reply = httpx.request(method, self.served.url + path, headers=headers, timeout=60, **keywords)
        reply.raise_for_status()
        return reply.json() if reply.content else None

    def deployment(self) -> Any:
        """Return this situation's deployment as the platform has it."""
        place = f"/api/organization/{self.served.organization_id}/deployments/find"
        return self.api("GET", place, params={"name": self.name})


@dataclass(frozen=True)
class Process:
    """A command that runs."""

    process: Child

    def wait_for(self, event: threading.Event) -> None:
        """Return once something happened that it brings about, or it ended without."""
        while not event.wait(0.05) and self.process.poll() is None:
            pass

    def ask(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def end(self) -> Ended:
        """Wait for its end."""
        out, err = self.process.communicate(timeout=SECONDS)
        assert self.process.returncode is not None
        return Ended(self.process.returncode, out, err)


@dataclass(frozen=True)
class Situation:
    """Something that goes wrong, and how it has to end.

    Attributes:
        title: What went wrong, as a person would say it.
        play: Brings it about.
        code: The documented exit code.
        says: What the command has to name: the object, the place, the next step.
    """

    title: str
    play: Callable[[Stage], Ended]
    code: int
    says: tuple[str, ...]

    @property
    def slug(self) -> str:
        """A name for tests and deployments."""
        return self.play.__name__.replace("_", "-")


def situation(
    code: int, *says: str, among: list[Situation]
) -> Callable[[Callable[[Stage], Ended]], Callable[[Stage], Ended]]:
    """Add a situation to a table; its title is the first line of its docstring."""

    def add(play: Callable[[Stage], Ended]) -> Callable[[Stage], Ended]:
        title = (play.__doc__ or "").strip().splitlines()[0].rstrip(".")
        among.append(Situation(title, play, code, says))
        return play

    return add
