"""Journals: any entry at all, and whole runs as a reconciler writes them, some of which are killed half-way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from reconciler.core import actions as a
from reconciler.core import journal as j
from reconciler.core.applied import AppliedDeployment, Record
from reconciler.core.journal import Entry, IntentRecorded, RunHeader
from reconciler.core.live import FIELD, FIELDS
from tests.strategies.actions import OUTCOMES, actions, live_deployments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.outcome import Outcome

RUNS = ("run-1", "run-2", "run-3")
PLACES = ("alpha", "bravo")
"""Two addresses: enough to interleave, few enough to meet."""
IDS = ("live-1", "live-2")
PATHS: Final = tuple(FIELD)
CREATED: Final = tuple(item.path for item in FIELDS)
"""What a creation decides: everything but who manages it."""

_RUN = st.sampled_from(RUNS)
_AT = st.integers(0, 59).map(lambda second: f"2026-11-21T20:36:{second:02}.000Z")
_ADDRESS = st.sampled_from(PLACES)
_ID = st.none() | st.sampled_from(IDS)
_NUMBER = st.integers(1, 4)
_PATHS = st.lists(st.sampled_from(PATHS), max_size=4, unique=True).map(tuple)
_REMOVAL = st.sampled_from(("Orphan", "Delete"))

HEADERS = st.builds(
    RunHeader,
    run=_RUN,
    command=st.sampled_from(("apply", "drift", "adopt")),
    at=_AT,
    actor=st.sampled_from(("", "ci", "José")),
    revision=st.sampled_from(("", "1a2b3c4")),
    repository=st.sampled_from(("", "git@example.com:team/models.git")),
    plan_digest=st.sampled_from(("", "sha256:00")),
    reason=st.sampled_from(("", "the line stands still")),
)

ENTRIES_BY_KIND: Final[Mapping[type[Entry], st.SearchStrategy[Entry]]] = {
    j.RunStarted: st.builds(j.RunStarted, HEADERS),
    j.IntentRecorded: st.builds(IntentRecorded, _RUN, _AT, _NUMBER, _ADDRESS, _ID, actions(), _PATHS),
    j.OutcomeRecorded: st.builds(j.OutcomeRecorded, _RUN, _AT, _NUMBER, _ADDRESS, _ID, OUTCOMES),
    j.FieldsRemembered: st.builds(
        j.FieldsRemembered, _RUN, _AT, _ADDRESS, _PATHS, live_deployments(), _REMOVAL, st.booleans()
    ),
    j.Forgotten: st.builds(j.Forgotten, _RUN, _AT, _ADDRESS),
    j.DriftSeen: st.builds(
        j.DriftSeen,
        _RUN,
        _AT,
        _ADDRESS,
        st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(("drifted", "conflict"))), max_size=3).map(tuple),
    ),
    j.RunFinished: st.builds(j.RunFinished, _RUN, _AT, st.sampled_from((0, 2, 7, 130))),
}
"""One strategy per member of the union of entries; a test holds it complete."""

ENTRIES: Final[st.SearchStrategy[Entry]] = st.one_of(list(ENTRIES_BY_KIND.values()))
"""Any entry, out of any context."""

JUMBLES: Final[st.SearchStrategy[list[Entry]]] = st.lists(ENTRIES, max_size=16)
"""Entries in any order, as no reconciler would write them: what holds here holds for every journal."""


@dataclass(frozen=True)
class Attempt:
    """One step of a run: what was meant, and how it ended; `None` when the run was killed before that was known."""

    address: str
    deployment_id: str
    action: a.Action
    outcome: Outcome | None


ATTEMPTS = st.builds(
    Attempt, _ADDRESS, st.sampled_from(IDS), actions(a.CreateTag), st.one_of(OUTCOMES, OUTCOMES, st.none())
)


def run_of(run: str, attempts: list[Attempt], *, killed: bool = False) -> list[Entry]:
    """Return the entries of one run in the order in which they are written; a killed run has no end."""
    at = "2026-11-21T20:36:00.000Z"
    numbered = list(enumerate(attempts, start=1))
    intents = [IntentRecorded(run, at, n, it.address, it.deployment_id, it.action) for n, it in numbered]
    outcomes = [
        j.OutcomeRecorded(run, at, n, it.address, it.deployment_id, it.outcome)
        for n, it in numbered
        if it.outcome is not None
    ]
    end: list[Entry] = [] if killed else [j.RunFinished(run, at, 0)]
    return [j.RunStarted(RunHeader(run, "apply", at, revision=f"commit of {run}")), *intents, *outcomes, *end]


JOURNALS: Final[st.SearchStrategy[list[Entry]]] = st.lists(
    st.tuples(st.lists(ATTEMPTS, max_size=5), st.booleans()), max_size=3
).map(
    lambda runs: [
        entry
        for run, (attempts, killed) in zip(RUNS, runs, strict=False)
        for entry in run_of(run, attempts, killed=killed)
    ]
)
"""Up to three runs, one after the other."""

RECORDS = st.sampled_from(
    [
        Record(at, run, revision, in_doubt)
        for at, run, revision in (("2026-11-01T00:00:00Z", "run-1", ""), ("2026-11-02T00:00:00Z", "run-2", "1a2b3c4"))
        for in_doubt in (False, True)
    ]
)

APPLIED: Final[st.SearchStrategy[AppliedDeployment]] = st.builds(
    AppliedDeployment,
    _ADDRESS,
    live_deployments(),
    st.dictionaries(st.sampled_from(PATHS), RECORDS),
    _REMOVAL,
    st.booleans(),
)
"""Any memory of one deployment, also such as no fold would make."""
