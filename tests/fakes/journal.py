"""The Ledger port in memory: every entry kept, folded by `core.journal`, able to fail or to die at the n-th append."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from reconciler.adapters.ledger.home import concerned
from reconciler.core.journal import Memory, replay, summaries
from reconciler.core.lease import Reading, Roster, check, grant, release, renew
from reconciler.errors import LedgerError
from tests.fakes.clock import FakeClock
from tests.fakes.process import Process

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import Entry, RunSummary
    from reconciler.core.lease import Claim, Lease


class JournalLedger:
    """Entries by catalog.

    Attributes:
        entries: Everything appended, by catalog, in order.
        appends: How many appends were tried.
        failing: Numbers (from 1) of the appends that fail without effect.
        killing: The append before which (negative: after which) the process dies; 0 for never.
        process: The process that uses it.
        rosters: The leases, by catalog.
        away: How many of the next exchanges of leases fail.
    """

    def __init__(self) -> None:
        self.entries: dict[str, list[Entry]] = defaultdict(list)
        self.appends = 0
        self.failing: frozenset[int] = frozenset()
        self.killing = 0
        self.process = Process()
        self.rosters: dict[str, Roster] = defaultdict(Roster)
        self.away = 0

    def reborn(self, process: Process) -> None:
        """Let a new process use what is stored; the leases of the dead are free."""
        self.rosters = defaultdict(Roster, {name: Roster(each.fence) for name, each in self.rosters.items()})
        self.appends, self.failing, self.killing, self.process = 0, frozenset(), 0, process

    def of(self, catalog: str = "demo") -> list[Entry]:
        """Return the entries of a catalog."""
        return self.entries[catalog]

    def memory(self, catalog: str = "demo") -> dict[str, AppliedDeployment]:
        """Return what is applied, folded from the entries."""
        return replay(self.entries[catalog], Memory()).view()

    async def recall(self, catalog: str) -> Mapping[str, AppliedDeployment]:
        self.process.check()
        return self.memory(catalog)

    def reading(self) -> Reading:
        """Return what the clock of this home says."""
        return Reading(datetime.fromisoformat(FakeClock().now()))

    async def acquire(self, catalog: str, addresses: Collection[str], claim: Claim) -> Sequence[Lease]:
        self._reach()
        roster = self.rosters[catalog]
        self.rosters[catalog], granted = grant(roster, addresses, claim=claim, reading=self.reading())
        return granted

    async def renew(self, catalog: str, leases: Sequence[Lease], seconds: float) -> Sequence[Lease]:
        self._reach()
        roster = self.rosters[catalog]
        self.rosters[catalog], renewed = renew(roster, leases, seconds=seconds, reading=self.reading())
        return renewed

    async def release(self, catalog: str, leases: Sequence[Lease]) -> None:
        self._reach()
        self.rosters[catalog] = release(self.rosters[catalog], leases)

    def _reach(self) -> None:
        self.process.check()
        if self.away:
            self.away -= 1
            raise LedgerError("the database is away", hint="Look after it.")

    async def append(self, catalog: str, entries: Sequence[Entry], *, under: Sequence[Lease] = ()) -> None:
        self.process.check()
        check(self.rosters[catalog], concerned(entries), under=under, reading=self.reading())
        self.appends += 1
        if self.appends in self.failing:
            raise LedgerError("disk full", hint="Free some space.")
        if self.killing == self.appends:
            raise self.process.kill()
        self.entries[catalog] += entries
        if self.killing == -self.appends:
            raise self.process.kill()

    async def holders(self, catalog: str) -> Sequence[Lease]:
        self.process.check()
        return tuple(self.rosters[catalog].leases.values())

    async def runs(self, catalog: str, limit: int) -> Sequence[RunSummary]:
        return summaries(self.entries[catalog])[:limit]
