"""Which programs may train: those of the settings, and those that the owner of the data folder wrote into it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from reconciler.platform.settings import TrainingProgram
from reconciler.platform.training.assignment import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.platform.settings import PlatformSettings

FILENAME: Final = "trainers.json"


def chosen(settings: PlatformSettings, parameters: Mapping[str, object], image: str | None) -> TrainingProgram | None:
    """Return the program that the parameter `trainer`, or else the base model's docker image, names; None is built-in.

    Raises:
        Refused: when the parameter names a program that is not known here, or the file cannot be read.
    """
    known = {**_written(settings), **settings.programs}
    wanted = parameters.get("trainer")
    if wanted is None:
        return known.get(image) if image else None
    program = known.get(wanted) if isinstance(wanted, str) else None
    if program is None:
        raise Refused(f"There is no training program called {wanted!r} on this platform.")
    return program


def _written(settings: PlatformSettings) -> dict[str, TrainingProgram]:
    place = settings.data_dir / FILENAME
    if not place.exists():
        return {}
    try:
        return {name: _program(said) for name, said in json.loads(place.read_bytes()).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        form = '{"name": {"command": ["program", …], "timeout": seconds}}'
        raise Refused(f"{FILENAME} is not of the form {form}: {error!r}.") from error


def _program(said: Mapping[str, object]) -> TrainingProgram:
    command, timeout = said["command"], said.get("timeout", TrainingProgram.timeout)
    if not isinstance(command, list) or not command or not isinstance(timeout, int | float):
        raise TypeError("command is a list, timeout a number")
    return TrainingProgram(tuple(str(part) for part in command), float(timeout))
