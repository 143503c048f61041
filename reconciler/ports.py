"""What the engine needs from the outside, named by that need: protocols of one to three methods, no I/O here.

Everything is asynchronous because chains run concurrently; a port's errors are those of `reconciler.errors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from reconciler.core.actions import Action
    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.events import Event
    from reconciler.core.export.drafts import Drafts, FileDraft, Writing
    from reconciler.core.journal import Entry, RunSummary
    from reconciler.core.lease import Claim, Lease
    from reconciler.core.live import LiveDeployment, Snapshot
    from reconciler.core.manifest.catalog import Catalog
    from reconciler.core.references import Reference
    from reconciler.core.retention import Pruned, Pruning


@dataclass(frozen=True, slots=True)
class Subject:
    """One deployment to observe: under which id or names it may live, and which fields are asked for.

    Attributes:
        address: Its address in the catalog.
        names: Platform names to look under (`spec.name`, then `renamedFrom`).
        id: Its id as the ledger knows it, if it does.
        paths: Field paths that the manifest declares and that are not Ignored (`core.live.FIELDS`).
    """

    address: str
    names: tuple[str, ...]
    id: str | None = None
    paths: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """What one observation has to cover.

    Attributes:
        subjects: The deployments of the catalog in scope.
        references: Every distinct reference to resolve.
        whole: Whether to list the organisation (complete or an error) instead of finding each subject by name.
        explain: Whether to also read who moved a model slot, where the platform tells (for drift).
        trained_on: Model versions, among `references`, whose training datasets a guard wants to know; one more
            request for each distinct one.
    """

    subjects: tuple[Subject, ...]
    references: frozenset[Reference]
    whole: bool = True
    explain: bool = False
    trained_on: frozenset[Reference] = frozenset()


class Observer(Protocol):
    """Reads the platform; never sends a write."""

    async def observe(self, scope: Scope) -> Snapshot:
        """Return everything a plan needs; complete or an error (`PlatformError`, `AccessError`)."""

    async def look_up(self, subject: Subject) -> LiveDeployment | None:
        """Return one deployment afresh, by id or else by its names, with the subject's fields; `None` if absent."""


@runtime_checkable
class Historian(Protocol):
    """An observer may also be one: it knows who moved a model slot, where the platform tells."""

    async def who_moved(self, deployment_id: str, path: str) -> str | None:
        """Return who last moved `models.champion` or `models.shadow`: a person, or `continuous deployment`."""


@runtime_checkable
class Computations(Protocol):
    """An observer may also be one: it knows how far the platform is with what it computes by itself."""

    async def training_data_status(self, deployment_id: str) -> str:
        """Return the platform's own word for the state of a deployment's training data, such as `COMPUTING`.

        Raises: PlatformError, AccessError, NotFound where it has none.
        """


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's answer to a write: the id of what it created, if it said so, and the HTTP status."""

    id: str | None
    status: int


class Permit(Protocol):
    """Says whether a write may go out now."""

    def __call__(self) -> None:
        """Return if it may. Raises LeaseLost if the lease is over, or ends before the write would."""


def unconditional() -> None:
    """Permit every write: for whoever shares the platform with nobody."""


class Actuator(Protocol):
    """Sends one write. Raises Rejected (and NotFound, Conflict), Ambiguous, PlatformUnavailable, AccessError."""

    async def perform(self, action: Action, deployment_id: str | None, permit: Permit) -> Receipt:
        """Send `action` once, asking `permit` in the last moment, after every wait; LeaseLost means nothing was sent.

        `deployment_id` is `None` for CreateTag and CreateDeployment.
        """


class Meter(Protocol):
    """Counts every request to the platform, tries included."""

    @property
    def routes(self) -> Mapping[str, int]:
        """How often each route was used, such as `GET /api/deployment/{id}`."""

    @property
    def writes(self) -> int:
        """How many requests could change something."""


class Ledger(Protocol):
    """Our durable memory: an append-only journal per catalog, folded into what is applied."""

    async def recall(self, catalog: str) -> Mapping[str, AppliedDeployment]:
        """Return the memory of every deployment of a catalog, by address."""

    async def append(self, catalog: str, entries: Sequence[Entry], *, under: Sequence[Lease] = ()) -> None:
        """Add entries durably, in order, all or none.

        Args:
            catalog: Whose journal.
            entries: What happened.
            under: The leases of the run that writes them.

        Raises:
            LedgerError: they cannot be written.
            LeaseLost: an entry is about a deployment whose lease, among `under`, is not held any more.
            LeaseHeld: an entry is about a deployment that somebody else holds.
        """

    async def runs(self, catalog: str, limit: int) -> Sequence[RunSummary]:
        """Return the newest runs first, with their entries counted."""


class Leases(Protocol):
    """Who may write to which deployment of a catalog; kept where the ledger is. Every method raises LedgerError."""

    async def acquire(self, catalog: str, addresses: Collection[str], claim: Claim) -> Sequence[Lease]:
        """Take the leases of some deployments, all or none. Raises LeaseHeld."""

    async def renew(self, catalog: str, leases: Sequence[Lease], seconds: float) -> Sequence[Lease]:
        """Let them last so many seconds from now, all or none. Raises LeaseLost."""

    async def release(self, catalog: str, leases: Sequence[Lease]) -> None:
        """Give them back; what is not ours any more is left alone."""


@runtime_checkable
class Holders(Protocol):
    """A ledger may also be one: it tells who holds which lease."""

    async def holders(self, catalog: str) -> Sequence[Lease]:
        """Return the leases of a catalog, expired ones too. Raises LedgerError."""


@runtime_checkable
class Prunable(Protocol):
    """A ledger may also be one: it can let go of history."""

    async def prune(self, catalog: str, pruning: Pruning) -> Pruned:
        """Let a baseline take the place of the oldest runs, all or none; recall is not affected. Raises LedgerError."""


class Clock(Protocol):
    """Time, injected so that tests own it."""

    def now(self) -> str:
        """Return the wall-clock time as RFC 3339 in UTC, such as `2026-11-21T20:36:00.123Z`."""

    def monotonic(self) -> float:
        """Return seconds that only grow."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class Announcer(Protocol):
    """Hears what happens while a plan runs (progress, logs, streams)."""

    def announce(self, event: Event) -> None:
        """Take note; must neither block nor raise."""


class ManifestFolder(Protocol):
    """The manifests below one folder, to be written by an export. Raises ManifestError, SettingsError, Contention."""

    def catalog(self) -> Catalog:
        """Read the folder and return what it declares."""

    def draft(self, writings: Sequence[Writing]) -> Drafts:
        """Return what writings come to, read back as a plan will read it; nothing is written."""

    def write(self, file: FileDraft) -> None:
        """Write one drafted file, whole or not at all."""
