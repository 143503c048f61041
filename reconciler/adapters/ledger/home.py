"""What every home of the ledger offers beyond the port: its entries one by one, and an orderly end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from reconciler.ports import Ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from reconciler.core.journal import Entry


class Line(NamedTuple):
    """An entry in its place: `sequence` counts from 1, without gaps, in each catalog."""

    sequence: int
    entry: Entry


class Home(Ledger, Protocol):
    """A ledger that was opened and has to be closed. Every method raises LedgerError when the home fails."""

    async def lines(self, catalog: str, *, after: int = 0) -> Sequence[Line]:
        """Return the entries of a catalog whose sequence number is greater than `after`, oldest first."""

    async def catalogs(self) -> Sequence[str]:
        """Return the names of the catalogs that have entries, sorted."""

    async def close(self) -> None:
        """Finish what was begun and let go of files and connections; a second call does nothing."""

    async def __aenter__(self) -> Self:
        """Return the ledger itself."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
