"""What a run adds to our memory beyond its outcomes: fields seen to be as desired, and fields it has completed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.core.actions import CreateDeployment, Phase
from reconciler.core.applied import AppliedDeployment, same_life
from reconciler.core.diff import Decision
from reconciler.core.journal import FieldsRemembered, Forgotten, Memory, replay
from reconciler.core.live import FIELD
from reconciler.core.outcome import AlreadySatisfied
from reconciler.core.plan import Intent
from reconciler.core.refusal import Scope
from reconciler.engine.steps.wording import succeeded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.core.journal import Entry
    from reconciler.core.live import LiveDeployment
    from reconciler.core.outcome import Outcome
    from reconciler.core.plan import Chain, Plan, Step


@dataclass(frozen=True, slots=True)
class Stamp:
    """Run and time of an entry."""

    run: str
    at: str


def remembering(applied: Mapping[str, AppliedDeployment], entries: Iterable[Entry]) -> dict[str, AppliedDeployment]:
    """Return our memory as the ledger will fold it once it has these entries."""
    return replay(entries, Memory(applied)).view()


def settled(plan: Plan, memory: Mapping[str, AppliedDeployment], stamp: Stamp) -> list[FieldsRemembered | Forgotten]:
    """Return what was seen as desired and is not recorded so, lifecycles in force but not recorded, and what is over.

    Args:
        plan: Made of the latest look at the platform.
        memory: Ours, by address.
        stamp: Run and time.
    """
    entries: list[FieldsRemembered | Forgotten] = []
    for chain in plan.chains:
        if chain.intent is Intent.FORGET:
            entries.append(Forgotten(stamp.run, stamp.at, chain.address))
            continue
        known = _known(chain, memory)
        entry = _entry(chain, known, chain.settled, stamp)
        if chain.live is not None and (chain.settled or _changes_lifecycle(entry, known)):
            entries.append(entry)
    return entries


def _known(chain: Chain, memory: Mapping[str, AppliedDeployment]) -> AppliedDeployment:
    """Return our memory of a chain's deployment: nothing, where its address belonged to another one before."""
    known = memory.get(chain.address, AppliedDeployment(chain.address))
    live_id = None if chain.live is None else chain.live.id
    return known if same_life(known, live_id) else AppliedDeployment(chain.address)


def _entry(chain: Chain, known: AppliedDeployment, paths: tuple[str, ...], stamp: Stamp) -> FieldsRemembered:
    # A lifecycle is in force once everything else of its manifest has been carried out.
    carried_out = not chain.steps and not any(refusal.scope is not Scope.STEP for refusal in chain.refusals)
    return FieldsRemembered(
        run=stamp.run,
        at=stamp.at,
        address=chain.address,
        paths=paths,
        live=known.values if chain.live is None else chain.live,
        on_removal=chain.on_removal if carried_out else known.on_removal,
        prevent_destroy=chain.prevent_destroy if carried_out else known.prevent_destroy,
        force_delete=chain.force_delete if carried_out else known.force_delete,
        depends_on=chain.depends_on if carried_out else known.depends_on,
    )


def _changes_lifecycle(entry: FieldsRemembered, known: AppliedDeployment) -> bool:
    """Tell whether there is a memory whose protections this entry would change."""
    return bool(known.records) and _lifecycle(entry) != _lifecycle(known)


def _lifecycle(of: FieldsRemembered | AppliedDeployment) -> tuple[str, bool, bool, tuple[str, ...]]:
    return of.on_removal, of.prevent_destroy, of.force_delete, of.depends_on


def untold(plan: Plan, outcomes: Mapping[int, Outcome]) -> list[Step]:
    """Return the steps that were to say who manages a deployment, and were not carried out although others were.

    Nothing else would bring them back: what was written is in sync by now.
    """
    steps = {step.number: step for step in plan.steps}
    found = []
    for chain in plan.chains:
        wrote = any(succeeded(outcomes[number]) for number in chain.steps)
        last = steps[chain.steps[-1]] if chain.steps and wrote else None
        if last is not None and last.action.phase is Phase.RECORD and not succeeded(outcomes[last.number]):
            found.append(last)
    return found


def completed(
    plan: Plan, outcomes: Mapping[int, Outcome], memory: Mapping[str, AppliedDeployment], stamp: Stamp
) -> list[FieldsRemembered]:
    """Return the fields whose every step succeeded, but which outcomes alone leave in doubt.

    A set is written member by member, so one certain step does not lift an earlier doubt; all of them together do.

    Args:
        plan: What was carried out.
        outcomes: How each step ended.
        memory: Ours after those outcomes, by address.
        stamp: Run and time.
    """
    steps = {step.number: step for step in plan.steps}
    entries = []
    for chain in plan.chains:
        known = memory.get(chain.address, AppliedDeployment(chain.address))
        ended = [(steps[number], outcomes[number]) for number in chain.steps]
        values = {} if _met_a_stranger(ended) else dict(_doubts_lifted(chain, ended, known))
        if values:
            entries.append(_completion(known, values, stamp))
    return entries


def _met_a_stranger(ended: Iterable[tuple[Step, Outcome]]) -> bool:
    """Tell whether the chain ran on a deployment that it was to create and found: nothing is known of its sets."""
    return any(
        isinstance(step.action, CreateDeployment) and isinstance(outcome, AlreadySatisfied) for step, outcome in ended
    )


def _doubts_lifted(
    chain: Chain, ended: list[tuple[Step, Outcome]], known: AppliedDeployment
) -> Iterator[tuple[str, object]]:
    for change in chain.changes:
        if change.decision is Decision.WRITE and change.path == change.field and not known.certain(change.field):
            results = [outcome for step, outcome in ended if change.field in step.because]
            if results and all(map(succeeded, results)):
                yield change.field, FIELD[change.field].decode(change.after)


def _completion(known: AppliedDeployment, values: Mapping[str, object], stamp: Stamp) -> FieldsRemembered:
    live: LiveDeployment = known.values
    for path, value in values.items():
        live = FIELD[path].put(live, value)
    return FieldsRemembered(
        run=stamp.run,
        at=stamp.at,
        address=known.address,
        paths=tuple(values),
        live=live,
        on_removal=known.on_removal,
        prevent_destroy=known.prevent_destroy,
        force_delete=known.force_delete,
        depends_on=known.depends_on,
    )
