"""The command line run in this process, and the project it is run in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from reconciler.cli.app import run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

MANIFEST = """\
apiVersion: reconciler.dev/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{line: "{line}"}}
spec:
  threshold: {threshold}
  tags: [production]
  models:
    champion: {{model: surface, version: v7}}
    shadow: {{model: surface, version: v8}}
  trainingData: {{dataset: surface, version: "2026-06"}}
"""


@dataclass(frozen=True)
class Result:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line of its results."""
        return self.out.splitlines()[-1]


class Invoke(Protocol):
    """Runs a command line."""

    def __call__(self, *arguments: str) -> Result:
        """Return what it came to."""


@dataclass(frozen=True)
class Project:
    """A folder to stand in: manifests and a platform."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> Result:
        """Run the command line in this process."""
        return run_captured(self.capture, *arguments)

    def here(self, *arguments: str) -> Result:
        """Run a verb on the project's own platform."""
        return self.run(*arguments, "--embedded", "platform")

    def write(self, name: str, text: str | None = None, *, threshold: float = 0.4, line: int = 3) -> Path:
        """Write a manifest."""
        file = self.folder / "manifests" / f"{name}.yaml"
        file.write_text(text or MANIFEST.format(name=name, threshold=threshold, line=line), encoding="utf-8")
        return file


def run_captured(capture: pytest.CaptureFixture[str], *arguments: str) -> Result:
    """Run a command line and return what it came to."""
    capture.readouterr()
    code = run(arguments)
    out, err = capture.readouterr()
    return Result(code, out, err)
