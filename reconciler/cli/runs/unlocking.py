"""`ledger unlock`: the leases of others, shown, broken on purpose, and recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from reconciler.adapters.clock import SystemClock
from reconciler.bootstrap.project import open_project
from reconciler.cli.console import Console
from reconciler.cli.runs.asking import ask
from reconciler.cli.runs.memories import with_ledger
from reconciler.core.journal import RunFinished, RunHeader, RunStarted
from reconciler.engine.journal import run_id
from reconciler.errors import Refused, UsageError
from reconciler.render.amounts import counted
from reconciler.render.lease_text import leases_text
from reconciler.render.spans import line

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reconciler.cli.options import Talk, Where
    from reconciler.cli.runs.memories import Shelf
    from reconciler.core.lease import Lease

_QUESTION: Final = (
    "Break these leases? A run that still lives may have a request on its way. Only yes is taken for a yes: "
)


def run_unlock(talk: Talk, where: Where, names: Collection[str], *, yes: bool) -> int:
    """Break leases, and return 0.

    Raises:
        UsageError: It would ask, and nobody is there to answer; or a name is not held.
        Refused: The answer was no.
    """
    console = Console(talk)
    if not yes and not console.is_interactive:
        raise UsageError(
            "ledger unlock asks before it breaks a lease, and nobody is there to answer",
            hint="Look who holds it (`reconciler ledger show`), then say `reconciler ledger unlock --yes`.",
        )
    actor = open_project().actor

    async def work(shelf: Shelf) -> int:
        found = _chosen(await shelf.leases(), names, shelf.name)
        console.show(leases_text([lease for leases in found.values() for lease in leases], now=datetime.now(UTC)))
        if found and not yes and not await ask(console, _QUESTION):
            raise Refused("the leases were not broken", hint="Nothing was changed.")
        return sum([await _break(shelf, name, leases, actor) for name, leases in found.items()])

    broken = with_ledger(talk, where, work)
    console.show([line(f"Unlocked: {counted(broken, 'deployment')}.")])
    return 0


def _chosen(leases: dict[str, Sequence[Lease]], names: Collection[str], ledger: str) -> dict[str, Sequence[Lease]]:
    held = {lease.address for each in leases.values() for lease in each}
    for name in names:
        if name not in held:
            known = f"Held are {', '.join(sorted(held))}." if held else "Nothing is held."
            raise UsageError(f"nobody holds {name!r}", where=ledger, hint=known)
    chosen = {
        catalog: [lease for lease in each if not names or lease.address in names] for catalog, each in leases.items()
    }
    return {catalog: each for catalog, each in chosen.items() if each}


async def _break(shelf: Shelf, organization: str, leases: Sequence[Lease], actor: str) -> int:
    """Break the leases of one organisation, say so in its journal, and return how many were broken."""
    catalog = shelf.full_name(organization)
    broken = await shelf.home.unlock(catalog, [lease.address for lease in leases])
    at = SystemClock().now()
    reason = "; ".join(f"{lease.address} was held by {lease.holder} (run {lease.run})" for lease in broken)
    header = RunHeader(run_id(at), "unlock", at, actor=actor, reason=reason)
    await shelf.home.append(catalog, [RunStarted(header), RunFinished(header.run, at, 0)])
    return len(broken)
