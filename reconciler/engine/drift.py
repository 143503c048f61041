"""Drift: what moved on the platform, by whom where it tells, and a record of every time we looked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.events import Planned
from reconciler.core.journal import DriftSeen, RunFinished, RunStarted
from reconciler.engine.convergence import exit_code_of_drift
from reconciler.engine.journal import Journal
from reconciler.engine.observing import look
from reconciler.errors import ReconcilerError
from reconciler.ports import Historian

if TYPE_CHECKING:
    from reconciler.core.diff import FieldChange
    from reconciler.core.manifest.catalog import Catalog
    from reconciler.core.plan import Chain, Plan
    from reconciler.engine.request import PlanRequest
    from reconciler.engine.tools import Tools

_MODELS = frozenset({"models.champion", "models.shadow"})


async def drift(tools: Tools, catalog: Catalog, request: PlanRequest) -> Plan:
    """Return the plan with the class of every difference and, for model slots, who moved it; never writes outside.

    Every run is recorded, a clean one too: that is the heartbeat. Deployments without an entry were in sync.

    Raises:
        LedgerError: The run could not be recorded (the plan was announced before).
    """
    outlook = await look(tools, catalog, request, explain=True)
    chains = [await attributed(tools, chain) for chain in outlook.plan.chains]
    plan = replace(outlook.plan, chains=tuple(chains))
    tools.announcer.announce(Planned(plan))
    await _record(tools, catalog, request, plan)
    return plan


async def attributed(tools: Tools, chain: Chain) -> Chain:
    """Return a chain whose drifted model slots say who moved them, where the platform tells."""
    changes = [await _attributed(tools, chain, change) for change in chain.changes]
    return replace(chain, changes=tuple(changes))


async def _attributed(tools: Tools, chain: Chain, change: FieldChange) -> FieldChange:
    historian = tools.observer
    known = None if chain.live is None else chain.live.id
    if not (isinstance(historian, Historian) and change.drift.is_drift and change.field in _MODELS and known):
        return change
    try:
        mover = await historian.who_moved(known, change.field)
    except ReconcilerError:
        # Who it was is a courtesy; that it moved is the news.
        return change
    return replace(change, moved_by=mover or "")


async def _record(tools: Tools, catalog: Catalog, request: PlanRequest, plan: Plan) -> None:
    journal = Journal(tools, catalog, request, command="drift")
    seen = [
        DriftSeen(journal.run, journal.now(), chain.address, fields)
        for chain in plan.chains
        if (fields := tuple((change.path, change.drift.value) for change in chain.changes if change.drift.is_drift))
    ]
    end = RunFinished(journal.run, journal.now(), exit_code_of_drift(plan))
    await tools.ledger.append(catalog.name, (RunStarted(journal.header), *seen, end))
