"""What `explain` says of every deployment of a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.explanation.story import Sources, stories
from reconciler.core.explanation.whole import Circumstances, Explanation
from reconciler.core.journal import RunHeader
from reconciler.render.explain_text import explain_text
from reconciler.render.spans import plain

if TYPE_CHECKING:
    from reconciler.core.plan import Plan
    from tests.scenarios.telling import Tale

RUNS = {"an-earlier-run": RunHeader("an-earlier-run", "apply", "2026-10-01T00:00:00Z", actor="ada")}


def explained(tale: Tale, plan: Plan) -> str:
    """Return the explanations of everything that is declared or left over, one below the other."""
    addresses = sorted({chain.address for chain in plan.chains} | {orphan.address for orphan in plan.orphans})
    return "\n".join(_explained(tale, plan, address) for address in addresses)


def _explained(tale: Tale, plan: Plan, address: str) -> str:
    memory = tale.world.memory.view().get(address)
    manifest = next((each for each in tale.world.catalog if each.address == address), None)
    chain = next((each for each in plan.chains if each.address == address), None)
    orphan = next((each for each in plan.orphans if each.address == address), None)
    told = () if manifest is None or chain is None else stories(Sources(manifest, plan, chain, memory))
    around = Circumstances(memory, RUNS)
    return plain(explain_text(Explanation(address, plan, chain, manifest, orphan, told, around)))
