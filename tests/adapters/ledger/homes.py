"""Every home of the ledger by name, for the contract: a new home is one more line in `_OPENERS`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from reconciler.adapters.ledger.home import Line
from reconciler.adapters.ledger.open import open_ledger
from reconciler.core.codec.journal import entry_to_json
from reconciler.core.codec.reading import write_text
from reconciler.core.lease import Reading, unlock
from tests.adapters.ledger.repositories import a_clone_in, a_repository_in
from tests.fakes.journal import JournalLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    import pytest

    from reconciler.adapters.ledger.home import Home
    from reconciler.core.journal import Entry
    from reconciler.core.lease import Lease
    from tests.adapters.ledger.postgres import Server


class MemoryHome(JournalLedger):
    """The reference: a list. It keeps what the other rooms' tests rely on as honest as the real homes."""

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
        return [Line(n, entry) for n, entry in enumerate(self.entries[catalog], start=1) if n > after]

    async def catalogs(self) -> Sequence[str]:
        return sorted(catalog for catalog, entries in self.entries.items() if entries)

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

_OPENERS: Final[Mapping[str, Callable[[Path], Home]]] = {
    "memory": lambda folder: _KEPT.setdefault(folder, MemoryHome()),
    "git": lambda folder: open_ledger(f"git:?repository={a_clone_in(folder)}"),
    "git without a remote": lambda folder: open_ledger(f"git:?repository={a_repository_in(folder)}"),
    "sqlite": lambda folder: open_ledger(str(folder / "ledger.db")),
}

HOMES: Final = (*sorted(_OPENERS), POSTGRESQL)
"""Every home by name."""


def opener(name: str, request: pytest.FixtureRequest) -> Callable[[Path], Home]:
    """Return how to open a home in a folder of its own; opening it again finds what was written."""
    if name != POSTGRESQL:
        return _OPENERS[name]
    server: Server = request.getfixturevalue("postgres")
    return lambda folder: open_ledger(server.database(folder))
