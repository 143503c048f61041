"""What can happen to a request, and to which request of a run it happens."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class Turn(enum.Enum):
    """What happens to one request.

    DIE_…: the process that sent it is killed, before the platform hears of it or after it was carried out. LATE: it is
    carried out after its connection broke. THROTTLE, EXPIRE: it is refused. The rest: it is carried out, and the answer
    is lost in one way or another.
    """

    PASS = "pass"
    DIE_BEFORE = "die before"
    DIE_AFTER = "die after"
    LATE = "late"
    HANG = "timeout"
    RESET = "reset"
    ERROR_500 = "500"
    ERROR_502 = "502"
    ERROR_503 = "503"
    THROTTLE = "429"
    EXPIRE = "expired token"

    @property
    def refuses(self) -> bool:
        """Tell whether the platform refuses it without doing anything."""
        return self in (Turn.THROTTLE, Turn.EXPIRE)

    @property
    def commits(self) -> bool:
        """Tell whether the platform carries it out at once."""
        return self not in (Turn.DIE_BEFORE, Turn.LATE)


@dataclass(frozen=True)
class Trouble:
    """What happens in one run.

    Attributes:
        kind: To the request it happens to.
        at: Its number, from 1; 0 for every write at its first sending.
        delay: For LATE, how many further requests are answered before it is carried out after all.
    """

    kind: Turn
    at: int
    delay: int = 1

    def turn(self, number: int, *, is_write: bool) -> Turn:  # noqa: ARG002  # later kinds may ask
        """Return what happens to the request of that number."""
        if self.kind is Turn.EXPIRE:
            return self.kind if number >= self.at else Turn.PASS
        return self.kind if number == self.at else Turn.PASS


CALM: Final = Trouble(Turn.PASS, 0)
