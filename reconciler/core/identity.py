"""Which live deployment a manifest means: the ledger's id, then its name, then the name it was renamed from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.core.refusal import Refusal, Scope
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.live import LiveDeployment, Snapshot, Unreadable
    from reconciler.core.manifest.catalog import Manifest


@dataclass(frozen=True, slots=True)
class Match:
    """What a manifest was matched to.

    Attributes:
        live: The live deployment; `None` means that it has to be created.
        refusal: Why nothing may be done about it instead.
        note: Something a person should know, such as a `renamedFrom` that has done its work.
    """

    live: LiveDeployment | None = None
    refusal: Refusal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """Live deployments by id and by name, and who lays claim to which."""

    by_id: Mapping[str, LiveDeployment]
    by_name: Mapping[str, tuple[LiveDeployment, ...]]
    unreadable: Mapping[str, Unreadable]
    claims: Mapping[str, str]
    """Live id → the address that has it in the ledger."""
    sources: Mapping[str, str]
    """Live name → the address that is being renamed from it."""
    creators: Mapping[str, str]
    """Live name → the address whose creation under this name may have landed without our knowing."""
    declared: frozenset[str]
    """Platform names that the catalog declares."""


def register(snapshot: Snapshot, manifests: Iterable[Manifest], applied: Mapping[str, AppliedDeployment]) -> Register:
    """Index a snapshot for matching."""
    by_name: dict[str, list[LiveDeployment]] = defaultdict(list)
    for live in snapshot.deployments:
        if live.name is not UNREPORTED:
            by_name[live.name].append(live)
    declared = tuple(manifests)
    addresses = {manifest.address for manifest in declared}
    claims = {
        memory.values.id: address
        for address, memory in applied.items()
        if memory.values.id is not None and address in addresses
    }
    creators = _creators(declared, applied, by_name, claims)
    return Register(
        by_id={live.id: live for live in snapshot.deployments if live.id is not None},
        by_name={name: tuple(found) for name, found in by_name.items()},
        unreadable={item.name: item for item in snapshot.unreadable} | {item.id: item for item in snapshot.unreadable},
        claims=claims,
        sources=_sources(declared, by_name.keys() - creators.keys()),
        creators=creators,
        declared=frozenset(manifest.platform_name for manifest in declared),
    )


def _creators(
    manifests: tuple[Manifest, ...],
    applied: Mapping[str, AppliedDeployment],
    by_name: Mapping[str, list[LiveDeployment]],
    claims: Mapping[str, str],
) -> dict[str, str]:
    """Return live name → the address that was creating it when our memory broke off.

    What another address is known to have is no creation of ours: it kept the name because its rename never landed.
    """
    lost = {address for address, memory in applied.items() if memory.values.id is None and memory.records}
    return {
        manifest.platform_name: manifest.address
        for manifest in manifests
        if manifest.address in lost
        and any(claims.get(str(live.id)) is None for live in by_name.get(manifest.platform_name, ()))
    }


def _sources(manifests: tuple[Manifest, ...], live_names: Collection[str]) -> dict[str, str]:
    """Return live name → address for every rename that is still to be done, along chains of names."""
    renamed = {item.spec.renamed_from: item for item in manifests if item.spec.renamed_from is not None}

    def moves_away(name: str, seen: frozenset[str]) -> bool:
        taker = renamed.get(name)
        return name in live_names and taker is not None and name not in seen and not arrived(taker, seen | {name})

    def arrived(taker: Manifest, seen: frozenset[str]) -> bool:
        return taker.platform_name in live_names and not moves_away(taker.platform_name, seen)

    return {name: taker.address for name, taker in renamed.items() if moves_away(name, frozenset())}


def match(manifest: Manifest, register: Register, applied: AppliedDeployment | None) -> Match:
    """Find the live deployment of a manifest."""
    known = applied.values.id if applied is not None else None
    for key in (known, manifest.platform_name, manifest.spec.renamed_from):
        if key is not None and key in register.unreadable:
            return Match(refusal=_unreadable(manifest, register.unreadable[key]))
    if known is not None and known in register.by_id:
        return Match(live=register.by_id[known])
    return _by_name(manifest, register)


def _by_name(manifest: Manifest, register: Register) -> Match:
    here = _free(manifest, register, manifest.platform_name)
    source = manifest.spec.renamed_from
    before = _free(manifest, register, source) if source is not None else ()
    if len(here) > 1 or len(before) > 1:
        return Match(refusal=_duplicate(manifest, here if len(here) > 1 else before))
    if here and before and source not in register.declared:
        return Match(refusal=_both(manifest, here[0], before[0]))
    if here:
        note = "" if source is None else f"`renamedFrom: {source}` has done its work and can be removed"
        return Match(live=here[0], note=note)
    return Match(live=before[0] if before else None)


def _free(manifest: Manifest, register: Register, name: str) -> tuple[LiveDeployment, ...]:
    """Return the live deployments of a name that no other manifest of the catalog has a better claim to."""
    taker = register.sources.get(name, manifest.address)
    if taker != manifest.address and name == manifest.platform_name:
        return ()
    if register.creators.get(name, manifest.address) != manifest.address:
        return ()
    return tuple(
        live
        for live in register.by_name.get(name, ())
        if live.id is None or register.claims.get(live.id, manifest.address) == manifest.address
    )


def _refuse(manifest: Manifest, code: str, path: str, message: str, hint: str) -> Refusal:
    return Refusal(code, Scope.DEPLOYMENT, manifest.address, message, hint, path, manifest.origin(path))


def _unreadable(manifest: Manifest, item: Unreadable) -> Refusal:
    return _refuse(
        manifest,
        "unreadable",
        "",
        f"{item.name or item.id} could not be read: {item.reason}",
        "Nothing is done about it in this run; try again when the platform answers.",
    )


def _duplicate(manifest: Manifest, found: tuple[LiveDeployment, ...]) -> Refusal:
    ids = " and ".join(str(live.id) for live in found)
    return _refuse(
        manifest,
        "duplicate-name",
        "name",
        f"{len(found)} live deployments are called {found[0].name!s}: {ids}",
        "Rename or delete all but one on the platform.",
    )


def _both(manifest: Manifest, here: LiveDeployment, before: LiveDeployment) -> Refusal:
    return _refuse(
        manifest,
        "rename-ambiguous",
        "renamedFrom",
        f"both {here.name!s} ({here.id}) and {before.name!s} ({before.id}) are live",
        "Remove `renamedFrom` to manage the first, or rename one of them on the platform.",
    )
