"""Facts announced while a plan runs, for progress, logs and streams; nobody decides anything by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from reconciler.core.outcome import Outcome
    from reconciler.core.plan import Plan, Step


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """A phase of the run began: `observe`, `plan`, `write`, `verify`, `wait`."""

    name: str
    total: int = 0


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan is made."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step is about to be sent."""

    step: Step


@dataclass(frozen=True, slots=True)
class StepRetried:
    """A step is tried again after an unclear answer or a throttle."""

    step: Step
    attempt: int
    why: str
    seconds: float


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step has its outcome."""

    step: Step
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Awaiting:
    """What is still waited for: address and the platform's word for how far its training data are; may be empty."""

    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LeaseAwaited:
    """Somebody else holds a deployment that is to be written: who, and for how many seconds this run will wait."""

    why: str
    seconds: float


@dataclass(frozen=True, slots=True)
class RequestsSeen:
    """How many requests have been sent so far."""

    count: int


Event: TypeAlias = (
    PhaseStarted | Planned | StepStarted | StepRetried | StepEnded | Awaiting | LeaseAwaited | RequestsSeen
)
"""One fact. Match it exhaustively."""
