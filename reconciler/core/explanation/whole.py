"""The whole explanation of one deployment: its conditions, its fields, what it waits for, and what to do next."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.core.computation import Stage
from reconciler.core.diff import Decision
from reconciler.core.explanation.story import FieldStory, State
from reconciler.core.plan import Intent
from reconciler.core.refusal import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.computation import Computation
    from reconciler.core.journal import RunHeader
    from reconciler.core.lease import Lease
    from reconciler.core.live import LiveDeployment
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.plan import Chain, Orphan, Plan, Step
    from reconciler.core.refusal import Refusal


class Condition(enum.StrEnum):
    """What holds for a deployment; several may at once, the gravest first.

    UNREADABLE: the platform did not tell how it is. BLOCKED: refusals stop all, PARTLY_BLOCKED: some of it. LEASED:
    another run may write to it now. WAITING: its steps come after those of others. COMPUTING, COMPUTATION_FAILED: of
    its training data. GONE: no longer on the platform. ORPHANED: no longer in the manifests. The others follow the
    states of its fields.
    """

    UNREADABLE = "unreadable"
    BLOCKED = "blocked"
    PARTLY_BLOCKED = "partly blocked"
    LEASED = "leased"
    GONE = "gone from the platform"
    ORPHANED = "orphaned"
    CONFLICT = "in conflict"
    DRIFTED = "drifted"
    HELD = "held"
    COMPUTATION_FAILED = "lacking training data"
    COMPUTING = "awaiting training data"
    WAITING = "waiting"
    TO_BE_CREATED = "to be created"
    PENDING = "pending"
    UNRECORDED = "unrecorded"
    IN_SYNC = "in sync"


@dataclass(frozen=True, slots=True)
class Dependency:
    """A deployment that comes first: how many steps it has, and why it is refused, if it is."""

    address: str
    steps: int
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an explanation is told of beside the plan.

    Attributes:
        memory: Ours of the deployment.
        runs: Headers of the runs that the ledger still lists, by id.
        computation: How far its training data are, where it has any.
        lease: Who may write to it now.
    """

    memory: AppliedDeployment | None = None
    runs: Mapping[str, RunHeader] = field(default_factory=dict)
    computation: Computation | None = None
    lease: Lease | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one deployment is as it is.

    Attributes:
        address: Its name in the catalog.
        plan: What follows, for it and what it depends on.
        chain: Its part of the plan; `None` for what is no longer in the manifests.
        manifest: What declares it; `None` likewise.
        orphan: Why it stays on the platform although nothing declares it.
        fields: The story of each declared field.
        around: What was told beside the plan.
    """

    address: str
    plan: Plan
    chain: Chain | None
    manifest: Manifest | None
    orphan: Orphan | None
    fields: tuple[FieldStory, ...]
    around: Circumstances

    @property
    def live(self) -> LiveDeployment | None:
        """What was observed of it."""
        return None if self.chain is None else self.chain.live

    @property
    def steps(self) -> tuple[Step, ...]:
        """What an apply would do to it."""
        return tuple(step for step in self.plan.steps if step.address == self.address)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Why some or all of that is not done."""
        own = () if self.chain is None else self.chain.refusals
        return own + tuple(each for each in self.plan.refusals if each.address in ("", self.address))

    @property
    def dependencies(self) -> tuple[Dependency, ...]:
        """What it depends on directly."""
        names = () if self.chain is None else self.chain.depends_on
        return tuple(_dependency(self.plan, name) for name in names)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What holds for it, the gravest first; never empty."""
        found = set(_conditions(self))
        return tuple(each for each in Condition if each in found) or (Condition.IN_SYNC,)


def _dependency(plan: Plan, address: str) -> Dependency:
    steps = sum(step.address == address for step in plan.steps)
    found = next((chain for chain in plan.chains if chain.address == address), None)
    stops = () if found is None else tuple(each for each in found.refusals if each.scope is not Scope.STEP)
    return Dependency(address, steps, stops[0] if stops else None)


_OF_STATE = {
    State.CONFLICT: Condition.CONFLICT,
    State.DRIFTED: Condition.DRIFTED,
    State.HELD: Condition.HELD,
    State.PENDING: Condition.PENDING,
    State.IN_DOUBT: Condition.PENDING,
    State.UNRECORDED: Condition.UNRECORDED,
}


def _conditions(explained: Explanation) -> Iterator[Condition]:
    yield from _of_refusals(explained.refusals)
    yield from (_OF_STATE[each.state] for each in explained.fields if each.state in _OF_STATE)
    yield from _of_existence(explained)
    if explained.around.lease is not None:
        yield Condition.LEASED
    if explained.steps and any(each.steps for each in explained.dependencies):
        yield Condition.WAITING
    computation = explained.around.computation
    if computation is not None and computation.stage is Stage.RUNNING:
        yield Condition.COMPUTING
    if computation is not None and computation.stage is Stage.FAILED:
        yield Condition.COMPUTATION_FAILED


def _of_refusals(refusals: tuple[Refusal, ...]) -> Iterator[Condition]:
    for refusal in refusals:
        if refusal.code == "unreadable":
            yield Condition.UNREADABLE
        else:
            yield Condition.PARTLY_BLOCKED if refusal.scope is Scope.STEP else Condition.BLOCKED


def _of_existence(explained: Explanation) -> Iterator[Condition]:
    chain = explained.chain
    if explained.manifest is None:
        yield Condition.ORPHANED
    elif chain is not None and chain.live is None and chain.intent is Intent.CREATE:
        gone = any(change.drift.is_drift for change in chain.changes)
        yield Condition.GONE if gone else Condition.TO_BE_CREATED
    elif explained.steps and not any(each.decision is Decision.WRITE for each in explained.fields):
        yield Condition.PENDING
