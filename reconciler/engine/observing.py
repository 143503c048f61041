"""Looking at the world for a plan: what to ask for, one look before, cheap second looks, and putting them together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from reconciler.core.events import PhaseStarted
from reconciler.core.manifest.spec import ABSENT
from reconciler.core.planner import plan
from reconciler.core.references import model_version
from reconciler.core.selection import selected
from reconciler.core.wants import declared_paths, references_of
from reconciler.ports import Scope, Subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.live import Snapshot
    from reconciler.core.manifest.catalog import Catalog, Manifest
    from reconciler.core.plan import Plan
    from reconciler.core.references import Reference
    from reconciler.engine.request import PlanRequest
    from reconciler.engine.tools import Tools

FEW: Final = 10
"""Up to so many deployments are found one by one when looked at again; a listing costs less for more."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """A plan together with what it was made from.

    Attributes:
        catalog: Desired.
        request: The user's decisions.
        snapshot: Live.
        applied: Our memory, by address.
        plan: What follows.
    """

    catalog: Catalog
    request: PlanRequest
    snapshot: Snapshot
    applied: Mapping[str, AppliedDeployment]
    plan: Plan

    @property
    def manifests(self) -> dict[str, Manifest]:
        """The manifests by address."""
        return {manifest.address: manifest for manifest in self.catalog}

    @property
    def touched(self) -> tuple[str, ...]:
        """The addresses that have steps, in order."""
        return tuple(chain.address for chain in self.plan.chains if chain.steps)


async def look(tools: Tools, catalog: Catalog, request: PlanRequest, *, explain: bool = False) -> Outlook:
    """Recall, observe and plan; nothing is written anywhere."""
    tools.announcer.announce(PhaseStarted("observe", len(catalog)))
    applied = await tools.ledger.recall(catalog.name)
    snapshot = await tools.observer.observe(_scope(catalog, request, applied, explain=explain))
    tools.announcer.announce(PhaseStarted("plan", len(catalog)))
    return judged(catalog, request, snapshot, applied)


def judged(
    catalog: Catalog, request: PlanRequest, snapshot: Snapshot, applied: Mapping[str, AppliedDeployment]
) -> Outlook:
    """Plan on what is known."""
    return Outlook(catalog, request, snapshot, applied, plan(catalog, snapshot, applied, request.policy))


async def look_again(tools: Tools, outlook: Outlook, ids: Mapping[str, str | None]) -> Snapshot:
    """Observe afresh the deployments that the plan has steps for.

    Args:
        tools: The ports.
        outlook: What was seen and planned.
        ids: Address to deployment id, as known by now.

    Returns:
        What is live now; complete only if it was cheaper to list everything.
    """
    manifests = outlook.manifests
    subjects = tuple(
        _subject(manifests[name], ids.get(name)) if name in manifests else Subject(name, (), ids.get(name))
        for name in outlook.touched
    )
    whole = outlook.request.lists and len(subjects) > FEW
    return await tools.observer.observe(Scope(subjects, frozenset(), whole=whole))


def updated(before: Snapshot, again: Snapshot, looked_for: Collection[str | None]) -> Snapshot:
    """Return the first snapshot with what a second look found, and without what it looked for in vain.

    Args:
        before: The first look, with details of every deployment of the catalog.
        again: The second; a listing tells little of deployments it was not asked about, so those stay as they were.
        looked_for: The ids it was asked about.
    """
    known = {live.id for live in before.deployments}
    kept = tuple(live for live in before.deployments if live.id not in looked_for)
    found = tuple(live for live in again.deployments if live.id in looked_for or live.id not in known)
    unread = tuple(item for item in before.unreadable if item.id not in looked_for)
    still_unread = tuple(item for item in again.unreadable if item.id in looked_for or item.id not in known)
    return replace(
        before,
        deployments=kept + found,
        unreadable=unread + still_unread,
        requests=again.requests,
        observed_at=again.observed_at,
    )


def _scope(catalog: Catalog, request: PlanRequest, applied: Mapping[str, AppliedDeployment], *, explain: bool) -> Scope:
    manifests = selected(catalog, request.policy.selection)
    subjects = tuple(_subject(manifest, _known_id(applied.get(manifest.address))) for manifest in manifests)
    return Scope(
        (*subjects, *_gone(catalog, request, applied)),
        references_of(manifests),
        whole=request.lists,
        explain=explain,
        trained_on=frozenset(_compared_champions(manifests)),
    )


def _gone(catalog: Catalog, request: PlanRequest, applied: Mapping[str, AppliedDeployment]) -> Iterator[Subject]:
    """Yield what is gone from the manifests, where its absence from the list has consequences and so has to be sure."""
    if request.lists and request.policy.whole and request.policy.prune:
        declared = {manifest.address for manifest in catalog}
        for address in sorted(applied.keys() - declared):
            if (known := applied[address].values.id) is not None:
                yield Subject(address, (), known)


def _compared_champions(manifests: Iterable[Manifest]) -> Iterator[Reference]:
    """Yield the champions whose own training data a guard compares with the declared reference."""
    for manifest in manifests:
        declared = manifest.spec.training_data
        if declared is not None and declared is not ABSENT and "trainingData" in declared_paths(manifest):
            yield model_version(manifest.spec.models.champion)


def _subject(manifest: Manifest, known: str | None) -> Subject:
    names = tuple(name for name in (manifest.platform_name, manifest.spec.renamed_from) if name is not None)
    return Subject(manifest.address, names, known, declared_paths(manifest))


def _known_id(applied: AppliedDeployment | None) -> str | None:
    return None if applied is None else applied.values.id
