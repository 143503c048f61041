"""What must hold before the first write: no guard stops the whole plan, and the world has not moved meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.live import FIELDS, Alias, TrainingConfiguration
from reconciler.core.plan import Intent
from reconciler.core.refusal import Scope
from reconciler.core.unreported import UNREPORTED
from reconciler.core.wants import declared_paths
from reconciler.errors import PlatformUnavailable, Refused, StalePlan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.core.live import LiveDeployment, Snapshot, Unreadable
    from reconciler.core.plan import Chain, Plan
    from reconciler.engine.observing import Outlook


_IDENTITY: Final = frozenset({"name"})
"""What is compared of a deployment that no manifest declares: whether it is still the one that was meant."""


def check_applyable(plan: Plan) -> None:
    """Raise Refused, with every reason, if a guard stops the whole plan."""
    reasons = [refusal for refusal in plan.all_refusals if refusal.scope is Scope.PLAN]
    if reasons:
        raise Refused("; ".join(refusal.message for refusal in reasons), hint=reasons[0].hint)


def check_fresh(outlook: Outlook, again: Snapshot) -> None:
    """Compare what the plan was made from with a second look, for every deployment with steps.

    Raises:
        StalePlan: Something moved; the message names every declared field that did, with both values.
        PlatformUnavailable: A deployment that is about to be written cannot be read any more.
    """
    chains = [chain for chain in outlook.plan.chains if chain.steps]
    for item in again.unreadable:
        if any(_is_about(chain, item) for chain in chains):
            raise PlatformUnavailable(
                f"{item.name or item.id} could not be read again before writing: {item.reason}",
                hint="Nothing was written; try again when the platform answers.",
            )
    moved = [line for chain in chains for line in _moves(outlook, chain, again)]
    if moved:
        raise StalePlan(
            f"the platform moved since the plan was made: {'; '.join(moved)}",
            hint="Nothing was written; plan again and look at the difference.",
        )


def _is_about(chain: Chain, item: Unreadable) -> bool:
    return item.name == chain.name or (chain.live is not None and item.id == chain.live.id)


def _moves(outlook: Outlook, chain: Chain, again: Snapshot) -> Iterator[str]:
    if chain.live is None:
        # A deployment that was seen before has the name still, and this plan renames it away.
        seen = {live.id for live in outlook.snapshot.deployments}
        for found in again.named(chain.name):
            if found.id not in seen:
                yield f"{chain.address} did not exist and now does ({found.id})"
        return
    live = again.by_id(chain.live.id) if chain.live.id is not None else None
    if live is None and chain.intent is Intent.DELETE:
        # Gone is all that was wanted.
        return
    if live is None:
        yield f"{chain.address} existed ({chain.live.id}) and is gone"
    else:
        yield from _differences(chain, live, _compared(outlook, chain.address))


def _compared(outlook: Outlook, address: str) -> frozenset[str]:
    manifest = outlook.manifests.get(address)
    return _IDENTITY if manifest is None else declared_paths(manifest)


def _differences(chain: Chain, live: LiveDeployment, paths: Iterable[str]) -> Iterator[str]:
    before = chain.live
    for item in FIELDS:
        if before is not None and item.path in paths:
            was, now = item.of(before), item.of(live)
            if was is not UNREPORTED and now is not UNREPORTED and was != now:
                yield f"{chain.address} {item.path} was {_shown(was)} and is {_shown(now)}"


def _shown(value: object) -> str:
    match value:
        case None:
            return "none"
        case frozenset():
            return f"[{', '.join(sorted(map(_shown, value)))}]"
        case Alias(name, dataset):
            return f"{name}: {dataset}"
        case TrainingConfiguration():
            return f"{value.project}, {value.event.value} {value.threshold or ''}, {value.parameters}"
        case _:
            return str(value)
