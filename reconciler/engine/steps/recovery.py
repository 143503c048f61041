"""What to do with an answer that is not a plain yes: a table, and the reading of errors into its rows.

                                     the deployment, looked at again, is
    answer            repeat         as wanted     not as wanted   unknown
    ───────────────   ────────────   ───────────   ─────────────   ──────────
    lost (ambiguous)  Safe           DONE          AGAIN           AGAIN
                      conflict=done  DONE          AGAIN           AGAIN
                      unclear        DONE          AGAIN           AGAIN
                      Unsafe         DONE          UNVERIFIED      UNVERIFIED
    conflict (409)    Safe           ALREADY       AGAIN           AGAIN
                      conflict=done  ALREADY       FAILED          ALREADY
                      unclear        ALREADY       FAILED          UNVERIFIED
                      Unsafe         ALREADY       FAILED          FAILED
    absent (404), where that is what the step wants                ALREADY
    throttled, unavailable: nothing was done                       AGAIN
    rejected, denied: nothing was done, and asking again is no use FAILED

A 409 to an attachment proves the attachment unless a look at the platform says otherwise; where an alias may be taken
by another dataset (unclear) it proves nothing by itself. AGAIN is bounded by the caller's patience.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from reconciler.core.actions import Repeat, Verdict
from reconciler.errors import (
    AccessError,
    Bug,
    Conflict,
    Contention,
    InputError,
    NotFound,
    PlatformUnavailable,
    Refused,
    Rejected,
    Throttled,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.actions import Action
    from reconciler.errors import ReconcilerError


class Cause(enum.Enum):
    """How a write was answered, if not by yes."""

    LOST = "lost"
    CONFLICT = "conflict"
    ABSENT = "absent"
    REJECTED = "rejected"
    DENIED = "denied"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"

    @property
    def needs_a_look(self) -> bool:
        """Tell whether the verdict of a look at the platform decides."""
        return self in (Cause.LOST, Cause.CONFLICT)

    @property
    def concerns_all(self) -> bool:
        """Tell whether other steps would most likely fare the same."""
        return self in (Cause.DENIED, Cause.THROTTLED, Cause.UNAVAILABLE)


class Resolution(enum.Enum):
    """What follows from an answer.

    DONE: our write landed. ALREADY: it is so, by whomever. AGAIN: send it once more. FAILED: it did not land and will
    not. UNVERIFIED: nobody can tell, and sending it again could do harm.
    """

    DONE = "done"
    ALREADY = "already"
    AGAIN = "again"
    FAILED = "failed"
    UNVERIFIED = "unverified"


_Row = dict[Verdict, Resolution]


def _row(satisfied: Resolution, unsatisfied: Resolution, unknown: Resolution) -> _Row:
    return {Verdict.SATISFIED: satisfied, Verdict.UNSATISFIED: unsatisfied, Verdict.UNKNOWN: unknown}


def _always(resolution: Resolution) -> dict[Repeat, _Row]:
    return {repeat: _row(resolution, resolution, resolution) for repeat in Repeat}


TABLE: Final[Mapping[Cause, Mapping[Repeat, Mapping[Verdict, Resolution]]]] = {
    Cause.LOST: {
        Repeat.SAFE: _row(Resolution.DONE, Resolution.AGAIN, Resolution.AGAIN),
        Repeat.CONFLICT_MEANS_DONE: _row(Resolution.DONE, Resolution.AGAIN, Resolution.AGAIN),
        Repeat.CONFLICT_IS_UNCLEAR: _row(Resolution.DONE, Resolution.AGAIN, Resolution.AGAIN),
        Repeat.UNSAFE: _row(Resolution.DONE, Resolution.UNVERIFIED, Resolution.UNVERIFIED),
    },
    Cause.CONFLICT: {
        Repeat.SAFE: _row(Resolution.ALREADY, Resolution.AGAIN, Resolution.AGAIN),
        Repeat.CONFLICT_MEANS_DONE: _row(Resolution.ALREADY, Resolution.FAILED, Resolution.ALREADY),
        Repeat.CONFLICT_IS_UNCLEAR: _row(Resolution.ALREADY, Resolution.FAILED, Resolution.UNVERIFIED),
        Repeat.UNSAFE: _row(Resolution.ALREADY, Resolution.FAILED, Resolution.FAILED),
    },
    Cause.ABSENT: _always(Resolution.ALREADY),
    Cause.THROTTLED: _always(Resolution.AGAIN),
    Cause.UNAVAILABLE: _always(Resolution.AGAIN),
    Cause.REJECTED: _always(Resolution.FAILED),
    Cause.DENIED: _always(Resolution.FAILED),
}
"""The table above, as data."""


def decide(cause: Cause, verdict: Verdict, repeat: Repeat) -> Resolution:
    """Return what follows from an answer, given what a look at the platform said and what repeating would do."""
    return TABLE[cause][repeat][verdict]


def cause_of(error: ReconcilerError, action: Action) -> Cause:
    """Return how an error reads as the answer to a write; what is not known to have changed nothing counts as lost."""
    match error:
        case AccessError():
            return Cause.DENIED
        case NotFound() if action.absent_means_done:
            return Cause.ABSENT
        case Conflict():
            return Cause.CONFLICT
        case Throttled():
            return Cause.THROTTLED
        case PlatformUnavailable():
            return Cause.UNAVAILABLE
        case Rejected() | InputError() | Refused() | Contention() | Bug():
            return Cause.REJECTED
        case _:
            return Cause.LOST
