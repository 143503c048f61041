"""Play all cases with both releases of the SDK, each in its own interpreter, against one served platform."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.conformance.player.cases import BOTH as VERSIONS
from tests.conformance.player.cases import OLDER
from tests.conformance.staging import stage
from tests.platform.harness import running_server

ROOT: Final = Path(__file__).resolve().parents[2]
# Seconds, far beyond what is needed, on a machine that is busy with other things.
PATIENCE: Final = 1500


@dataclass(frozen=True)
class Outcome:
    """How one case ended; `seen` is what it showed, or the traceback of its failure."""

    method: str
    claim: str
    ok: bool
    seen: Any


@dataclass(frozen=True)
class Played:
    """What one release of the SDK did.

    Attributes:
        surface: its public methods with the names of their arguments.
    """

    outcomes: list[Outcome]
    surface: dict[str, list[str]]


def interpreter(version: str) -> Path:
    """Return the Python that has this release of the SDK."""
    older = Path(sys.prefix) / "sdk-6.15" / "bin" / "python"
    assert older.exists(), "the older release of the SDK is not installed: make install"
    return older if version == OLDER else Path(sys.executable)


def play(folder: Path) -> dict[str, Played]:
    """Play everything with every release at the same time, in a new folder; return what happened by release."""
    folder.mkdir()
    told = stage(folder)
    with running_server(folder / "platform") as ready:
        told |= {"url": ready["url"], "token": ready["token"]}
        players = {version: _started(version, told, folder) for version in VERSIONS}
        try:
            codes = {version: player.wait(timeout=PATIENCE) for version, player in players.items()}
        finally:
            for player in players.values():
                player.kill()
    assert set(codes.values()) == {0}, codes
    return read(folder)


def read(folder: Path) -> dict[str, Played]:
    """Return what was played in a folder."""
    return {version: _read(_answers(version, folder)) for version in VERSIONS}


def _read(answers: Path) -> Played:
    *lines, last = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    return Played([Outcome(**line) for line in lines], last["surface"])


def _answers(version: str, folder: Path) -> Path:
    return folder / f"{version}.jsonl"


def _started(version: str, told: dict[str, Any], folder: Path) -> subprocess.Popen[str]:
    command = [str(interpreter(version)), "-m", "tests.conformance.player", version]
    with _answers(version, folder).open("w") as answers:
        player = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=answers, text=True)
    assert player.stdin is not None
    player.stdin.write(json.dumps(told))
    player.stdin.close()
    return player
