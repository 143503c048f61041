"""A ledger of blocking calls for asyncio: each runs on the ledger's own thread, so the event loop never blocks.

One thread also means one order: entries are stored in the order in which `append` was called.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from reconciler.adapters.ledger.processes import living
from reconciler.core.lease import grant, release, renew, unlock

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from reconciler.adapters.ledger.home import Line
    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import Entry, RunSummary
    from reconciler.core.lease import Claim, Lease, Reading, Roster
    from reconciler.core.retention import Baseline, Pruned, Pruning

T = TypeVar("T")

Exchange: TypeAlias = "Callable[[Roster, Reading], tuple[Roster, T]]"
"""Turns the leases of a catalog into what they are from now on, and says what came of it; may be asked again."""


class Book(Protocol):
    """The journals of all catalogs in one home, as blocking calls of one thread at a time; `home.Home` says what each
    does."""

    def recall(self, catalog: str) -> Mapping[str, AppliedDeployment]:
        """Return what is applied, by address. Raises LedgerError."""

    def lines(self, catalog: str, after: int) -> Sequence[Line]:
        """Return the entries behind a sequence number, oldest first. Raises LedgerError."""

    def runs(self, catalog: str, limit: int) -> Sequence[RunSummary]:
        """Return the newest `limit` runs, newest first. Raises LedgerError."""

    def catalogs(self) -> Sequence[str]:
        """Return the names of the catalogs that have entries, sorted. Raises LedgerError."""

    def append(self, catalog: str, entries: Sequence[Entry], under: Sequence[Lease] = ()) -> None:
        """Add entries in order, all or none; they are stored for good when this returns.

        Raises: LedgerError, LeaseLost, LeaseHeld.
        """

    def baseline(self, catalog: str) -> Baseline | None:
        """Return what stands for pruned entries. Raises LedgerError."""

    def prune(self, catalog: str, pruning: Pruning) -> Pruned:
        """Let a baseline take the place of the oldest runs, all or none. Raises LedgerError."""

    def restore(self, catalog: str, baseline: Baseline, entries: Sequence[Entry]) -> None:
        """Store a pruned journal as a catalog of its own, all or none. Raises LedgerError, also where there is one."""

    def rosters(self) -> Mapping[str, Roster]:
        """Return the leases of every catalog that ever had any. Raises LedgerError."""

    def exchange(self, catalog: str, change: Exchange[T]) -> T:
        """Change the leases of a catalog, with nobody else in between. Raises LedgerError, and what `change` raises."""

    def close(self) -> None:
        """Let go of files and connections."""


class ThreadedLedger:
    """A home of the ledger; fulfils `home.Home`.

    A call that is cancelled still finishes on its thread: whether its entries are stored is then as unknown as after a
    crash, which the fold allows for.

    Args:
        book: Where the entries are.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._closed = False

    async def recall(self, catalog: str) -> Mapping[str, AppliedDeployment]:
        """Return the memory of every deployment of a catalog, by address. Raises LedgerError."""
        return await self._run(lambda: self._book.recall(catalog))

    async def append(self, catalog: str, entries: Sequence[Entry], *, under: Sequence[Lease] = ()) -> None:
        """Add entries in order, all or none; they are stored for good when this returns.

        Raises:
            LedgerError: they cannot be stored.
            LeaseLost, LeaseHeld: a lease stands in the way.
        """
        kept, leases = tuple(entries), tuple(under)
        await self._run(lambda: self._book.append(catalog, kept, leases))

    async def acquire(self, catalog: str, addresses: Collection[str], claim: Claim) -> Sequence[Lease]:
        """Take leases, all or none; those of the dead are free. Raises LedgerError, LeaseHeld."""
        wanted = frozenset(addresses)

        def change(roster: Roster, reading: Reading) -> tuple[Roster, Sequence[Lease]]:
            return grant(living(roster), wanted, claim=claim, reading=reading)

        return await self._run(lambda: self._book.exchange(catalog, change))

    async def renew(self, catalog: str, leases: Sequence[Lease], seconds: float) -> Sequence[Lease]:
        """Let leases last so many seconds from now, all or none. Raises LedgerError, LeaseLost."""
        kept = tuple(leases)

        def change(roster: Roster, reading: Reading) -> tuple[Roster, Sequence[Lease]]:
            return renew(roster, kept, seconds=seconds, reading=reading)

        return await self._run(lambda: self._book.exchange(catalog, change))

    async def release(self, catalog: str, leases: Sequence[Lease]) -> None:
        """Give leases back; what is not ours any more is left alone. Raises LedgerError."""
        kept = tuple(leases)

        def change(roster: Roster, _: Reading) -> tuple[Roster, None]:
            return release(roster, kept), None

        await self._run(lambda: self._book.exchange(catalog, change))

    async def unlock(self, catalog: str, addresses: Collection[str]) -> Sequence[Lease]:
        """Break leases and return what was broken. Raises LedgerError."""
        unwanted = frozenset(addresses)

        def change(roster: Roster, _: Reading) -> tuple[Roster, Sequence[Lease]]:
            return unlock(roster, unwanted)

        return await self._run(lambda: self._book.exchange(catalog, change))

    async def held(self) -> Mapping[str, Sequence[Lease]]:
        """Return the leases of every catalog that has any, expired ones too, by address. Raises LedgerError."""
        rosters = await self._run(self._book.rosters)
        return {name: [roster.leases[each] for each in sorted(roster.leases)] for name, roster in rosters.items()}

    async def runs(self, catalog: str, limit: int) -> Sequence[RunSummary]:
        """Return the newest `limit` runs, newest first. Raises LedgerError."""
        return await self._run(lambda: self._book.runs(catalog, limit))

    async def lines(self, catalog: str, *, after: int = 0) -> Sequence[Line]:
        """Return the entries whose sequence number is greater than `after`, oldest first. Raises LedgerError."""
        return await self._run(lambda: self._book.lines(catalog, after))

    async def catalogs(self) -> Sequence[str]:
        """Return the names of the catalogs that have entries, sorted. Raises LedgerError."""
        return await self._run(self._book.catalogs)

    async def baseline(self, catalog: str) -> Baseline | None:
        """Return what stands for pruned entries; `None` where none were. Raises LedgerError."""
        return await self._run(lambda: self._book.baseline(catalog))

    async def prune(self, catalog: str, pruning: Pruning) -> Pruned:
        """Let a baseline take the place of the oldest runs, all or none. Raises LedgerError."""
        return await self._run(lambda: self._book.prune(catalog, pruning))

    async def restore(self, catalog: str, baseline: Baseline, entries: Sequence[Entry]) -> None:
        """Store a pruned journal as a catalog of its own, all or none. Raises LedgerError, also where there is one."""
        kept = tuple(entries)
        await self._run(lambda: self._book.restore(catalog, baseline, kept))

    async def close(self) -> None:
        """Finish what was begun and let go of the home; a second call does nothing."""
        if not self._closed:
            self._closed = True
            await self._run(self._book.close)
            self._thread.shutdown()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)
