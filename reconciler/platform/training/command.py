"""The command trainer: runs a program that the platform's operator named, on datasets laid out on disk.

The program is started without a shell, in a folder of its own, with one argument: the path of `assignment.json`. That
file names the kind, the labels, the parameters, for each alias the folder of a dataset (see `coco`), and where to leave
the model (`output`) and, if it likes, its measurements (`metrics`: an object of numbers). What it prints is the
training's log.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.platform.training import coco
from reconciler.platform.training.assignment import Refused, Trained

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.platform.settings import TrainingProgram
    from reconciler.platform.training.assignment import Assignment

# Seconds between two looks at a running program.
_LOOK: Final = 0.05
# Seconds a program gets to end in good order once it is told to.
_GRACE: Final = 5.0
# Bytes of what a program printed that a failure quotes.
_TAIL: Final = 2000
_LARGEST_MODEL: Final = 4 * 1024**3


def train(program: TrainingProgram, assignment: Assignment, look: Callable[[], None]) -> Trained:
    """Run the program and take its model back; `look` is called while it runs and may raise to end it.

    Raises:
        Refused: when it cannot be started, exits badly, takes too long, or leaves no model.
    """
    with tempfile.TemporaryDirectory(prefix="training-") as name:
        folder = Path(name)
        path = _lay_out(folder, assignment)
        _run(program, [*program.command, str(path)], folder=folder, look=look)
        return _taken_back(folder, program)


def _lay_out(folder: Path, assignment: Assignment) -> Path:
    for alias, place in _folders(folder, assignment.datasets).items():
        coco.write(place, assignment.datasets[alias], assignment.labels)
    path = folder / "assignment.json"
    document = {
        "kind": assignment.kind,
        "labels": list(assignment.labels),
        "parameters": dict(assignment.parameters),
        "datasets": {alias: str(place) for alias, place in _folders(folder, assignment.datasets).items()},
        "output": str(folder / "model.onnx"),
        "metrics": str(folder / "metrics.json"),
    }
    path.write_text(json.dumps(document))
    return path


def _folders(folder: Path, aliases: object) -> dict[str, Path]:
    """Return a folder for each alias; an alias is free text, and no path."""
    names = sorted(aliases) if isinstance(aliases, dict) else []
    return {alias: folder / "datasets" / f"{place}" for place, alias in enumerate(names)}


def _run(program: TrainingProgram, command: Sequence[str], *, folder: Path, look: Callable[[], None]) -> None:
    printed = folder / "output.log"
    with printed.open("wb") as output:
        try:
            # A session of its own: ending it ends whatever the program started.
            process = subprocess.Popen(  # noqa: S603  (no shell; the operator of the platform names the program)
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise Refused(f"The training program cannot be started: {error}.") from error
        try:
            _watch(process, program.timeout, look)
        finally:
            _end(process)
    if process.returncode != 0:
        raise Refused(f"The training program ended with exit code {process.returncode}. {_tail(printed)}".rstrip())


def _watch(process: subprocess.Popen[bytes], timeout: float, look: Callable[[], None]) -> None:
    deadline = time.monotonic() + timeout
    while True:
        try:
            process.wait(_LOOK)
        except subprocess.TimeoutExpired:
            look()
            if time.monotonic() > deadline:
                raise Refused(f"The training program took longer than {timeout:g} seconds.") from None
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and whatever it left running."""
    for signum, patience in ((signal.SIGTERM, _GRACE), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signum)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        if signum is signal.SIGTERM and not _is_alive(process.pid):
            return


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _taken_back(folder: Path, program: TrainingProgram) -> Trained:
    place = folder / "model.onnx"
    # A link could name any file of this machine.
    if place.is_symlink() or not place.is_file():
        raise Refused("The training program left no model file.")
    if not 0 < place.stat().st_size <= _LARGEST_MODEL:
        raise Refused(f"The training program left a model file of {place.stat().st_size} bytes.")
    name = Path(program.command[0]).name
    return Trained(place.read_bytes(), {}, _metrics(folder / "metrics.json"), f"The program '{name}'")


def _metrics(place: Path) -> dict[str, float]:
    if place.is_symlink() or not place.is_file():
        return {}
    try:
        said = json.loads(place.read_bytes())
    except ValueError as error:
        raise Refused(f"The metrics that the training program left are no JSON: {error}.") from error
    if not isinstance(said, dict):
        raise Refused("The metrics that the training program left are no object of numbers.")
    numbers = {str(name): value for name, value in said.items() if isinstance(value, int | float)}
    return {name: float(value) for name, value in numbers.items() if math.isfinite(value)}


def _tail(printed: Path) -> str:
    text = printed.read_bytes()[-_TAIL:].decode(errors="replace").replace("\x00", "").strip()
    return f"It printed last: {text}" if text else ""
