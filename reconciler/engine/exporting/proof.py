"""The proof that an export is right: a plan of what was drafted, with nothing remembered, has nothing to do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.diff import Decision
from reconciler.core.manifest.canonical import digest_of
from reconciler.core.manifest.catalog import Catalog, Source
from reconciler.core.planner import PlanPolicy, plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.core.live import Snapshot
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.plan import Chain
    from reconciler.core.references import Missing, Reference, Resolved


def objections(
    manifests: Sequence[Manifest], seen: Snapshot, references: Mapping[Reference, Resolved | Missing]
) -> dict[str, str]:
    """Return why manifests would not plan to zero, as a clause by address; those that would are left out.

    A field that nobody reports is held, and does not count: nothing is written for it.
    """
    catalog = Catalog("export", tuple(manifests), Source((), digest_of(manifests)))
    made = plan(catalog, replace(seen, references=references), {}, PlanPolicy())
    told = {chain.address: _objection(chain) for chain in made.chains}
    return {address: why for address, why in told.items() if why}


def _objection(chain: Chain) -> str:
    if chain.refusals:
        return chain.refusals[0].message
    moved = sorted({change.field for change in chain.changes if change.decision is not Decision.HOLD})
    return f"a plan of it would still differ in {', '.join(moved)}" if moved else ""
