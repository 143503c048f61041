"""Which memory a run uses: a catalog that is applied to two organisations has two, which share neither ids nor values.

The organisation's id is the key, not the name of the environment: environments can be renamed, merged, or left unnamed
on the command line, and the deployments stay the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from reconciler.adapters.ledger.home import Home
    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import Entry, RunSummary
    from reconciler.core.lease import Claim, Lease
    from reconciler.core.retention import Pruned, Pruning


class ScopedLedger:
    """A ledger that keeps one memory per catalog and organisation; fulfils `ports.Ledger`, `ports.Leases`,
    `ports.Holders` and `ports.Prunable`.

    Args:
        ledger: Where the memories are.
        organization: Id of the organisation.
    """

    def __init__(self, ledger: Home, organization: str) -> None:
        self._ledger = ledger
        self._organization = organization

    async def recall(self, catalog: str) -> Mapping[str, AppliedDeployment]:
        """Return the memory of every deployment of a catalog in this organisation."""
        return await self._ledger.recall(self._name(catalog))

    async def append(self, catalog: str, entries: Sequence[Entry], *, under: Sequence[Lease] = ()) -> None:
        """Add entries to the memory of a catalog in this organisation."""
        await self._ledger.append(self._name(catalog), entries, under=under)

    async def acquire(self, catalog: str, addresses: Collection[str], claim: Claim) -> Sequence[Lease]:
        """Take leases of deployments of a catalog in this organisation."""
        return await self._ledger.acquire(self._name(catalog), addresses, claim)

    async def renew(self, catalog: str, leases: Sequence[Lease], seconds: float) -> Sequence[Lease]:
        """Renew leases of deployments of a catalog in this organisation."""
        return await self._ledger.renew(self._name(catalog), leases, seconds)

    async def release(self, catalog: str, leases: Sequence[Lease]) -> None:
        """Give back leases of deployments of a catalog in this organisation."""
        await self._ledger.release(self._name(catalog), leases)

    async def runs(self, catalog: str, limit: int) -> Sequence[RunSummary]:
        """Return the newest runs of a catalog in this organisation."""
        return await self._ledger.runs(self._name(catalog), limit)

    async def holders(self, catalog: str) -> Sequence[Lease]:
        """Return who holds what of a catalog in this organisation, expired leases too."""
        return (await self._ledger.held()).get(self._name(catalog), ())

    async def prune(self, catalog: str, pruning: Pruning) -> Pruned:
        """Let a baseline take the place of the oldest runs of a catalog in this organisation."""
        return await self._ledger.prune(self._name(catalog), pruning)

    def _name(self, catalog: str) -> str:
        return f"{catalog}@{self._organization}"
