"""How far the platform is with what it computes by itself after a write: the words it uses, and what they mean to us.

Only `PENDING`, `COMPUTING`, `SUCCESS` and `ERROR` are known; a word that nobody has described is never read as an end.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Stage(enum.StrEnum):
    """What a word of the platform, or its silence, says about a computation.

    RUNNING: it has not ended. ENDED: it ended well. FAILED: it ended badly. UNCLEAR: the word is not known to us.
    UNKNOWN: the platform could not be asked, or knows of no computation.
    """

    RUNNING = "running"
    ENDED = "ended"
    FAILED = "failed"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"


_STAGES: Final[Mapping[str, Stage]] = {
    "PENDING": Stage.RUNNING,
    "COMPUTING": Stage.RUNNING,
    "SUCCESS": Stage.ENDED,
    "ERROR": Stage.FAILED,
}


def stage_of(word: str) -> Stage:
    """Return what a status means; capitals do not matter."""
    return _STAGES.get(word.strip().upper(), Stage.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Computation:
    """The computation of one deployment's training data, as it was seen last.

    Attributes:
        address: The deployment.
        stage: What is known.
        word: The platform's own word, or why it could not be asked.
        seconds: How long it was waited for.
        exit_code: What that comes to, as a process exit code.
    """

    address: str
    stage: Stage
    word: str
    seconds: float = 0.0
    exit_code: int = 0
