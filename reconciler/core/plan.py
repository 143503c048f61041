"""The Plan: a frozen, ordered, serialisable value that carries its own meaning; nothing here does anything.

Plan ─┬─ chains: one per deployment with something to tell, sorted by address
      │    └─ changes, refusals, assumptions, the numbers of its steps
      ├─ steps: every action in order, what it waits for, the changes that caused it
      └─ refusals, risks, orphans of the plan as a whole
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.core.diff import Decision
from reconciler.core.refusal import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.actions import Action
    from reconciler.core.diff import FieldChange
    from reconciler.core.gap import Assumption
    from reconciler.core.live import LiveDeployment
    from reconciler.core.manifest.catalog import Source
    from reconciler.core.origin import Origin
    from reconciler.core.refusal import Refusal


class Intent(enum.StrEnum):
    """What a plan wants with one deployment."""

    NONE = "none"
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    FORGET = "forget"


@dataclass(frozen=True, slots=True)
class Step:
    """One action in its place.

    Attributes:
        number: From 1, in execution order; steps of different chains may run at once.
        address: The deployment's address; empty for the organisation (tags).
        action: What is sent.
        because: Paths of the changes that caused it.
        waits_for: Numbers of the steps that must have succeeded before.
    """

    number: int
    address: str
    action: Action
    because: tuple[str, ...]
    waits_for: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Risk:
    """Something a reviewer should look at before saying yes; it stops nothing.

    Attributes:
        code: Stable slug such as `guardrail-lowered`.
        address: The deployment.
        path: The field.
        message: One sentence with the values.
    """

    code: str
    address: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Chain:
    """One deployment's part of a plan.

    Attributes:
        address: Its name in the catalog.
        name: Its platform name, as desired.
        intent: What the plan wants with it.
        live: What was observed, `None` for a creation.
        previous_name: Live platform name where it differs from `name`.
        changes: Fields that differ or are held.
        refusals: Reasons why parts of it do not run.
        assumed: Fields in sync only by our record.
        settled: Fields whose record will be brought up to date.
        unchanged: Declared fields in sync.
        steps: Numbers of its steps.
        depends_on: Addresses whose chains come first.
        note: Something a person should know.
        owner_change: Why the platform is told who manages it, where that is its only step; else empty.
        on_removal: What its manifest wants on removal: `Orphan` or `Delete`.
        prevent_destroy: Whether its manifest forbids deletion.
        force_delete: Whether its manifest wants it deleted even while the platform objects.
        origin: The place of its manifest; `None` for one that is gone from the manifests.
    """

    address: str
    name: str
    intent: Intent
    live: LiveDeployment | None
    origin: Origin | None
    previous_name: str = ""
    changes: tuple[FieldChange, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    assumed: tuple[Assumption, ...] = ()
    settled: tuple[str, ...] = ()
    unchanged: int = 0
    steps: tuple[int, ...] = ()
    depends_on: tuple[str, ...] = ()
    note: str = ""
    owner_change: str = ""
    on_removal: str = "Orphan"
    prevent_destroy: bool = True
    force_delete: bool = False

    @property
    def place(self) -> str:
        """Where its manifest begins, such as `manifests/a.yaml:1`; empty for one that is gone from the manifests."""
        return "" if self.origin is None else self.origin.line_ref

    @property
    def held(self) -> tuple[FieldChange, ...]:
        """The fields that neither the API nor our record knows."""
        return tuple(change for change in self.changes if change.decision is Decision.HOLD)

    @property
    def told_only(self) -> frozenset[str]:
        """The fields that differ and are left as they are."""
        return frozenset(change.field for change in self.changes if change.decision is Decision.REPORT)

    @property
    def has_news(self) -> bool:
        """Tell whether a reader should see this chain."""
        return bool(self.changes or self.refusals or self.steps) or self.intent is not Intent.NONE


class Kept(enum.StrEnum):
    """Why a deployment that is gone from the manifests stays on the platform."""

    ORPHAN = "orphan"
    PROTECTED = "protected"
    NOT_ASKED = "not-asked"
    GONE = "gone"
    TAKEN_OVER = "taken-over"
    IN_DOUBT = "in-doubt"
    SHARED = "shared"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Orphan:
    """A deployment the ledger knows, the catalog no longer declares, and this plan leaves alone.

    Attributes:
        address: The name that it had in the catalog.
        id: Its id; `None` where its creation is in doubt.
        name: Its platform name, as far as it is known.
        on_removal: What its last applied manifest wanted: `Orphan` or `Delete`.
        kept: Why it stays.
        why: The same as a clause, with names.
    """

    address: str
    id: str | None
    name: str
    on_removal: str
    kept: Kept = Kept.ORPHAN
    why: str = "onRemoval: Orphan"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a plan applies: environment name (may be empty), base URL, organisation."""

    environment: str
    endpoint: str
    organization_id: str
    organization: str


@dataclass(frozen=True, slots=True)
class Observed:
    """How the world was looked at: completeness, RFC 3339 time, requests by route template."""

    complete: bool
    at: str
    requests: Mapping[str, int] = field(default_factory=dict)
    capabilities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for: all that has to be asked for again to make the same plan; `force` is a reason."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    reassert: tuple[str, ...] = ()
    prune: bool = False
    force: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of the last line."""

    create: int
    change: int
    delete: int
    forget: int
    actions: int
    deployments: int
    held: int
    refused: int
    drifted: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, why, and why not. `chains` holds every deployment of the catalog in scope, news or not.

    What is gone from the manifests is a chain too where it is deleted or forgotten, and an orphan where it stays.
    """

    catalog: str
    source: Source
    target: Target
    observed: Observed
    chains: tuple[Chain, ...]
    steps: tuple[Step, ...]
    refusals: tuple[Refusal, ...] = ()
    risks: tuple[Risk, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    options: Options = Options()

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def chain(self, address: str) -> Chain:
        """Return the chain of a deployment. Raises KeyError."""
        for chain in self.chains:
            if chain.address == address:
                return chain
        raise KeyError(address)

    @property
    def all_refusals(self) -> tuple[Refusal, ...]:
        """Refusals of the plan and of every chain."""
        return self.refusals + tuple(refusal for chain in self.chains for refusal in chain.refusals)

    @property
    def applyable(self) -> bool:
        """Tell whether any of it may run: no refusal stops the whole plan."""
        return not any(refusal.scope is Scope.PLAN for refusal in self.all_refusals)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not self.steps

    @property
    def summary(self) -> Summary:
        """Count what the plan holds."""
        intents = [chain.intent for chain in self.chains]
        changes = [change for chain in self.chains for change in chain.changes]
        return Summary(
            create=intents.count(Intent.CREATE),
            change=intents.count(Intent.CHANGE),
            delete=intents.count(Intent.DELETE),
            forget=intents.count(Intent.FORGET),
            actions=len(self.steps),
            deployments=len(self.chains),
            held=sum(change.decision is Decision.HOLD for change in changes),
            refused=len(self.all_refusals),
            drifted=sum(change.drift.is_drift for change in changes),
        )
