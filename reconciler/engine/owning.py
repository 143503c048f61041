"""Taking deployments into our ownership, or dropping them from it: the ledger is written, the platform is not.

adopt     recall ─ observe ─ plan ─ record what is declared and cannot be read ─ plan again
forget    recall ─ record
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.core.adoption import Adoption, Forgot, adoption, forgot
from reconciler.core.applied import same_life
from reconciler.core.journal import Forgotten, RunFinished, RunStarted
from reconciler.core.management import CAPABILITY, recorded_owner
from reconciler.engine.journal import Journal
from reconciler.engine.memory import remembering, settled
from reconciler.engine.observing import judged, look
from reconciler.errors import PlatformUnavailable, Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import Entry
    from reconciler.core.live import LiveDeployment
    from reconciler.core.manifest.catalog import Catalog
    from reconciler.core.plan import Chain, Plan
    from reconciler.engine.observing import Outlook
    from reconciler.engine.request import PlanRequest
    from reconciler.engine.tools import Tools


@dataclass(frozen=True, slots=True)
class Adopted:
    """What an adoption came to.

    Attributes:
        plan: As planned with the new records; it holds nothing of what was taken.
        adoptions: One per name, by address.
        run: Id in the ledger; empty where everything was recorded already.
    """

    plan: Plan
    adoptions: tuple[Adoption, ...]
    run: str = ""


async def adopt(tools: Tools, catalog: Catalog, request: PlanRequest, names: Collection[str]) -> Adopted:
    """Record what manifests declare as applied, without a write to the platform.

    Args:
        tools: The ports.
        catalog: Desired.
        request: On whose behalf; its selection holds the names.
        names: Addresses of the catalog.

    Raises:
        Refused: One of them is not on the platform, or nobody can tell which deployment it is. Nothing was recorded.
        PlatformUnavailable: One of them cannot be read. Nothing was recorded.
        LedgerError: It could not be recorded.
    """
    outlook = await look(tools, catalog, request)
    adoptions = tuple(_adoption(outlook, chain) for chain in outlook.plan.chains if chain.address in names)
    journal = Journal(tools, catalog, request, command="adopt")
    recorded = replace(outlook.plan, chains=tuple(each.recorded for each in adoptions))
    entries: list[Entry] = [
        *_ended_lives(outlook, adoptions, journal),
        *settled(recorded, outlook.applied, journal.stamp()),
    ]
    if not entries:
        return Adopted(outlook.plan, adoptions)
    await _record(tools, catalog, journal, entries)
    after = judged(catalog, request, outlook.snapshot, remembering(outlook.applied, [*journal.entries, *entries]))
    return Adopted(after.plan, adoptions, journal.run)


def _adoption(outlook: Outlook, chain: Chain) -> Adoption:
    if chain.live is not None:
        found = adoption(chain, chain.live, outlook.manifests[chain.address])
        return replace(found, owner=_owner(outlook, chain.address, chain.live))
    for refusal in chain.refusals:
        kind = PlatformUnavailable if refusal.code == "unreadable" else Refused
        raise kind(f"{chain.address} cannot be adopted: {refusal.message}", hint=refusal.hint)
    raise Refused(
        f"{chain.address} cannot be adopted: the platform has no deployment of the name {chain.name!r}",
        where=None if chain.origin is None else str(chain.origin),
        hint="Declare the name that it has there as `spec.name`, or let `reconciler apply` create it.",
    )


def _owner(outlook: Outlook, address: str, live: LiveDeployment) -> tuple[str, ...]:
    """Return what is recorded of who managed it, where the platform shows that to people."""
    if CAPABILITY not in outlook.snapshot.capabilities:
        return ()
    known = outlook.applied.get(address)
    memory = known if known is not None and same_life(known, live.id) else None
    return recorded_owner(live, memory, outlook.catalog.name)


def _ended_lives(outlook: Outlook, adoptions: Iterable[Adoption], journal: Journal) -> Iterator[Forgotten]:
    """Drop what is remembered of another deployment that had the address before: none of it is true of this one."""
    for each in adoptions:
        known = outlook.applied.get(each.chain.address)
        if known is not None and known.values.id not in (None, each.live.id):
            yield Forgotten(journal.run, journal.now(), each.chain.address)


async def _record(tools: Tools, catalog: Catalog, journal: Journal, entries: Sequence[Entry]) -> None:
    end = RunFinished(journal.run, journal.now(), 0)
    await tools.ledger.append(catalog.name, (RunStarted(journal.header), *entries, end))


async def forget(tools: Tools, catalog: Catalog, request: PlanRequest, names: Collection[str]) -> tuple[Forgot, ...]:
    """Drop deployments from our ownership, without a write to the platform; what is live stays as it is.

    Args:
        tools: The ports; the platform is not looked at.
        catalog: Desired, as far as it still declares anything.
        request: On whose behalf.
        names: Addresses, also of deployments that the catalog no longer declares.

    Raises:
        UsageError: The ledger has no record of a name. Nothing was forgotten.
        LedgerError: It could not be recorded.
    """
    applied = await tools.ledger.recall(catalog.name)
    _check_known(names, applied, catalog)
    declared = {manifest.address for manifest in catalog}
    journal = Journal(tools, catalog, request, command="forget")
    forgotten = [forgot(applied[name], declared=name in declared) for name in sorted(set(names))]
    entries = [Forgotten(journal.run, journal.now(), each.address) for each in forgotten]
    await _record(tools, catalog, journal, entries)
    return tuple(forgotten)


def _check_known(names: Collection[str], applied: Mapping[str, AppliedDeployment], catalog: Catalog) -> None:
    declared = {manifest.address for manifest in catalog}
    for name in names:
        if name not in applied:
            near = difflib.get_close_matches(name[:100], applied.keys(), n=1)
            known = "it is declared and was never applied or adopted" if name in declared else "nothing is known of it"
            hint = (
                f"Did you mean {near[0]}?" if near else f"The ledger knows {', '.join(sorted(applied)) or 'nothing'}."
            )
            raise UsageError(f"{name!r} is not in the ledger: {known}", hint=hint)
