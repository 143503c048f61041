"""Explaining one deployment: everything that is known of it, gathered by reading alone.

recall ─ observe ─ plan (for it and what it depends on) ─ who moved it ─ how far its training data are ─ past runs
"""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from reconciler.core.computation import Computation, Stage, stage_of
from reconciler.core.events import Planned
from reconciler.core.explanation.story import Sources, stories
from reconciler.core.explanation.whole import Circumstances, Explanation
from reconciler.core.manifest.spec import ABSENT
from reconciler.core.selection import Selection
from reconciler.engine.drift import attributed
from reconciler.engine.observing import look
from reconciler.errors import NotFound, ReconcilerError, UsageError
from reconciler.ports import Computations, Holders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import RunHeader
    from reconciler.core.lease import Lease
    from reconciler.core.manifest.catalog import Catalog, Manifest
    from reconciler.core.plan import Chain
    from reconciler.engine.observing import Outlook
    from reconciler.engine.request import PlanRequest
    from reconciler.engine.tools import Tools

RUNS: Final = 1_000
"""How many past runs are asked for who wrote a field; older ones are told by their id alone."""


async def explain(tools: Tools, catalog: Catalog, request: PlanRequest, name: str) -> Explanation:
    """Return why a deployment is as it is; nothing is written anywhere.

    Args:
        tools: The ports.
        catalog: Desired.
        request: The user's decisions; the selection is this deployment and what it depends on.
        name: Its address, in the catalog or in the ledger.

    Raises:
        UsageError: Neither knows the name.
    """
    manifest = next((each for each in catalog if each.address == name), None)
    if manifest is None:
        _check_known(name, catalog, await tools.ledger.recall(catalog.name))
    else:
        selection = Selection(targets=frozenset({name}))
        request = replace(request, policy=replace(request.policy, selection=selection))
    outlook = await look(tools, catalog, request, explain=True)
    outlook = await _attributed(tools, outlook, name)
    tools.announcer.announce(Planned(outlook.plan))
    return await _explained(tools, outlook, manifest, name)


def _check_known(name: str, catalog: Catalog, applied: Mapping[str, AppliedDeployment]) -> None:
    if name in applied:
        return
    known = sorted({each.address for each in catalog} | applied.keys())
    by_name = next((each.address for each in catalog if each.platform_name == name), None)
    if by_name is not None:
        raise UsageError(
            f"{name!r} is a name on the platform, not in the manifests", hint=f"Say `reconciler explain {by_name}`."
        )
    near = difflib.get_close_matches(name[:100], known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"They know {', '.join(known) or 'nothing'}."
    raise UsageError(f"{name!r} is neither in the manifests nor in the ledger", hint=hint)


async def _attributed(tools: Tools, outlook: Outlook, name: str) -> Outlook:
    chains = [await attributed(tools, each) if each.address == name else each for each in outlook.plan.chains]
    return replace(outlook, plan=replace(outlook.plan, chains=tuple(chains)))


async def _explained(tools: Tools, outlook: Outlook, manifest: Manifest | None, name: str) -> Explanation:
    plan, memory = outlook.plan, outlook.applied.get(name)
    chain = next((each for each in plan.chains if each.address == name), None)
    told = () if manifest is None or chain is None else stories(Sources(manifest, plan, chain, memory))
    return Explanation(
        address=name,
        plan=plan,
        chain=chain,
        manifest=manifest,
        orphan=next((each for each in plan.orphans if each.address == name), None),
        fields=told,
        around=Circumstances(
            memory=memory,
            runs=await _runs(tools, outlook.catalog),
            computation=await _computation(tools, manifest, chain),
            lease=await _lease(tools, outlook.catalog, name),
        ),
    )


async def _runs(tools: Tools, catalog: Catalog) -> dict[str, RunHeader]:
    found = await tools.ledger.runs(catalog.name, RUNS)
    return {each.header.run: each.header for each in found}


async def _lease(tools: Tools, catalog: Catalog, name: str) -> Lease | None:
    """Return the lease in force on a deployment; one that has expired keeps nobody out."""
    known: object = tools.ledger
    if not isinstance(known, Holders):
        return None
    now = datetime.fromisoformat(tools.clock.now())
    found = await known.holders(catalog.name)
    return next((each for each in found if each.address == name and each.expires_at > now), None)


async def _computation(tools: Tools, manifest: Manifest | None, chain: Chain | None) -> Computation | None:
    """Ask how far the declared training data are; `None` where there are none, or where nobody tells."""
    observer, live = tools.observer, None if chain is None else chain.live
    declared = None if manifest is None else manifest.spec.training_data
    if not isinstance(observer, Computations) or live is None or live.id is None or declared in (None, ABSENT):
        return None
    address = "" if manifest is None else manifest.address
    try:
        word = await observer.training_data_status(live.id)
    except NotFound:
        return None
    except ReconcilerError as error:
        return Computation(address, Stage.UNKNOWN, error.message)
    return Computation(address, stage_of(word), word)
