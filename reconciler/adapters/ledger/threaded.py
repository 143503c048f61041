"""A ledger of blocking calls for asyncio: each runs on the ledger's own thread, so the event loop never blocks.

One thread also means one order: entries are stored in the order in which `append` was called.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from reconciler.adapters.ledger.home import Line
    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import Entry, RunSummary

T = TypeVar("T")


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

    def append(self, catalog: str, entries: Sequence[Entry]) -> None:
        """Add entries in order, all or none; they are stored for good when this returns. Raises LedgerError."""

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

    async def append(self, catalog: str, entries: Sequence[Entry]) -> None:
        """Add entries in order, all or none; they are stored for good when this returns. Raises LedgerError."""
        kept = tuple(entries)
        await self._run(lambda: self._book.append(catalog, kept))

    async def runs(self, catalog: str, limit: int) -> Sequence[RunSummary]:
        """Return the newest `limit` runs, newest first. Raises LedgerError."""
        return await self._run(lambda: self._book.runs(catalog, limit))

    async def lines(self, catalog: str, *, after: int = 0) -> Sequence[Line]:
        """Return the entries whose sequence number is greater than `after`, oldest first. Raises LedgerError."""
        return await self._run(lambda: self._book.lines(catalog, after))

    async def catalogs(self) -> Sequence[str]:
        """Return the names of the catalogs that have entries, sorted. Raises LedgerError."""
        return await self._run(self._book.catalogs)

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
