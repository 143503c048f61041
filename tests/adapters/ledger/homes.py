"""Every home of the ledger by name, for the contract: a new home is one more line in `_URLS`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from reconciler.adapters.ledger.home import Line
from reconciler.adapters.ledger.open import open_ledger
from reconciler.core.codec.journal import entry_to_json
from reconciler.core.codec.reading import write_text
from reconciler.core.lease import Reading, unlock
from reconciler.core.retention import continued, prune, with_kept
from reconciler.errors import LedgerError
from tests.adapters.ledger.repositories import a_clone_in, a_repository_in
from tests.fakes.journal import JournalLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    import pytest

    from reconciler.adapters.ledger.home import Home
    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import Entry, RunSummary
    from reconciler.core.lease import Lease
    from reconciler.core.retention import Baseline, Pruned, Pruning
    from tests.adapters.ledger.postgres import Server


class MemoryHome(JournalLedger):
    """The reference: a list. It keeps what the other rooms' tests rely on as honest as the real homes."""

    def __init__(self) -> None:
        super().__init__()
        self.baselines: dict[str, Baseline] = {}

    async def recall(self, catalog: str) -> Mapping[str, AppliedDeployment]:
        return continued(self.baselines.get(catalog), self.entries[catalog]).view()

    async def runs(self, catalog: str, limit: int) -> Sequence[RunSummary]:
        return with_kept(await super().runs(catalog, limit), self.baselines.get(catalog), limit)

    async def baseline(self, catalog: str) -> Baseline | None:
        return self.baselines.get(catalog)

    async def prune(self, catalog: str, pruning: Pruning) -> Pruned:
        pruned = prune(self.baselines.get(catalog), self.entries[catalog], pruning)
        if pruned.baseline is not None:
            self.baselines[catalog] = pruned.baseline
        del self.entries[catalog][: pruned.entries]
        return pruned

    async def restore(self, catalog: str, baseline: Baseline, entries: Sequence[Entry]) -> None:
        if catalog in await self.catalogs():
            raise LedgerError(f"catalog {catalog!r} is there already")
        self.baselines[catalog] = baseline
        await self.append(catalog, entries)

    async def append(self, catalog: str, entries: Sequence[Entry], *, under: Sequence[Lease] = ()) -> None:
        for entry in entries:
            write_text(entry_to_json(entry))
        await super().append(catalog, entries, under=under)

    def reading(self) -> Reading:
        return Reading(datetime.now(UTC))

    async def unlock(self, catalog: str, addresses: Collection[str]) -> Sequence[Lease]:
        self.rosters[catalog], broken = unlock(self.rosters[catalog], addresses)
        return broken

    async def held(self) -> Mapping[str, Sequence[Lease]]:
        return {name: [each.leases[address] for address in sorted(each.leases)] for name, each in self.rosters.items()}

    async def lines(self, catalog: str, *, after: int = 0) -> Sequence[Line]:
        first = self.baselines[catalog].sequence + 1 if catalog in self.baselines else 1
        return [Line(n, entry) for n, entry in enumerate(self.entries[catalog], start=first) if n > after]

    async def catalogs(self) -> Sequence[str]:
        return sorted({catalog for catalog, entries in self.entries.items() if entries} | self.baselines.keys())

    async def close(self) -> None:
        pass

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


_KEPT: dict[Path, MemoryHome] = {}

POSTGRESQL: Final = "postgresql"

MEMORY: Final = "memory"

_URLS: Final[Mapping[str, Callable[[Path], str]]] = {
    "git": lambda folder: f"git:?repository={a_clone_in(folder)}",
    "git without a remote": lambda folder: f"git:?repository={a_repository_in(folder)}",
    "sqlite": lambda folder: str(folder / "ledger.db"),
}

HOMES: Final = (*sorted((*_URLS, MEMORY)), POSTGRESQL)
"""Every home by name."""


def url(name: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """Return the URL of a home in a folder of its own; there is none for the one in memory."""
    if name != POSTGRESQL:
        return _URLS[name](folder)
    server: Server = request.getfixturevalue("postgres")
    return server.database(folder)


def opener(name: str, request: pytest.FixtureRequest) -> Callable[[Path], Home]:
    """Return how to open a home in a folder of its own; opening it again finds what was written."""
    if name == MEMORY:
        return lambda folder: _KEPT.setdefault(folder, MemoryHome())
    return lambda folder: open_ledger(url(name, folder, request))
