"""The cases: one function for each claim about a method of the reference page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.player.stage import Stage

    Play = Callable[[Stage], Any]

OLDER, NEWER = "6.15.0", "6.37.0"
BOTH = (OLDER, NEWER)

# What the cases of the guide are about, in the place of a method.
GUIDE: Final = "the guide"


@dataclass(frozen=True)
class Case:
    """One claim about one method.

    Attributes:
        claim: a sentence.
        play: proves it, or raises; what it returns is shown to whoever checks it further.
        versions: the releases of the SDK that it is about.
    """

    method: str
    claim: str
    play: Play
    versions: tuple[str, ...]


CASES: Final[list[Case]] = []


def plays(method: str, *versions: str) -> Callable[[Play], Play]:
    """Make a function a case of a method; its name is the claim."""

    def register(play: Play) -> Play:
        CASES.append(Case(method, play.__name__.replace("_", " "), play, versions or BOTH))
        return play

    return register
