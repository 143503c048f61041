"""What every home of the ledger offers beyond the port: its entries one by one, and an orderly end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, assert_never

from reconciler.core.journal import (
    DriftSeen,
    FieldsRemembered,
    Forgotten,
    IntentRecorded,
    OutcomeRecorded,
    RunFinished,
    RunStarted,
)
from reconciler.ports import Leases, Ledger

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from reconciler.core.journal import Entry
    from reconciler.core.lease import Lease
    from reconciler.core.retention import Baseline, Pruned, Pruning


class Line(NamedTuple):
    """An entry in its place: `sequence` counts from 1 in each catalog, without gaps, pruned entries included."""

    sequence: int
    entry: Entry


def concerned(entries: Iterable[Entry]) -> set[str]:
    """Return the deployments whose memory entries change, and whose leases therefore matter."""
    return {address for entry in entries if (address := _concerned(entry))}


def _concerned(entry: Entry) -> str:
    match entry:
        case IntentRecorded() | OutcomeRecorded() | FieldsRemembered() | Forgotten():
            return entry.address
        case RunStarted() | RunFinished() | DriftSeen():
            return ""
        case _:
            assert_never(entry)


class Home(Ledger, Leases, Protocol):
    """A ledger that was opened and has to be closed. Every method raises LedgerError when the home fails."""

    async def lines(self, catalog: str, *, after: int = 0) -> Sequence[Line]:
        """Return the entries of a catalog whose sequence number is greater than `after`, oldest first."""

    async def catalogs(self) -> Sequence[str]:
        """Return the names of the catalogs that have entries, sorted."""

    async def baseline(self, catalog: str) -> Baseline | None:
        """Return what stands for pruned entries; `None` where none were. `lines` begins behind it."""

    async def prune(self, catalog: str, pruning: Pruning) -> Pruned:
        """Let a baseline take the place of the oldest runs, all or none; what is recalled stays as it is."""

    async def restore(self, catalog: str, baseline: Baseline, entries: Sequence[Entry]) -> None:
        """Store a pruned journal, all or none, under the name of a catalog that nobody has written to."""

    async def held(self) -> Mapping[str, Sequence[Lease]]:
        """Return the leases of every catalog that has any, expired ones too, by address."""

    async def unlock(self, catalog: str, addresses: Collection[str]) -> Sequence[Lease]:
        """Break the leases of some deployments and return what was broken; their holders can record nothing more."""

    async def close(self) -> None:
        """Finish what was begun and let go of files and connections; a second call does nothing."""

    async def __aenter__(self) -> Self:
        """Return the ledger itself."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
