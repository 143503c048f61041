"""What becomes of deployments that are gone from the manifests: deleted, forgotten, or left alone, and why.

A deletion needs all of these; each alone prevents it (design, section 8):

    asked for   --prune, with every manifest of the catalog, no selection, and a complete list of what is live
    wanted      the last applied manifest says `onRemoval: Delete`, and not `preventDestroy`
    ours        the ledger is certain of the id, and no manifest, no other record and no other catalog has that id
    clear       it is live, nothing else that is live or declared has its name, and all of the catalog could be read

What is gone from the platform too, or belongs to another manifest by now, is only forgotten.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.core.actions import DeleteDeployment
from reconciler.core.gap import Move
from reconciler.core.management import other_manager
from reconciler.core.manifest.spec import OnRemoval
from reconciler.core.numbering import Draft
from reconciler.core.plan import Chain, Intent, Kept, Orphan, Risk
from reconciler.core.refusal import Refusal, Scope
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.live import LiveDeployment, Snapshot, Unreadable
    from reconciler.core.manifest.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Inventory:
    """What there is to compare.

    Attributes:
        catalog: Desired.
        snapshot: Live.
        applied: Our memory, by address.
        owners: Live id → the address whose manifest was matched to it.
        whole: Whether the catalog holds every manifest; if not, nobody can tell what is gone from it.
        selected: Whether the user selected a part of it.
    """

    catalog: Catalog
    snapshot: Snapshot
    applied: Mapping[str, AppliedDeployment]
    owners: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """What becomes of what is gone from the manifests.

    Attributes:
        drafts: Chains that delete or forget.
        orphans: What is left alone.
        refusals: Why something that should be deleted is not.
    """

    drafts: tuple[Draft, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def removal(inventory: Inventory, *, prune: bool) -> Removal:
    """Return what becomes of every deployment that the ledger knows and the catalog no longer declares."""
    refusal = _refusal_of_all(inventory) if prune else None
    if not (inventory.whole and inventory.snapshot.complete):
        return Removal(refusals=() if refusal is None else (refusal,))
    sorter = _Sorter(inventory, prune=prune and refusal is None)
    declared = {manifest.address for manifest in inventory.catalog}
    for address in sorted(inventory.applied.keys() - declared):
        sorter.take(inventory.applied[address])
    refusals = sorter.refusals if refusal is None else [refusal]
    return Removal(tuple(sorter.drafts), tuple(sorter.orphans), tuple(refusals))


def _refusal_of_all(inventory: Inventory) -> Refusal | None:
    if not inventory.whole:
        return _refuse_part("only a part of the manifests was given")
    if inventory.selected:
        return _refuse_part("-l, --target or --exclude was given")
    if not inventory.snapshot.complete:
        return _refuse_part("what is live was not listed as a whole")
    return None


def _refuse_part(reason: str) -> Refusal:
    return Refusal(
        "prune-part",
        Scope.PLAN,
        "",
        f"--prune is about everything that is gone from the manifests, and {reason}",
        "Prune with the whole folder of manifests, and without a selection.",
    )


class _Sorter:
    """Tells, one after the other, what becomes of each."""

    def __init__(self, inventory: Inventory, *, prune: bool) -> None:
        self.inventory = inventory
        self.prune = prune
        self.drafts: list[Draft] = []
        self.orphans: list[Orphan] = []
        self.refusals: list[Refusal] = []
        self._live = {item.id: item for item in inventory.snapshot.deployments if item.id is not None}
        self._records = Counter(each.values.id for each in inventory.applied.values())
        self._names = Counter(item.name for item in self._live.values())
        self._declared = {
            name: each.address
            for each in inventory.catalog
            for name in (each.spec.renamed_from, each.platform_name)
            if name is not None
        }
        self._unread = _unread(inventory)

    def take(self, known: AppliedDeployment) -> None:
        """Sort one in."""
        live = self._live.get(known.values.id or "")
        owner = self.inventory.owners.get(known.values.id or "")
        if known.values.id is None:
            self._keep(known, Kept.IN_DOUBT, "its creation is in doubt, so nobody knows which deployment it is")
        elif live is None:
            self._forget(known, Kept.GONE, "it is gone from the platform too")
        elif owner is not None:
            self._forget(known, Kept.TAKEN_OVER, f"its deployment is declared as {owner} now")
        elif known.on_removal != OnRemoval.DELETE.value:
            self._keep(known, Kept.ORPHAN, "onRemoval: Orphan")
        elif known.prevent_destroy:
            self._keep(known, Kept.PROTECTED, "onRemoval: Delete, but preventDestroy")
        elif not self.prune:
            self._keep(known, Kept.NOT_ASKED, "onRemoval: Delete; --prune deletes it")
        else:
            self._delete(known, live)

    def _delete(self, known: AppliedDeployment, live: LiveDeployment) -> None:
        obstacle = self._obstacle(known, live)
        if obstacle is None:
            self.drafts.append(_deletion(known, live))
            return
        kept, why = obstacle
        self._keep(known, kept, why)
        self.refusals.append(_refuse_unreadable(known, why) if kept is Kept.UNREADABLE else _refuse_unsafe(known, why))

    def _obstacle(self, known: AppliedDeployment, live: LiveDeployment) -> tuple[Kept, str] | None:
        if not known.owned:
            return Kept.IN_DOUBT, f"the ledger is not certain that the deployment {known.values.id} is ours"
        if self._records[known.values.id] > 1:
            return Kept.SHARED, f"the ledger has the deployment {known.values.id} under another address too"
        other = other_manager(live, self.inventory.catalog.name)
        if other is not None:
            return Kept.SHARED, f"{other} manages it"
        name = _name(known, live)
        if name in self._declared:
            return Kept.SHARED, f"{self._declared[name]} declares its name {name}"
        if self._names[name] > 1:
            return Kept.DUPLICATE, f"another live deployment is called {name} too"
        if self._unread:
            return Kept.UNREADABLE, f"{self._unread[0].name or self._unread[0].id} could not be read"
        return None

    def _forget(self, known: AppliedDeployment, kept: Kept, why: str) -> None:
        if self.prune:
            self.drafts.append(Draft(_chain(known, None, Intent.FORGET, note=why), ()))
        else:
            self._keep(known, kept, f"{why}; --prune forgets it")

    def _keep(self, known: AppliedDeployment, kept: Kept, why: str) -> None:
        live = self._live.get(known.values.id or "")
        self.orphans.append(Orphan(known.address, known.values.id, _name(known, live), known.on_removal, kept, why))


def _unread(inventory: Inventory) -> tuple[Unreadable, ...]:
    """Return what of the catalog or of the ledger could not be read; strangers do not matter."""
    names = {name for each in inventory.catalog for name in (each.platform_name, each.spec.renamed_from)}
    ids = {known.values.id for known in inventory.applied.values()}
    return tuple(item for item in inventory.snapshot.unreadable if item.id in ids or item.name in names)


def _deletion(known: AppliedDeployment, live: LiveDeployment) -> Draft:
    action = DeleteDeployment(force=known.force_delete)
    return Draft(_chain(known, live, Intent.DELETE), (Move(action, ()),), tuple(_risks(known, live)))


def _risks(known: AppliedDeployment, live: LiveDeployment) -> Iterator[Risk]:
    if known.force_delete:
        message = "its predictions and reviews are deleted too, and its pipelines are stopped"
        yield Risk("deletes-data", known.address, "lifecycle.forceDelete", message)
    if UNREPORTED not in (live.name, known.values.name) and live.name != known.values.name:
        renamed = f"somebody renamed it since it was applied, from {known.values.name!s} to {live.name!s}"
        yield Risk("deletes-renamed", known.address, "name", renamed)


def _chain(known: AppliedDeployment, live: LiveDeployment | None, intent: Intent, *, note: str = "") -> Chain:
    return Chain(
        address=known.address,
        name=_name(known, live),
        intent=intent,
        live=live,
        origin=None,
        depends_on=known.depends_on,
        note=note,
        on_removal=known.on_removal,
        prevent_destroy=known.prevent_destroy,
        force_delete=known.force_delete,
    )


def _name(known: AppliedDeployment, live: LiveDeployment | None) -> str:
    names = (UNREPORTED if live is None else live.name, known.values.name)
    return str(next((name for name in names if name is not UNREPORTED), known.address))


def _refuse_unsafe(known: AppliedDeployment, why: str) -> Refusal:
    return Refusal(
        "prune-unsafe",
        Scope.DEPLOYMENT,
        known.address,
        f"it is not deleted: {why}",
        f"Look whose it is; if it is to go, delete it on the platform. Then `reconciler forget {known.address}`.",
    )


def _refuse_unreadable(known: AppliedDeployment, why: str) -> Refusal:
    return Refusal(
        "unreadable",
        Scope.DEPLOYMENT,
        known.address,
        f"it is not deleted: {why}",
        "Nothing is deleted in a run that could not read everything; try again when the platform answers.",
    )
