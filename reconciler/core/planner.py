"""The planner: desired, live and applied in, one frozen Plan out; pure, and the same for the same input in any order.

match ─▶ aspects ─▶ arming ─▶ guards ─▶ order ─▶ number ─▶ Plan
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from reconciler.core import arming, guard
from reconciler.core.actions import CreateDeployment, RenameDeployment
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
from reconciler.core.diff import DriftClass
from reconciler.core.gap import NO_GAP, Gap
from reconciler.core.hold import hold
from reconciler.core.identity import Match, match, register
from reconciler.core.live import BLANK, FIELDS
from reconciler.core.numbering import Draft, number
from reconciler.core.order import ordered
from reconciler.core.plan import Chain, Intent, Observed, Options, Orphan, Plan, Target
from reconciler.core.refusal import Refusal, Scope
from reconciler.core.selection import EVERYTHING, Selection, selected
from reconciler.core.unreported import UNREPORTED
from reconciler.core.view import View

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

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
    """

    selection: Selection = EVERYTHING
    reassert: frozenset[str] = frozenset()
    prune: bool = False
    environment: str = ""

    @property
    def options(self) -> Options:
        """What a saved plan has to remember of it."""
        return Options(
            targets=tuple(sorted(self.selection.targets)),
            excludes=tuple(sorted(self.selection.excludes)),
            reassert=tuple(sorted(self.reassert)),
            prune=self.prune,
        )


def plan(catalog: Catalog, snapshot: Snapshot, applied: Mapping[str, AppliedDeployment], policy: PlanPolicy) -> Plan:
    """Return everything that has to be done, why, and why not."""
    known = register(snapshot, catalog, applied)
    drafts = []
    for manifest in selected(catalog, policy.selection):
        found = match(manifest, known, applied.get(manifest.address))
        drafts.append(_draft(manifest, found, _Context(snapshot, applied, policy)))
    drafts = _refuse_taken_names(drafts, known.by_name.keys())
    chains, steps = number(_propagate(drafts, {manifest.address: manifest for manifest in catalog}))
    return Plan(
        catalog=catalog.name,
        source=catalog.source,
        target=Target(policy.environment, snapshot.endpoint, snapshot.organization.id, snapshot.organization.label),
        observed=Observed(snapshot.complete, snapshot.observed_at, snapshot.requests, snapshot.capabilities),
        chains=chains,
        steps=steps,
        risks=tuple(risk for draft in drafts for risk in draft.risks),
        orphans=_orphans(catalog, snapshot, applied),
        options=policy.options,
    )


@dataclass(frozen=True, slots=True)
class _Context:
    snapshot: Snapshot
    applied: Mapping[str, AppliedDeployment]
    policy: PlanPolicy


def _draft(manifest: Manifest, found: Match, context: _Context) -> Draft:
    if found.refusal is not None:
        return Draft(_chain(manifest, found, Gap(refusals=(found.refusal,))), ())
    view = _view(manifest, found, context)
    gap = NO_GAP
    for aspect in ASPECTS:
        gap += aspect.gap(view)
    gap += _armed(view, gap)
    gap += Gap(refusals=guard.refusals(view, gap))
    gap += _held(manifest, gap, context)
    gap = _gone(gap) if _was_there(found, context.applied.get(manifest.address)) else gap
    moves = () if _stops(gap) else ordered(gap.moves)
    chain = _chain(manifest, found, gap)
    chain = replace(chain, intent=_intent(moves))
    return Draft(chain, moves, guard.risks(view, gap) if moves else ())


def _armed(view: View, gap: Gap) -> Gap:
    """Add the switches; where the deployment is refused anyway, what they would need is of no interest."""
    switches = arming.gap(view, gap.moves)
    return replace(switches, refusals=()) if _stops(gap) else switches


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
    )


def _refuse_taken_names(drafts: list[Draft], live_names: AbstractSet[str]) -> list[Draft]:
    """Refuse to take a live name that this plan does not free: whoever has it was to be renamed and is refused."""
    freed = {draft.chain.previous_name for draft in drafts if any(map(_is_rename, draft.moves))}
    return [_name_taken(draft) if _taken(draft) & (live_names - freed) else draft for draft in drafts]


def _is_rename(move: Move) -> bool:
    return isinstance(move.action, RenameDeployment)


def _taken(draft: Draft) -> set[str]:
    actions = [move.action for move in draft.moves]
    return {action.name for action in actions if isinstance(action, CreateDeployment | RenameDeployment)}


def _name_taken(draft: Draft) -> Draft:
    refusal = Refusal(
        "name-taken",
        Scope.DEPLOYMENT,
        draft.chain.address,
        f"the name {draft.chain.name} is taken by a live deployment that this plan does not rename",
        "Mend what keeps that deployment from being renamed, or choose another name.",
        "name",
        draft.chain.origin,
    )
    chain = replace(draft.chain, refusals=(*draft.chain.refusals, refusal), intent=Intent.NONE)
    return Draft(chain, (), ())


def _propagate(drafts: list[Draft], manifests: Mapping[str, Manifest]) -> list[Draft]:
    """Refuse what depends on something that is refused, however far down."""
    by_address = {draft.chain.address: draft for draft in drafts}
    refused = {address for address, draft in by_address.items() if draft.is_refused}
    changed = True
    while changed:
        changed = False
        for address, draft in by_address.items():
            cause = next((name for name in draft.chain.depends_on if name in refused), None)
            if cause is not None and address not in refused:
                by_address[address] = _refused_by(draft, cause, manifests[address])
                refused.add(address)
                changed = True
    return [by_address[draft.chain.address] for draft in drafts]


def _refused_by(draft: Draft, cause: str, manifest: Manifest) -> Draft:
    if not draft.moves:
        return draft
    refusal = Refusal(
        "dependency-refused",
        Scope.DEPLOYMENT,
        draft.chain.address,
        f"it depends on {cause}, which is refused",
        f"Mend {cause} first.",
        "dependsOn",
        manifest.origin("dependsOn"),
    )
    chain = replace(draft.chain, refusals=(*draft.chain.refusals, refusal), intent=Intent.NONE)
    return Draft(chain, (), ())


def _orphans(catalog: Catalog, snapshot: Snapshot, applied: Mapping[str, AppliedDeployment]) -> tuple[Orphan, ...]:
    declared = {manifest.address for manifest in catalog}
    live = {item.id: item for item in snapshot.deployments}
    found = []
    for address in sorted(applied.keys() - declared):
        memory = applied[address]
        if memory.values.id in live and memory.values.id is not None:
            name = live[memory.values.id].name
            found.append(Orphan(address, memory.values.id, str(name), memory.on_removal))
    return tuple(found)
