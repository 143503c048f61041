"""The ledger's language: append-only entries, and the fold that turns them into what is applied.

    run started ── intents (before the first write) ── one outcome per step ── remembered fields ── run finished

An intent without an outcome is in doubt; the fold marks its fields so. All homes of the ledger store these entries and
share this fold, so they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias, assert_never

from reconciler.core.actions import Action, CreateDeployment
from reconciler.core.applied import AppliedDeployment, Record, doubt, fold, remember
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
    """A step is about to be tried; `deployment_id` is `None` while it is unknown."""

    run: str
    at: str
    number: int
    address: str
    deployment_id: str | None
    action: Action


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


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run as history shows it; `exit_code` is `None` while it runs, or when it was killed."""

    header: RunHeader
    finished_at: str | None
    exit_code: int | None
    outcomes: Mapping[str, int]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """The folded journal: what is applied, which intents still wait for their outcome, the commit of each run.

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
    """Fold entries, oldest first, onto an earlier memory."""
    state = _open(memory or Memory())
    for entry in entries:
        _take(state, entry)
    waiting = tuple(intent for intents in state.waiting.values() for intent in intents.values())
    return Memory(state.applied, waiting, state.revisions)


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


def _wait(state: _State, intent: IntentRecorded) -> None:
    state.waiting.setdefault(intent.address, {})[intent.run, intent.number] = intent


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
            state.applied.pop(entry.address, None)
        case DriftSeen() | RunFinished():
            pass
        case _:
            assert_never(entry)


def _abandon_others(state: _State, address: str, run: str) -> None:
    """Put intents that another, evidently dead run left open into doubt, before this run's word on the same fields."""
    intents = state.waiting.get(address, {})
    for key in [key for key in intents if key[0] != run]:
        _doubt(state, intents.pop(key))


def _remember(state: _State, entry: FieldsRemembered) -> None:
    _abandon_others(state, entry.address, entry.run)
    memory = remember(_memory(state, entry.address), entry.live, entry.paths, _record(state, entry))
    state.applied[entry.address] = replace(memory, on_removal=entry.on_removal, prevent_destroy=entry.prevent_destroy)


def _close(state: _State, entry: OutcomeRecorded) -> None:
    intent = state.waiting.get(entry.address, {}).pop((entry.run, entry.number), None)
    if intent is None:
        return
    match entry.outcome:
        case Done() | AlreadySatisfied():
            _put(state, intent.address, _landed(_memory(state, intent.address), intent, entry, _record(state, entry)))
        case Unverified():
            _doubt(state, intent)
        case Failed() | Skipped():
            pass
        case _:
            assert_never(entry.outcome)


def _landed(
    memory: AppliedDeployment, intent: IntentRecorded, entry: OutcomeRecorded, record: Record
) -> AppliedDeployment | None:
    found_existing = isinstance(intent.action, CreateDeployment) and isinstance(entry.outcome, AlreadySatisfied)
    after = doubt(memory, intent.action, record) if found_existing else fold(memory, intent.action, record)
    known = entry.deployment_id or intent.deployment_id
    return after if after is None or known is None else replace(after, values=replace(after.values, id=known))


def _doubt(state: _State, intent: IntentRecorded) -> None:
    memory = doubt(_memory(state, intent.address), intent.action, _record(state, intent))
    if intent.deployment_id is not None:
        memory = replace(memory, values=replace(memory.values, id=intent.deployment_id))
    _put(state, intent.address, memory)


def _memory(state: _State, address: str) -> AppliedDeployment:
    return state.applied.get(address, AppliedDeployment(address))


def _put(state: _State, address: str, memory: AppliedDeployment | None) -> None:
    if memory is None:
        state.applied.pop(address, None)
    elif address:
        state.applied[address] = memory


def _record(state: _State, entry: IntentRecorded | OutcomeRecorded | FieldsRemembered) -> Record:
    return Record(entry.at, entry.run, state.revisions.get(entry.run, ""))
