"""What can only be refused between deployments: names that are taken or swapped, and dependencies on what is refused.

Each refusal may bring about another: a rename that does not run frees no name, and what depends on it does not run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.core.actions import CreateDeployment, RenameDeployment
from reconciler.core.numbering import Draft
from reconciler.core.plan import Intent
from reconciler.core.refusal import Refusal, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from reconciler.core.gap import Move
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.plan import Chain


def related(
    drafts: Sequence[Draft], live_names: AbstractSet[str], manifests: Mapping[str, Manifest]
) -> tuple[Draft, ...]:
    """Return drafts with everything refused that another one keeps from running.

    Args:
        drafts: One per manifest.
        live_names: Every platform name that is taken.
        manifests: By address.
    """
    now = tuple(drafts)
    while True:
        before = now
        now = _refuse_circles(now, manifests)
        now = _refuse_taken_names(now, live_names)
        now = _propagate(now, manifests)
        if now == before:
            return now


def _refuse_taken_names(drafts: tuple[Draft, ...], live_names: AbstractSet[str]) -> tuple[Draft, ...]:
    """Refuse to take a live name that this plan does not free: whoever has it was to be renamed and is refused."""
    taken = live_names - _freed(drafts).keys()
    return tuple(_name_taken(draft) if _taken(draft) & taken else draft for draft in drafts)


def _freed(drafts: Iterable[Draft]) -> dict[str, str]:
    """Return live name → the address that this plan renames away from it."""
    renamed = (draft for draft in drafts if draft.chain.previous_name and any(map(_is_rename, draft.moves)))
    return {draft.chain.previous_name: draft.chain.address for draft in renamed}


def _is_rename(move: Move) -> bool:
    return isinstance(move.action, RenameDeployment)


def _taken(draft: Draft) -> set[str]:
    actions = [move.action for move in draft.moves]
    return {action.name for action in actions if isinstance(action, CreateDeployment | RenameDeployment)}


def _name_taken(draft: Draft) -> Draft:
    return _refused(
        draft,
        Refusal(
            "name-taken",
            Scope.DEPLOYMENT,
            draft.chain.address,
            f"the name {draft.chain.name} is taken by a live deployment that this plan does not rename",
            "Mend what keeps that deployment from being renamed, or choose another name.",
            "name",
            draft.chain.origin,
        ),
    )


def _refused(draft: Draft, refusal: Refusal) -> Draft:
    chain = replace(draft.chain, refusals=(*draft.chain.refusals, refusal), intent=Intent.NONE)
    return Draft(chain, (), ())


@dataclass(frozen=True, slots=True)
class _Circle:
    """Deployments that wait for each other, by address; `names` says that all do so for a name."""

    parties: tuple[Draft, ...]
    names: bool

    def __str__(self) -> str:
        told = [_move(each.chain) for each in self.parties]
        return ", ".join(told[:-1]) + f" and {told[-1]}"


def _move(chain: Chain) -> str:
    return f"{chain.address} ({chain.previous_name} → {chain.name})" if chain.previous_name else chain.address


def _refuse_circles(drafts: tuple[Draft, ...], manifests: Mapping[str, Manifest]) -> tuple[Draft, ...]:
    """Refuse renames that wait for each other: no order of single renames gets there."""
    circle_of = {draft.chain.address: circle for circle in _circles(drafts) for draft in circle.parties}
    return tuple(
        _in_circle(draft, circle_of[draft.chain.address], manifests) if draft.chain.address in circle_of else draft
        for draft in drafts
    )


def _in_circle(draft: Draft, circle: _Circle, manifests: Mapping[str, Manifest]) -> Draft:
    first = circle.parties[0].chain
    hint = f"Give {first.address} a temporary `spec.name` first, such as {first.name}-next, and apply; then the others."
    message = f"the names of these deployments wait for each other: {circle}"
    if not circle.names:
        hint = "Leave `dependsOn` out, apply, and declare it again once the names have moved."
        message = f"these deployments wait for each other, by names and by dependsOn: {circle}"
    address = draft.chain.address
    origin = manifests[address].origin("name")
    return _refused(draft, Refusal("rename-cycle", Scope.DEPLOYMENT, address, message, hint, "name", origin))


def _circles(drafts: tuple[Draft, ...]) -> Iterator[_Circle]:
    freed = _freed(drafts)
    by_address = {draft.chain.address: draft for draft in drafts if draft.moves}
    names = {address: {freed[name] for name in _taken(draft) if name in freed} for address, draft in by_address.items()}
    waits = {
        address: (names[address] | set(draft.chain.depends_on)) & by_address.keys() - {address}
        for address, draft in by_address.items()
    }
    remaining = _circling(waits)
    while remaining:
        first = min(remaining)
        members = {each for each in _reached(first, waits, remaining) if first in _reached(each, waits, remaining)}
        remaining -= members | {first}
        if any(names[each] & members for each in members):
            only_names = all(names[each] & members for each in members)
            yield _Circle(tuple(by_address[each] for each in sorted(members)), only_names)


def _circling(waits: Mapping[str, AbstractSet[str]]) -> set[str]:
    """Return what is left once everything that waits for nothing, or for which nothing waits, is taken away."""
    left = set(waits)
    while True:
        awaited = {cause for address in left for cause in waits[address]}
        stuck = {address for address in left if waits[address] & left and address in awaited}
        if stuck == left:
            return left
        left = stuck


def _reached(start: str, waits: Mapping[str, AbstractSet[str]], within: AbstractSet[str]) -> set[str]:
    """Return everything that `start` waits for, directly or not; itself only along a circle."""
    reached: set[str] = set()
    frontier = [start]
    while frontier:
        found = (waits[frontier.pop()] & within) - reached
        reached |= found
        frontier += found
    return reached


def _propagate(drafts: tuple[Draft, ...], manifests: Mapping[str, Manifest]) -> tuple[Draft, ...]:
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
    return tuple(by_address[draft.chain.address] for draft in drafts)


def _refused_by(draft: Draft, cause: str, manifest: Manifest) -> Draft:
    if not draft.moves:
        return draft
    return _refused(
        draft,
        Refusal(
            "dependency-refused",
            Scope.DEPLOYMENT,
            draft.chain.address,
            f"it depends on {cause}, which is refused",
            f"Mend {cause} first.",
            "dependsOn",
            manifest.origin("dependsOn"),
        ),
    )
