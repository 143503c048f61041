"""What a caller asks of the engine: which plan, and how to carry it out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.core.planner import PlanPolicy
from reconciler.engine.stopping import StopSignal

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.core.plan import Plan


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What to plan for, and on whose behalf; the commit comes from the catalog's source.

    Attributes:
        policy: Selection, reassertions, pruning, environment.
        whole: Whether the organisation is listed. With targets it never is: they are found by name.
        command: The verb, for history.
        actor: Who runs it, for history.
        reason: Why a guard was overridden, for history.
        run: Id of this invocation, the same in logs and ledger; empty to let the journal make one.
    """

    policy: PlanPolicy = field(default_factory=PlanPolicy)
    whole: bool = True
    command: str = "apply"
    actor: str = ""
    reason: str = ""
    run: str = ""

    @property
    def lists(self) -> bool:
        """Tell whether observing lists the whole organisation."""
        return self.whole and not self.policy.selection.targets

    def unforced(self) -> PlanRequest:
        """Return the same without reassertions: how the world is judged once they have been written."""
        return replace(self, policy=replace(self.policy, reassert=frozenset()))


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long an unclear or refused step is tried.

    Attributes:
        tries: Attempts in all, at least 1.
        first_pause: Seconds before the second attempt; doubled before each further one.
        longest_pause: Seconds; a platform that asks for a longer pause than this ends the attempts.
        settle: Seconds after which a creation whose answer was lost is looked for a second time.
    """

    tries: int = 4
    first_pause: float = 0.5
    longest_pause: float = 60.0
    settle: float = 2.0


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """On what terms a run holds the deployments that it writes to.

    Attributes:
        holder: Who it is, for those who are kept out.
        process: What its process can be recognised by on its machine; empty where nothing can.
        seconds: How long a lease lasts unless it is renewed.
        margin: The longest time a write may take: it is sent only while more than that is left.
        wait: Seconds to wait for others; 0 to fail at once.
    """

    holder: str = "somebody"
    process: str = ""
    seconds: float = 120.0
    margin: float = 30.0
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a plan is carried out.

    A failing chain always stops, its dependants are skipped, and chains that have nothing to do with it go on. What
    would fail for every chain alike (no permission, a platform that is away or overloaded past our patience) stops all
    that has not started, unless `keep_going`; a token that the platform does not know stops it in any case.

    Attributes:
        concurrency: Chains at work at once, at least 1.
        keep_going: Whether other chains go on after a failure that is likely to meet them too.
        deadline_seconds: Time for the whole apply; when it is over nothing new starts. `None` for no limit.
        patience: How often and how long one step is tried.
        leases: On what terms deployments are held.
        stop: Asked by a signal handler; requests in flight are finished, nothing new starts.
        wait: Whether to wait, once everything is written, until declared training data are computed.
        check: Raises unless a plan is the one that was reviewed, before anything is asked or written.
    """

    concurrency: int = 10
    keep_going: bool = False
    deadline_seconds: float | None = None
    patience: Patience = field(default_factory=Patience)
    leases: LeaseTerms = field(default_factory=LeaseTerms)
    stop: StopSignal = field(default_factory=StopSignal)
    wait: bool = False
    check: Callable[[Plan], None] | None = None
