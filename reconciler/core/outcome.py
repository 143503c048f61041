"""How each step ended, whether the whole converged, and the Report that says both."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.computation import Computation
    from reconciler.core.live import Json
    from reconciler.core.plan import Plan


@dataclass(frozen=True, slots=True)
class Done:
    """The write was sent and confirmed (Applied), after `attempts` tries."""

    seconds: float = 0.0
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class AlreadySatisfied:
    """Nothing had to be sent: live already was as the step wanted it."""

    why: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Not tried, because of something else."""

    because: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Tried and definitely refused or impossible; nothing was changed by this step.

    Attributes:
        error: One sentence with object and place.
        hint: The next step.
        exit_code: The class of the error, as a process exit code.
    """

    error: str
    hint: str = ""
    exit_code: int = 7


@dataclass(frozen=True, slots=True)
class Unverified:
    """Sent, and whether it landed cannot be told."""

    why: str


Outcome: TypeAlias = Done | AlreadySatisfied | Skipped | Failed | Unverified
"""Every step ends in exactly one of these."""


class Convergence(enum.StrEnum):
    """What a second look at the platform says about a declared field.

    PROVEN: reported, and as desired. ASSUMED: not reported; our record says so. DIVERGED: reported, and different.
    HELD: not reported and not recorded. UNKNOWN: could not be looked at.
    """

    PROVEN = "proven"
    ASSUMED = "assumed"
    DIVERGED = "diverged"
    HELD = "held"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FieldVerdict:
    """One declared field after the run."""

    address: str
    path: str
    convergence: Convergence
    desired: Json = None
    live: Json = None


@dataclass(frozen=True, slots=True)
class Report:
    """What an apply did: one outcome per step, one verdict per declared field.

    Attributes:
        plan: What was to be done.
        outcomes: Step number to outcome; every step of the plan has one.
        verdicts: Every declared, owned field of every deployment in the plan.
        run: Id of the run in the ledger.
        started_at, finished_at: RFC 3339.
        requests: Requests by route template; `writes` counts those that may change something.
        notes: Sentences for people, such as what to do about unverified steps.
        remaining: Steps that planning again would still take; `None` where nobody could look.
        exit_codes: What happened to the run as a whole (stopped, out of time, denied, ledger), as exit codes.
        awaited: What became of the training data that were waited for; empty without `--wait`.
    """

    plan: Plan
    outcomes: Mapping[int, Outcome]
    verdicts: tuple[FieldVerdict, ...]
    run: str
    started_at: str
    finished_at: str
    requests: Mapping[str, int] = field(default_factory=dict)
    writes: int = 0
    notes: tuple[str, ...] = ()
    remaining: int | None = None
    exit_codes: tuple[int, ...] = ()
    awaited: tuple[Computation, ...] = ()

    def count(self, convergence: Convergence) -> int:
        """Return how many fields ended with this verdict."""
        return sum(verdict.convergence is convergence for verdict in self.verdicts)
