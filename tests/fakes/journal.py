"""The Ledger port in memory: every entry kept, folded by `core.journal`, able to fail or to die at the n-th append."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.core.journal import Memory, replay, summaries
from reconciler.errors import LedgerError
from tests.fakes.process import Process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import Entry, RunSummary


class JournalLedger:
    """Entries by catalog.

    Attributes:
        entries: Everything appended, by catalog, in order.
        appends: How many appends were tried.
        failing: Numbers (from 1) of the appends that fail without effect.
        killing: The append before which (negative: after which) the process dies; 0 for never.
        process: The process that uses it.
    """

    def __init__(self) -> None:
        self.entries: dict[str, list[Entry]] = defaultdict(list)
        self.appends = 0
        self.failing: frozenset[int] = frozenset()
        self.killing = 0
        self.process = Process()

    def reborn(self, process: Process) -> None:
        """Let a new process use what is stored."""
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

    async def append(self, catalog: str, entries: Sequence[Entry]) -> None:
        self.process.check()
        self.appends += 1
        if self.appends in self.failing:
            raise LedgerError("disk full", hint="Free some space.")
        if self.killing == self.appends:
            raise self.process.kill()
        self.entries[catalog] += entries
        if self.killing == -self.appends:
            raise self.process.kill()

    async def runs(self, catalog: str, limit: int) -> Sequence[RunSummary]:
        return summaries(self.entries[catalog])[:limit]
