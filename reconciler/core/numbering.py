"""From drafts to numbered steps: tags first, then chains by what they wait for, then by address; deletions last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from reconciler.core.actions import AttachTag, CreateDeployment, CreateTag, Phase, RenameDeployment
from reconciler.core.plan import Intent, Step
from reconciler.core.refusal import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.core.gap import Move
    from reconciler.core.plan import Chain, Risk


@dataclass(frozen=True, slots=True)
class Draft:
    """A chain whose steps have no numbers yet: its moves in order, and its risks."""

    chain: Chain
    moves: tuple[Move, ...]
    risks: tuple[Risk, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Tell whether nothing of it may run."""
        return any(refusal.scope is not Scope.STEP for refusal in self.chain.refusals)


def number(drafts: Sequence[Draft]) -> tuple[tuple[Chain, ...], tuple[Step, ...]]:
    """Return chains sorted by address with their step numbers, and all steps in execution order."""
    steps = _tag_steps(drafts)
    tag_numbers = {step.action.name: step.number for step in steps if isinstance(step.action, CreateTag)}
    done: dict[str, tuple[Step, ...]] = {}
    frees = _freed_names(drafts)
    for draft in (*_sorted_by_dependency(_staying(drafts), frees), *_sorted_by_dependency(_leaving(drafts), frees)):
        own = _chain_steps(draft, _Before(done, tag_numbers, frees), start=len(steps) + 1)
        steps += own
        done[draft.chain.address] = tuple(own)
    chains = tuple(_numbered(draft.chain, done[draft.chain.address]) for draft in drafts)
    return tuple(sorted(chains, key=lambda chain: chain.address)), tuple(steps)


def _numbered(chain: Chain, steps: Iterable[Step]) -> Chain:
    return replace(chain, steps=tuple(step.number for step in steps))


def _staying(drafts: Iterable[Draft]) -> list[Draft]:
    return [draft for draft in drafts if draft.chain.intent is not Intent.DELETE]


def _leaving(drafts: Iterable[Draft]) -> list[Draft]:
    """Return the deletions as if they depended on what they have to wait for.

    These are the deletions of what depended on them, and every creation: one may be what replaces it.
    """
    leaving = [draft.chain for draft in drafts if draft.chain.intent is Intent.DELETE]
    created = tuple(sorted(draft.chain.address for draft in drafts if draft.chain.intent is Intent.CREATE))
    dependants = {
        chain.address: tuple(each.address for each in leaving if chain.address in each.depends_on) for chain in leaving
    }
    return [
        replace(draft, chain=replace(draft.chain, depends_on=created + dependants[draft.chain.address]))
        for draft in drafts
        if draft.chain.intent is Intent.DELETE
    ]


def _tag_steps(drafts: Iterable[Draft]) -> list[Step]:
    because: dict[str, set[str]] = {}
    for draft in drafts:
        for move in draft.moves:
            if isinstance(move.action, CreateTag):
                because.setdefault(move.action.name, set()).update(move.because)
    return [
        Step(position, "", CreateTag(name), tuple(sorted(because[name])))
        for position, name in enumerate(sorted(because), start=1)
    ]


@dataclass(frozen=True, slots=True)
class _Before:
    chains: Mapping[str, tuple[Step, ...]]
    tags: Mapping[str, int]
    frees: Mapping[str, str]

    def ends_of(self, addresses: Iterable[str]) -> set[int]:
        """Return the last step of each chain that anything depends on: nothing waits for what only tells people."""
        needed = (
            [s.number for s in self.chains.get(each, ()) if s.action.phase is not Phase.RECORD] for each in addresses
        )
        return {numbers[-1] for numbers in needed if numbers}


def _chain_steps(draft: Draft, before: _Before, *, start: int) -> list[Step]:
    steps: list[Step] = []
    for move in draft.moves:
        if isinstance(move.action, CreateTag):
            continue
        waits = {steps[-1].number} if steps else before.ends_of(draft.chain.depends_on)
        waits |= _name_waits(draft, move, before)
        if isinstance(move.action, AttachTag) and move.action.name in before.tags:
            waits.add(before.tags[move.action.name])
        steps.append(Step(start + len(steps), draft.chain.address, move.action, move.because, tuple(sorted(waits))))
    return steps


def _name_waits(draft: Draft, move: Move, before: _Before) -> set[int]:
    """A name can be taken once the deployment that had it has moved away: its rename is its first step."""
    if not isinstance(move.action, CreateDeployment | RenameDeployment):
        return set()
    owner = before.frees.get(move.action.name)
    taken = before.chains.get(owner, ()) if owner not in (None, draft.chain.address) else ()
    return {taken[0].number} if taken else set()


def _freed_names(drafts: Iterable[Draft]) -> dict[str, str]:
    """Return live name → address for every deployment that this plan renames away from it."""
    return {
        draft.chain.previous_name: draft.chain.address
        for draft in drafts
        if draft.chain.previous_name and any(isinstance(move.action, RenameDeployment) for move in draft.moves)
    }


def _sorted_by_dependency(drafts: Sequence[Draft], frees: Mapping[str, str]) -> list[Draft]:
    """Return drafts so that what others wait for comes first; ties, and what waits in a circle, by address."""
    by_address = {draft.chain.address: draft for draft in drafts}
    waiting = {address: _waits_on(draft, frees) & by_address.keys() for address, draft in by_address.items()}
    followers: dict[str, list[str]] = {address: [] for address in by_address}
    for address, causes in waiting.items():
        for cause in causes:
            followers[cause].append(address)
    ready = [address for address, causes in waiting.items() if not causes]
    heapify(ready)
    result: list[str] = []
    while ready:
        address = heappop(ready)
        result.append(address)
        for follower in followers[address]:
            waiting[follower].discard(address)
            if not waiting[follower]:
                heappush(ready, follower)
    result += sorted(by_address.keys() - set(result))
    return [by_address[address] for address in result]


def _waits_on(draft: Draft, frees: Mapping[str, str]) -> set[str]:
    names = {move.action.name for move in draft.moves if isinstance(move.action, CreateDeployment | RenameDeployment)}
    owners = {frees[name] for name in names if name in frees}
    return (set(draft.chain.depends_on) | owners) - {draft.chain.address}
