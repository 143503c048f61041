"""Which memory a run uses: a catalog that is applied to two organisations has two, which share neither ids nor values.

The organisation's id is the key, not the name of the environment: environments can be renamed, merged, or left unnamed
on the command line, and the deployments stay the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import Entry, RunSummary
    from reconciler.ports import Ledger


class ScopedLedger:
    """A ledger that keeps one memory per catalog and organisation; fulfils `ports.Ledger`.

    Args:
        ledger: Where the memories are.
        organization: Id of the organisation.
    """

    def __init__(self, ledger: Ledger, organization: str) -> None:
        self._ledger = ledger
        self._organization = organization

    async def recall(self, catalog: str) -> Mapping[str, AppliedDeployment]:
        """Return the memory of every deployment of a catalog in this organisation."""
        return await self._ledger.recall(self._name(catalog))

    async def append(self, catalog: str, entries: Sequence[Entry]) -> None:
        """Add entries to the memory of a catalog in this organisation."""
        await self._ledger.append(self._name(catalog), entries)

    async def runs(self, catalog: str, limit: int) -> Sequence[RunSummary]:
        """Return the newest runs of a catalog in this organisation."""
        return await self._ledger.runs(self._name(catalog), limit)

    def _name(self, catalog: str) -> str:
        return f"{catalog}@{self._organization}"
