"""The ledger without a platform: opened by the settings alone, and what it holds of this catalog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.adapters.ledger.location import shown
from reconciler.adapters.ledger.open import open_ledger
from reconciler.bootstrap.project import open_project
from reconciler.cli.arguments import flags_of
from reconciler.cli.runs.logs import configure_logs
from reconciler.cli.runs.running import run
from reconciler.core.retention import continued
from reconciler.errors import UsageError
from reconciler.settings.resolution import catalog_of, ledger_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from typing import TypeVar

    from reconciler.adapters.ledger.home import Home
    from reconciler.cli.options import Talk, Where
    from reconciler.cli.runs.running import Stopping
    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import Entry
    from reconciler.core.lease import Lease
    from reconciler.core.retention import Baseline

    T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Memory:
    """What the ledger holds of one catalog in one organisation.

    Attributes:
        catalog: Name of the catalog.
        organization: Id of the organisation.
        entries: The journal, oldest first.
        baseline: What stands for pruned entries before it, if any were.
    """

    catalog: str
    organization: str
    entries: tuple[Entry, ...]
    baseline: Baseline | None = None

    def applied(self, entries: Iterable[Entry] | None = None) -> dict[str, AppliedDeployment]:
        """Return what is applied by address, or what was after the first of the entries."""
        return continued(self.baseline, self.entries if entries is None else entries).view()


@dataclass(frozen=True, slots=True)
class Shelf:
    """A ledger that a verb works with.

    Attributes:
        home: The ledger.
        name: What people call it; without secrets.
        catalog: The catalog of this project.
        organization: The one that was asked for, by id; `None` for all.
    """

    home: Home
    name: str
    catalog: str
    organization: str | None

    async def memories(self) -> list[Memory]:
        """Return what the ledger holds of this catalog, by organisation. Raises UsageError for one it does not know."""
        names = [name for name in await self.home.catalogs() if name.rpartition(_AT)[0] == self.catalog]
        known = {name.rpartition(_AT)[2]: name for name in names}
        if self.organization is not None and self.organization not in known:
            raise UsageError(
                f"the ledger knows no organisation {self.organization!r} of catalog {self.catalog!r}",
                where=self.name,
                hint=f"It knows {', '.join(known) or 'none'}; the ledger has only their ids.",
            )
        wanted = [name for name in known if self.organization in (None, name)]
        return [await self._memory(each, known[each]) for each in wanted]

    async def leases(self) -> dict[str, Sequence[Lease]]:
        """Return who holds what of this catalog, by organisation, expired leases too."""
        found = {name: leases for name, leases in (await self.home.held()).items() if leases}
        ours = {
            name.rpartition(_AT)[2]: found[name] for name in sorted(found) if name.rpartition(_AT)[0] == self.catalog
        }
        return {name: leases for name, leases in ours.items() if self.organization in (None, name)}

    def full_name(self, organization: str) -> str:
        """Return what the ledger calls the memory of this catalog in an organisation."""
        return f"{self.catalog}{_AT}{organization}"

    async def _memory(self, organization: str, name: str) -> Memory:
        lines = await self.home.lines(name)
        baseline = await self.home.baseline(name)
        # Somebody may prune between the two; what is behind the later baseline is the same in either reading.
        first = 0 if baseline is None else baseline.sequence
        return Memory(
            self.catalog, organization, tuple(line.entry for line in lines if line.sequence > first), baseline
        )


_AT: Final = "@"
"""What `bootstrap.memory` puts between a catalog and its organisation."""


def with_ledger(talk: Talk, where: Where, work: Callable[[Shelf], Awaitable[T]]) -> T:
    """Open the ledger that the settings name, let `work` use it, and close it.

    Raises:
        ReconcilerError: as settings and ledger say.
    """
    configure_logs(talk)
    sources = open_project().sources(flags_of(where))
    choice, catalog = ledger_of(sources), catalog_of(sources)

    async def opened(_: Stopping) -> T:
        async with open_ledger(choice.url) as home:
            return await work(Shelf(home, shown(choice.url), catalog, where.organization))

    return run(opened, timeout=where.timeout)
