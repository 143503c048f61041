"""The story of one declared field: what is desired, live and applied, what a plan makes of that, and why."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.core.applied import Standing, same_life, standing
from reconciler.core.diff import Decision, DriftClass
from reconciler.core.explanation.reasons import Case, reason
from reconciler.core.live import FIELD
from reconciler.core.manifest.canonical import document_of
from reconciler.core.manifest.ownership import ownership_of, policy_slot
from reconciler.core.manifest.spec import Ownership
from reconciler.core.refusal import Refusal, about, covering
from reconciler.core.wants import mentioned_paths

if TYPE_CHECKING:
    from reconciler.core.applied import AppliedDeployment, Record
    from reconciler.core.diff import FieldChange
    from reconciler.core.live import Json
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.origin import Origin
    from reconciler.core.plan import Chain, Plan


class State(enum.StrEnum):
    """What holds for a field, in one word.

    The first seven follow the drift classes. ASSUMED: in sync by our own record alone. HELD: nobody knows it. IN_DOUBT:
    an earlier write of ours may or may not have landed. SILENT: only observed, and not reported. IGNORED: not looked
    at. REFUSED: what it refers to, or its block, is refused. NOT_COMPARED: nobody can tell how the deployment is.
    """

    IN_SYNC = "in sync"
    PENDING = "pending"
    DRIFTED = "drifted"
    CONFLICT = "conflict"
    UNRECORDED = "unrecorded"
    CREATED = "to be created"
    SETTLED = "settled"
    ASSUMED = "assumed"
    HELD = "held"
    IN_DOUBT = "in doubt"
    SILENT = "not reported"
    IGNORED = "ignored"
    REFUSED = "refused"
    NOT_COMPARED = "not compared"


@dataclass(frozen=True, slots=True)
class Known:
    """A value, or that there is none to tell."""

    value: Json = None
    known: bool = True


NOTHING: Final = Known(known=False)


@dataclass(frozen=True, slots=True)
class FieldStory:
    """One declared field.

    Attributes:
        path: A path of `core.live.FIELDS`.
        mode: Who may move it.
        state: What holds.
        desired, live, applied: The three values, as JSON.
        record: When and by which run it was recorded last.
        decision: What a plan does about it; `None` where there is nothing to do.
        why: One sentence on how this came about and what follows.
        changes: The parts that differ, as a plan shows them.
        steps: Numbers of the plan's steps that are caused by it.
        refusal: Why it is not written although it should be.
        moved_by: Who moved it, where the platform tells.
        origin: The place of the desired value.
    """

    path: str
    mode: Ownership
    state: State
    desired: Known
    live: Known
    applied: Known
    record: Record | None
    decision: Decision | None
    why: str
    changes: tuple[FieldChange, ...] = ()
    steps: tuple[int, ...] = ()
    refusal: Refusal | None = None
    moved_by: str = ""
    origin: Origin | None = None

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing is to be done or decided about it."""
        return self.state in QUIET


QUIET: Final = (State.IN_SYNC, State.SETTLED, State.ASSUMED, State.IGNORED, State.SILENT)
"""The states in which nothing is to be done or decided."""
_IMPLIED: Final = "feedbackLoop.configured"
"""No manifest spells it."""
_OF_CLASS: Final = {
    DriftClass.IN_SYNC: State.IN_SYNC,
    DriftClass.PENDING: State.PENDING,
    DriftClass.DRIFTED: State.DRIFTED,
    DriftClass.CONFLICT: State.CONFLICT,
    DriftClass.SETTLED: State.SETTLED,
    DriftClass.UNRECORDED: State.UNRECORDED,
    DriftClass.CREATED: State.CREATED,
}


@dataclass(frozen=True, slots=True)
class Sources:
    """What stories are told from: one deployment's manifest, its part of a plan, and our memory of it."""

    manifest: Manifest
    plan: Plan
    chain: Chain
    applied: AppliedDeployment | None


def stories(sources: Sources) -> tuple[FieldStory, ...]:
    """Return the story of every field that the manifest declares, in the order in which plans show them."""
    declared = mentioned_paths(sources.manifest) - {_IMPLIED}
    return tuple(_story(sources, path) for path in FIELD if path in declared)


def _story(sources: Sources, path: str) -> FieldStory:
    chain, manifest = sources.chain, sources.manifest
    changes = tuple(change for change in chain.changes if change.field == path)
    memory = _memory(sources)
    record = None if memory is None else memory.records.get(path)
    mode = ownership_of(manifest, path)
    state = _state(sources, path, changes, record)
    decision = changes[0].decision if changes else None
    refusal = None if state in QUIET else _refusal(chain, path)
    moved_by = changes[0].moved_by if changes else ""
    return FieldStory(
        path=path,
        mode=mode,
        state=state,
        desired=_desired(sources, path, state, changes),
        live=_live(chain, path),
        applied=NOTHING if memory is None or not memory.certain(path) else Known(FIELD[path].to_json(memory.values)),
        record=record,
        decision=decision,
        why=reason(_case(sources, path, state, refusal=refusal)),
        changes=changes,
        steps=_steps(sources, path, changes),
        refusal=refusal,
        moved_by=moved_by,
        origin=manifest.origin(path),
    )


def _refusal(chain: Chain, path: str) -> Refusal | None:
    return about(chain.refusals, chain.address, path) or covering(chain.refusals, chain.address, path)


def _case(sources: Sources, path: str, state: State, *, refusal: Refusal | None) -> Case:
    change = next((each for each in sources.chain.changes if each.field == path), None)
    spec = sources.manifest.spec
    return Case(
        state=state.value,
        decision=None if change is None else change.decision,
        mode=ownership_of(sources.manifest, path),
        moved_by="" if change is None else change.moved_by,
        gone=_is_gone(sources),
        by_policy=policy_slot(spec) == path and not {path, "models"} & spec.ownership.keys(),
        refusal=refusal,
    )


def _memory(sources: Sources) -> AppliedDeployment | None:
    """Return our memory, unless it is of another deployment that had this address before."""
    applied, live = sources.applied, sources.chain.live
    return applied if applied is not None and (live is None or same_life(applied, live.id)) else None


def _is_gone(sources: Sources) -> bool:
    return sources.chain.live is None and any(change.drift.is_drift for change in sources.chain.changes)


def _steps(sources: Sources, path: str, changes: tuple[FieldChange, ...]) -> tuple[int, ...]:
    paths = {path, *(change.path for change in changes)}
    mine = (step for step in sources.plan.steps if step.address == sources.chain.address)
    return tuple(step.number for step in mine if paths & set(step.because))


def _state(sources: Sources, path: str, changes: tuple[FieldChange, ...], record: Record | None) -> State:
    chain = sources.chain
    if ownership_of(sources.manifest, path) is Ownership.IGNORED:
        return State.IGNORED
    if changes:
        return _state_of_change(changes[0], record)
    if any(item.path == path for item in chain.assumed):
        return State.ASSUMED
    if path in chain.settled:
        return State.SETTLED
    if about(chain.refusals, chain.address, path) is not None:
        return State.REFUSED
    if chain.live is None:
        return State.NOT_COMPARED
    known = standing(path, chain.live, _memory(sources))
    return State.IN_SYNC if known is Standing.REPORTED else State.SILENT


def _state_of_change(change: FieldChange, record: Record | None) -> State:
    if change.decision is Decision.HOLD:
        return State.HELD
    if change.drift is DriftClass.PENDING and record is not None and record.in_doubt:
        return State.IN_DOUBT
    return _OF_CLASS[change.drift]


def _live(chain: Chain, path: str) -> Known:
    if chain.live is None or standing(path, chain.live, None) is not Standing.REPORTED:
        return NOTHING
    return Known(FIELD[path].to_json(chain.live))


def _desired(sources: Sources, path: str, state: State, changes: tuple[FieldChange, ...]) -> Known:
    if len(changes) == 1 and changes[0].path == path:
        return Known(changes[0].after)
    if state in (State.IN_SYNC, State.SETTLED):
        return _live(sources.chain, path)
    memory = _memory(sources)
    if state is State.ASSUMED and memory is not None:
        return Known(FIELD[path].to_json(memory.values))
    return Known(_declared(sources.manifest, path))


def _declared(manifest: Manifest, path: str) -> Json:
    """Return what the manifest says, in its own names, where no plan has put it into the platform's terms."""
    if path == "name":
        return manifest.platform_name
    block, _, rest = path.partition(".")
    value = document_of(manifest)["spec"]
    for key in (block, *(rest.split(".") if rest and rest != "configuration" else ())):
        value = value.get(key) if isinstance(value, dict) else None
    if rest == "configuration" and isinstance(value, dict):
        value = {key: item for key, item in value.items() if key not in ("active", "datasets")}
    return _named(value)


def _named(value: object) -> Json:
    match value:
        case {"model": model, "version": version, **rest} if not rest:
            return f"{model}@{version}"
        case {"dataset": dataset, "version": version, **rest} if not rest:
            return f"{dataset}@{version}"
        case dict():
            return {str(key): _named(item) for key, item in value.items()}
        case list():
            return [_named(item) for item in value]
        case str() | int() | float() | bool():
            return value
        case _:
            return None
