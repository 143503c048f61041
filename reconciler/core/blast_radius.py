"""How much one plan may take away at once: caps over all deployments, and the reason that lifts them.

Taken away is a deployment that is deleted, or that gets an older champion: a version of the same model with a lower
number than the live one. Where the platform does not tell both numbers, nobody can say which is older, and the change
counts as a new champion only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.core.diff import Decision
from reconciler.core.plan import Intent, Risk
from reconciler.core.refusal import Refusal, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from reconciler.core.live import Json
    from reconciler.core.numbering import Draft
    from reconciler.core.references import Title

_ROUNDING: Final = 1e-9
"""A share of a whole number is not always a whole number in binary."""

_MANY: Final = 0.3
"""The share of deployments from which a reviewer is told that many champions change."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How much one plan may change.

    Attributes:
        max_removals: Share (0..1) of the owned deployments that may be deleted or rolled back.
        max_rechampion: Share that may get another champion; `None` for any.
        owned_from: Number of owned deployments from which the caps count; of fewer, a share says little.
    """

    max_removals: float = 0.3
    max_rechampion: float | None = None
    owned_from: int = 10


@dataclass(frozen=True, slots=True)
class Extent:
    """What the caps are compared with.

    Attributes:
        recorded: Addresses that the ledger is certain of.
        matched: Addresses whose manifest was matched to a live deployment.
        declared: Addresses of the catalog.
        titles: Names and numbers of model versions, by id.
    """

    recorded: AbstractSet[str]
    matched: AbstractSet[str]
    declared: AbstractSet[str]
    titles: Mapping[str, Title]

    @property
    def owned(self) -> AbstractSet[str]:
        """All our deployments."""
        return self.recorded | self.matched


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a plan as a whole is told: why it may not run, and what a reviewer should look at."""

    refusals: tuple[Refusal, ...] = ()
    risks: tuple[Risk, ...] = ()


def assess(drafts: Sequence[Draft], extent: Extent, caps: Caps, *, force: str = "") -> Verdict:
    """Compare what a plan does with the caps.

    Args:
        drafts: Every chain.
        extent: All our deployments.
        caps: What is allowed.
        force: Why it is meant all the same: makes a risk of every refusal. Empty for no.
    """
    losses = _losses(drafts, extent)
    refusals = (*_everything(losses, extent), *_removals(losses, extent, caps), *_rechampion(losses, extent, caps))
    risks = (*_rolled_back(losses), *_many_champions(losses, extent, caps))
    if not force:
        return Verdict(refusals, risks)
    return Verdict((), (*(_forced(refusal, force) for refusal in refusals), *risks))


@dataclass(frozen=True, slots=True)
class _Losses:
    deleted: frozenset[str]
    rolled_back: Mapping[str, str]
    rechampioned: frozenset[str]


def _losses(drafts: Sequence[Draft], extent: Extent) -> _Losses:
    deleted, rolled_back, rechampioned = set(), {}, set()
    for draft in drafts:
        if draft.chain.intent is Intent.DELETE:
            deleted.add(draft.chain.address)
        for before, after in _champions(draft):
            rechampioned.add(draft.chain.address)
            if _is_older(after, before, extent.titles):
                rolled_back[draft.chain.address] = f"{before.get('label')} to {after.get('label')}"
    return _Losses(frozenset(deleted), rolled_back, frozenset(rechampioned))


def _champions(draft: Draft) -> Iterator[tuple[dict[str, Json], dict[str, Json]]]:
    """Yield the champion before and after, if this chain changes one that is known."""
    changes = draft.chain.changes if draft.chain.intent is Intent.CHANGE else ()
    for change in changes:
        written = change.path == "models.champion" and change.decision is Decision.WRITE
        if written and isinstance(change.before, dict) and isinstance(change.after, dict):
            yield change.before, change.after


def _is_older(after: Mapping[str, Json], before: Mapping[str, Json], titles: Mapping[str, Title]) -> bool:
    wanted, live = titles.get(str(after.get("id"))), titles.get(str(before.get("id")))
    if wanted is None or live is None or wanted.number is None or live.number is None:
        return False
    return wanted.container == live.container and wanted.number < live.number


def _exceeds(number: int, share: float, extent: Extent, caps: Caps) -> bool:
    owned = len(extent.owned)
    return owned >= caps.owned_from and number > share * owned + _ROUNDING


def _everything(losses: _Losses, extent: Extent) -> Iterator[Refusal]:
    """Refuse to delete where nothing that we own is declared any more: that is a wrong folder, or a lost one."""
    replaced = len(extent.recorded) == 1 and bool(extent.declared)
    if losses.deleted and not extent.recorded & extent.declared and not replaced:
        yield Refusal(
            "prune-everything",
            Scope.PLAN,
            "",
            f"none of the {len(extent.recorded)} deployments that the ledger owns is declared any more, and "
            f"{len(losses.deleted)} would be deleted",
            "Check the path, the catalog's name and the commit; if it is meant, say why with --force REASON.",
        )


def _removals(losses: _Losses, extent: Extent, caps: Caps) -> Iterator[Refusal]:
    taken = losses.deleted | losses.rolled_back.keys()
    if _exceeds(len(taken), caps.max_removals, extent, caps):
        yield Refusal(
            "blast-radius",
            Scope.PLAN,
            "",
            f"{len(taken)} of {len(extent.owned)} owned deployments would be taken away "
            f"({len(losses.deleted)} deleted, {len(losses.rolled_back)} given an older champion), "
            f"which is more than {caps.max_removals:.0%}",
            "Look at each; if all are meant, say why with --force REASON, or raise `policy.maxRemovals`.",
        )


def _rechampion(losses: _Losses, extent: Extent, caps: Caps) -> Iterator[Refusal]:
    share = caps.max_rechampion
    if share is not None and _exceeds(len(losses.rechampioned), share, extent, caps):
        yield Refusal(
            "rechampion-cap",
            Scope.PLAN,
            "",
            f"{len(losses.rechampioned)} of {len(extent.owned)} owned deployments would get another champion, "
            f"which is more than {share:.0%}",
            "Roll out in parts with -l or --target, say why with --force REASON, or raise `policy.maxRechampion`.",
        )


def _rolled_back(losses: _Losses) -> Iterator[Risk]:
    for address, move in sorted(losses.rolled_back.items()):
        yield Risk("older-champion", address, "models.champion", f"the champion goes back to an older version: {move}")


def _many_champions(losses: _Losses, extent: Extent, caps: Caps) -> Iterator[Risk]:
    number = len(losses.rechampioned)
    if _exceeds(number, _MANY, extent, caps):
        message = f"{number} of {len(extent.owned)} owned deployments get another champion at once"
        yield Risk("many-champions", "", "models.champion", message)


def _forced(refusal: Refusal, reason: str) -> Risk:
    return Risk("forced", "", "", f"{refusal.message}; forced because {reason}")
