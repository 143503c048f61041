"""The ledger's language: append-only entries, and the fold that turns them into what is applied.

    run started ── intents (before the first write) ── one outcome per step ── remembered fields ── run finished

An intent without an outcome is in doubt; the fold marks its fields so. All homes of the ledger store these entries and
share this fold, so they cannot disagree.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias, assert_never

from reconciler.core.actions import Action, CreateDeployment, CreateTag
from reconciler.core.applied import AppliedDeployment, Record, doubt, fold, keeping, remember, same_life
from reconciler.core.outcome import AlreadySatisfied, Done, Failed, Outcome, Skipped, Unverified

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.core.live import LiveDeployment


@dataclass(frozen=True, slots=True)
class RunHeader:
    """One invocation that may write: id, command, when, by whom, from which commit, against which plan."""

    run: str
    command: str
    at: str
    actor: str = ""
    revision: str = ""
    repository: str = ""
    plan_digest: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began."""

    header: RunHeader


@dataclass(frozen=True, slots=True)
class IntentRecorded:
    """A step is about to be tried; `deployment_id` is `None` while it is unknown.

    `keeps` are fields that it moves without deciding them: a switch that is not ours to correct goes off and on again
    around another change. What is remembered of them stays as it is.
    """

    run: str
    at: str
    number: int
    address: str
    deployment_id: str | None
    action: Action
    keeps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutcomeRecorded:
    """A step ended; `deployment_id` is set once a creation told it."""

    run: str
    at: str
    number: int
    address: str
    deployment_id: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class FieldsRemembered:
    """Fields were seen as desired, adopted, or completed by a chain: `live` holds their values."""

    run: str
    at: str
    address: str
    paths: tuple[str, ...]
    live: LiveDeployment
    on_removal: str = "Orphan"
    prevent_destroy: bool = True
    force_delete: bool = False
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A deployment left our ownership without a write."""

    run: str
    at: str
    address: str


@dataclass(frozen=True, slots=True)
class DriftSeen:
    """A drift run saw these fields off (path → drift class); empty means in sync."""

    run: str
    at: str
    address: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RunFinished:
    """A run ended with this process exit code."""

    run: str
    at: str
    exit_code: int


Entry: TypeAlias = (
    RunStarted | IntentRecorded | OutcomeRecorded | FieldsRemembered | Forgotten | DriftSeen | RunFinished
)
"""One line of the journal. Match it exhaustively."""


def made_by(entry: Entry) -> str:
    """Return the id of the run that an entry belongs to."""
    return entry.header.run if isinstance(entry, RunStarted) else entry.run


def made_at(entry: Entry) -> str:
    """Return the time an entry was made at, RFC 3339."""
    return entry.header.at if isinstance(entry, RunStarted) else entry.at


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run as history shows it.

    Attributes:
        header: Who started it, when, on what.
        finished_at, exit_code: `None` while it runs, or when it was killed.
        outcomes: How many steps ended in which kind of outcome, such as `Done`.
        addresses: The deployments it says anything about, sorted.
    """

    header: RunHeader
    finished_at: str | None
    exit_code: int | None
    outcomes: Mapping[str, int]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """The folded journal: what is applied, which intents still wait for their outcome, the commits of runs not ended.

    A home may store it as a checkpoint and replay only later entries onto it.
    """

    applied: Mapping[str, AppliedDeployment] = field(default_factory=dict)
    waiting: tuple[IntentRecorded, ...] = ()
    revisions: Mapping[str, str] = field(default_factory=dict)

    def view(self) -> dict[str, AppliedDeployment]:
        """Return what is applied by address, with the fields of waiting intents in doubt."""
        state = _open(self)
        for intent in self.waiting:
            _doubt(state, intent)
        return state.applied


def replay(entries: Iterable[Entry], memory: Memory | None = None) -> Memory:
    """Fold entries, oldest first, onto an earlier memory.

    Folding in parts equals folding at once, and an outcome, a deletion or an end that was written twice counts once.
    """
    state = _open(memory or Memory())
    for entry in entries:
        _take(state, entry)
    waiting = tuple(intent for address in sorted(state.waiting) for intent in state.waiting[address].values())
    return Memory(state.applied, waiting, state.revisions)


def summaries(entries: Iterable[Entry]) -> tuple[RunSummary, ...]:
    """Return the runs whose start is among the entries, the one that started last first."""
    headers: dict[str, RunHeader] = {}
    of_run: dict[str, list[Entry]] = {}
    for entry in entries:
        if isinstance(entry, RunStarted):
            headers[entry.header.run] = entry.header
        else:
            of_run.setdefault(entry.run, []).append(entry)
    return tuple(_summary(header, of_run.get(run, [])) for run, header in reversed(headers.items()))


def _summary(header: RunHeader, entries: list[Entry]) -> RunSummary:
    end = next((entry for entry in entries if isinstance(entry, RunFinished)), None)
    outcomes = {entry.number: type(entry.outcome).__name__ for entry in entries if isinstance(entry, OutcomeRecorded)}
    addresses = {entry.address for entry in entries if not isinstance(entry, RunStarted | RunFinished)}
    return RunSummary(
        header=header,
        finished_at=None if end is None else end.at,
        exit_code=None if end is None else end.exit_code,
        outcomes=dict(sorted(Counter(outcomes.values()).items())),
        addresses=tuple(sorted(addresses - {""})),
    )


_Key = tuple[str, int]
"""Run and step number."""


@dataclass(frozen=True, slots=True)
class _State:
    applied: dict[str, AppliedDeployment]
    waiting: dict[str, dict[_Key, IntentRecorded]]
    revisions: dict[str, str]


def _open(memory: Memory) -> _State:
    state = _State(dict(memory.applied), {}, dict(memory.revisions))
    for intent in memory.waiting:
        _wait(state, intent)
    return state


def _take(state: _State, entry: Entry) -> None:
    match entry:
        case RunStarted(header):
            state.revisions[header.run] = header.revision
        case IntentRecorded():
            _abandon_others(state, entry.address, entry.run)
            _wait(state, entry)
        case OutcomeRecorded():
            _close(state, entry)
        case FieldsRemembered():
            _remember(state, entry)
        case Forgotten():
            state.waiting.pop(entry.address, None)
            state.applied.pop(entry.address, None)
        case DriftSeen():
            pass
        case RunFinished():
            _finish(state, entry.run)
        case _:
            assert_never(entry)


def _wait(state: _State, intent: IntentRecorded) -> None:
    # A tag belongs to the organisation: no deployment's memory depends on it.
    if not isinstance(intent.action, CreateTag):
        state.waiting.setdefault(intent.address, {})[intent.run, intent.number] = intent


def _answered(state: _State, address: str, key: _Key) -> IntentRecorded | None:
    """Take the intent that was waiting under `key`, if one was."""
    intents = state.waiting.get(address, {})
    intent = intents.pop(key, None)
    if not intents:
        state.waiting.pop(address, None)
    return intent


def _abandon_others(state: _State, address: str, run: str) -> None:
    """Give up what another, evidently dead run left open, before this run's word on the same fields."""
    _give_up(state, [intent for intent in state.waiting.get(address, {}).values() if intent.run != run])


def _finish(state: _State, run: str) -> None:
    """Give up what a run left open: it says nothing more, so its commit need not be kept either."""
    _give_up(state, [intent for intents in state.waiting.values() for intent in intents.values() if intent.run == run])
    state.revisions.pop(run, None)


def _give_up(state: _State, intents: list[IntentRecorded]) -> None:
    for intent in intents:
        _answered(state, intent.address, (intent.run, intent.number))
        _doubt(state, intent)


def _remember(state: _State, entry: FieldsRemembered) -> None:
    _abandon_others(state, entry.address, entry.run)
    memory = remember(_memory(state, entry.address, entry.live.id), entry.live, entry.paths, _record(state, entry))
    state.applied[entry.address] = replace(
        memory,
        on_removal=entry.on_removal,
        prevent_destroy=entry.prevent_destroy,
        force_delete=entry.force_delete,
        depends_on=entry.depends_on,
    )


def _close(state: _State, entry: OutcomeRecorded) -> None:
    intent = _answered(state, entry.address, (entry.run, entry.number))
    if intent is None:
        return
    match entry.outcome:
        case Done() | AlreadySatisfied():
            _land(state, intent, entry)
        case Unverified():
            _doubt(state, replace(intent, deployment_id=entry.deployment_id or intent.deployment_id))
        case Failed() | Skipped():
            pass
        case _:
            assert_never(entry.outcome)


def _land(state: _State, intent: IntentRecorded, entry: OutcomeRecorded) -> None:
    known = entry.deployment_id or intent.deployment_id
    memory, record = _memory(state, intent.address, known), _record(state, entry)
    found_existing = isinstance(intent.action, CreateDeployment) and isinstance(entry.outcome, AlreadySatisfied)
    after = doubt(memory, intent.action, record) if found_existing else fold(memory, intent.action, record)
    if after is None:
        state.applied.pop(intent.address, None)
    else:
        state.applied[intent.address] = _bound(keeping(memory, after, intent.keeps), known)


def _doubt(state: _State, intent: IntentRecorded) -> None:
    memory = _memory(state, intent.address, intent.deployment_id)
    after = keeping(memory, doubt(memory, intent.action, _record(state, intent)), intent.keeps)
    state.applied[intent.address] = _bound(after, intent.deployment_id)


def _bound(memory: AppliedDeployment, deployment_id: str | None) -> AppliedDeployment:
    """Return the memory of a deployment whose id became known."""
    return memory if deployment_id is None else replace(memory, values=replace(memory.values, id=deployment_id))


def _memory(state: _State, address: str, deployment_id: str | None) -> AppliedDeployment:
    """Return what is remembered of a deployment: nothing, where its address belonged to another one before."""
    known = state.applied.get(address, AppliedDeployment(address))
    return known if same_life(known, deployment_id) else AppliedDeployment(address)


def _record(state: _State, entry: IntentRecorded | OutcomeRecorded | FieldsRemembered) -> Record:
    return Record(entry.at, entry.run, state.revisions.get(entry.run, ""))
