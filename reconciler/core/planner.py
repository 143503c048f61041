"""The planner: desired, live and applied in, one frozen Plan out; pure, and the same for the same input in any order.

match ─▶ aspects ─▶ arming ─▶ guards ─▶ management ─▶ order ─┐
                                  what is gone: removal ─────┴▶ relations ─▶ number ─▶ caps ─▶ Plan
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from reconciler.core import arming, guard, management
from reconciler.core.actions import CreateDeployment, RecordManagement
from reconciler.core.applied import Belief, Standing, believe
from reconciler.core.aspects import (
    continuous_deployment,
    continuous_training,
    existence,
    feedback_loop,
    models,
    settings,
    tags,
    training_data,
)
from reconciler.core.blast_radius import Caps, Extent, assess
from reconciler.core.diff import DriftClass
from reconciler.core.gap import NO_GAP, Gap
from reconciler.core.hold import hold
from reconciler.core.identity import Match, match, register
from reconciler.core.live import BLANK, FIELDS
from reconciler.core.numbering import Draft, number
from reconciler.core.order import ordered
from reconciler.core.plan import Chain, Intent, Observed, Options, Plan, Target
from reconciler.core.refusal import Scope
from reconciler.core.relations import related
from reconciler.core.removal import Inventory, removal
from reconciler.core.selection import EVERYTHING, Selection, selected
from reconciler.core.unreported import UNREPORTED
from reconciler.core.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.gap import Move
    from reconciler.core.live import Snapshot
    from reconciler.core.manifest.catalog import Catalog, Manifest

ASPECTS: Final = (
    existence,
    settings,
    models,
    tags,
    training_data,
    feedback_loop,
    continuous_deployment,
    continuous_training,
)
"""Every aspect, in the order in which plans show their fields."""


@dataclass(frozen=True, slots=True)
class PlanPolicy:
    """What the user decided for this run.

    Attributes:
        selection: Which deployments it is about.
        reassert: Field paths to write although they are held or assumed.
        prune: Whether to remove what the catalog no longer declares.
        environment: Name of the environment, for people.
        whole: Whether the manifests are the whole catalog: if not, nobody can tell what is gone from it.
        force: Why the plan is meant although it takes much away at once; empty for no.
        caps: How much a plan may take away without that.
    """

    selection: Selection = EVERYTHING
    reassert: frozenset[str] = frozenset()
    prune: bool = False
    environment: str = ""
    whole: bool = True
    force: str = ""
    caps: Caps = field(default_factory=Caps)

    @property
    def options(self) -> Options:
        """What a saved plan has to remember of it."""
        return Options(
            targets=tuple(sorted(self.selection.targets)),
            excludes=tuple(sorted(self.selection.excludes)),
            reassert=tuple(sorted(self.reassert)),
            prune=self.prune,
            force=self.force,
        )


def plan(catalog: Catalog, snapshot: Snapshot, applied: Mapping[str, AppliedDeployment], policy: PlanPolicy) -> Plan:
    """Return everything that has to be done, why, and why not."""
    known = register(snapshot, catalog, applied)
    context = _Context(catalog, snapshot, applied, policy)
    drafts = [
        _draft(manifest, match(manifest, known, applied.get(manifest.address)), context)
        for manifest in selected(catalog, policy.selection)
    ]
    kept = related(drafts, known.by_name.keys(), {manifest.address: manifest for manifest in catalog})
    gone = removal(_inventory(catalog, kept, context), prune=policy.prune)
    everything = (*kept, *gone.drafts)
    verdict = assess(everything, _extent(catalog, kept, context), policy.caps, force=policy.force)
    chains, steps = number(everything)
    return Plan(
        catalog=catalog.name,
        source=catalog.source,
        target=Target(policy.environment, snapshot.endpoint, snapshot.organization.id, snapshot.organization.label),
        observed=Observed(snapshot.complete, snapshot.observed_at, snapshot.requests, snapshot.capabilities),
        chains=chains,
        steps=steps,
        refusals=gone.refusals + verdict.refusals,
        risks=verdict.risks + tuple(risk for draft in everything for risk in draft.risks),
        orphans=gone.orphans,
        options=policy.options,
    )


@dataclass(frozen=True, slots=True)
class _Context:
    catalog: Catalog
    snapshot: Snapshot
    applied: Mapping[str, AppliedDeployment]
    policy: PlanPolicy


def _inventory(catalog: Catalog, drafts: Iterable[Draft], context: _Context) -> Inventory:
    lives = [(draft.chain.address, draft.chain.live) for draft in drafts]
    return Inventory(
        catalog=catalog,
        snapshot=context.snapshot,
        applied=context.applied,
        owners={live.id: address for address, live in lives if live is not None and live.id is not None},
        whole=context.policy.whole,
        selected=not context.policy.selection.whole,
    )


def _extent(catalog: Catalog, drafts: Iterable[Draft], context: _Context) -> Extent:
    matched = {draft.chain.address for draft in drafts if draft.chain.live is not None}
    recorded = {address for address, known in context.applied.items() if known.owned}
    return Extent(recorded, matched, {manifest.address for manifest in catalog}, context.snapshot.titles)


def _draft(manifest: Manifest, found: Match, context: _Context) -> Draft:
    if found.refusal is not None:
        return Draft(_chain(manifest, found, Gap(refusals=(found.refusal,))), ())
    view = _view(manifest, found, context)
    gap = NO_GAP
    for aspect in ASPECTS:
        gap += aspect.gap(view)
    gap += _armed(view, gap)
    gap += Gap(refusals=guard.refusals(view, gap))
    gap += NO_GAP if _stops(gap) else management.gap(view, gap)
    gap += _held(manifest, gap, context)
    gap = _gone(gap) if _was_there(found, context.applied.get(manifest.address)) else gap
    moves = () if _stops(gap) else ordered(gap.moves)
    chain = _chain(manifest, found, gap)
    chain = replace(chain, intent=_intent(moves), owner_change=_owner_change(view, moves))
    risks = guard.risks(view, gap) if moves else () if _stops(gap) else guard.lasting(view)
    return Draft(chain, moves, risks)


def _armed(view: View, gap: Gap) -> Gap:
    """Add the switches; where the deployment is refused anyway, what they would need is of no interest."""
    switches = arming.gap(view, gap.moves)
    return replace(switches, refusals=()) if _stops(gap) else switches


def _owner_change(view: View, moves: tuple[Move, ...]) -> str:
    """Return why the platform is told who manages it, where that is all there is to do."""
    alone = bool(moves) and all(isinstance(move.action, RecordManagement) for move in moves)
    return management.reason(view) if alone else ""


def _stops(gap: Gap) -> bool:
    return any(refusal.scope is not Scope.STEP for refusal in gap.refusals)


def _was_there(found: Match, applied: AppliedDeployment | None) -> bool:
    """Tell whether a deployment that has to be created is one that we had applied: somebody removed it."""
    return found.live is None and applied is not None and applied.values.id is not None and applied.certain("name")


def _gone(gap: Gap) -> Gap:
    changes = (
        replace(change, drift=DriftClass.DRIFTED) if change.field == "name" else change for change in gap.changes
    )
    return replace(gap, changes=tuple(changes))


def _held(manifest: Manifest, gap: Gap, context: _Context) -> Gap:
    refusal = hold(manifest, context.snapshot.observed_at) if gap.moves else None
    return NO_GAP if refusal is None else Gap(refusals=(refusal,))


def _view(manifest: Manifest, found: Match, context: _Context) -> View:
    applied = context.applied.get(manifest.address)
    if found.live is None:
        return _view_of_nothing(manifest, context)
    return View(
        manifest=manifest,
        live=found.live,
        belief=believe(found.live, _same_life(applied, found.live.id)),
        applied=_same_life(applied, found.live.id),
        references=context.snapshot.references,
        capabilities=context.snapshot.capabilities,
        claim=management.claim_of(manifest, context.catalog),
        reassert=context.policy.reassert,
    )


def _same_life(applied: AppliedDeployment | None, live_id: str | None) -> AppliedDeployment | None:
    """Return our memory unless it is of another deployment that had this address before."""
    if applied is None or applied.values.id in (None, live_id):
        return applied
    return None


def _view_of_nothing(manifest: Manifest, context: _Context) -> View:
    references = context.snapshot.references
    created = existence.creation(manifest, references).effect(BLANK)
    standings = {
        item.path: Standing.DOUBTFUL if item.of(created) is UNREPORTED else Standing.REPORTED for item in FIELDS
    }
    return View(
        manifest=manifest,
        live=None,
        belief=Belief(created, standings),
        applied=None,
        references=references,
        capabilities=context.snapshot.capabilities,
        claim=management.claim_of(manifest, context.catalog),
        reassert=context.policy.reassert,
    )


def _intent(moves: tuple[Move, ...]) -> Intent:
    if not moves:
        return Intent.NONE
    return Intent.CREATE if any(isinstance(move.action, CreateDeployment) for move in moves) else Intent.CHANGE


def _chain(manifest: Manifest, found: Match, gap: Gap) -> Chain:
    live_name = UNREPORTED if found.live is None else found.live.name
    renamed = live_name is not UNREPORTED and live_name != manifest.platform_name
    return Chain(
        address=manifest.address,
        name=manifest.platform_name,
        intent=Intent.NONE,
        live=found.live,
        origin=manifest.origin(""),
        previous_name=str(live_name) if renamed else "",
        changes=gap.changes,
        refusals=gap.refusals,
        assumed=gap.assumed,
        settled=gap.settled,
        unchanged=gap.unchanged,
        depends_on=manifest.spec.depends_on,
        note=found.note,
        on_removal=manifest.spec.lifecycle.on_removal.value,
        prevent_destroy=manifest.spec.lifecycle.prevent_destroy,
        force_delete=manifest.spec.lifecycle.force_delete,
    )
