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

    PASS = "nothing"
    DIE_BEFORE = "die before"
    DIE_AFTER = "die after"
    LATE = "late commit"
    HANG = "time-out"
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


EVERY_WRITE: Final = 0
AFTER_THE_END: Final = 1_000_000


@dataclass(frozen=True)
class Trouble:
    """What happens in one run.

    Attributes:
        kind: To the request it happens to.
        at: Its number, from 1; or EVERY_WRITE, each when it is sent for the first time.
        delay: For LATE: before which further request, from 1, it is carried out; or AFTER_THE_END of the process.
    """

    kind: Turn
    at: int = EVERY_WRITE
    delay: int = 2

    def turn(self, number: int, *, is_new_write: bool) -> Turn:
        """Return what happens to the request of that number."""
        if self.kind is Turn.EXPIRE:
            met = number >= self.at
        elif self.at == EVERY_WRITE:
            met = is_new_write
        else:
            met = number == self.at
        return self.kind if met else Turn.PASS

    @property
    def name(self) -> str:
        """What it is called where its position does not matter."""
        late = ", after the end" if self.delay == AFTER_THE_END else ""
        return f"{self.kind.value}{late}{' everywhere' if self.at == EVERY_WRITE else ''}"

    def __str__(self) -> str:
        return f"{self.name} at {'every write' if self.at == EVERY_WRITE else f'request {self.at}'}"


CALM: Final = Trouble(Turn.PASS)
