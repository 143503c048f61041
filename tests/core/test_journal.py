"""The fold of the journal: in parts or at once, interrupted or not, it never takes a maybe for a fact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from reconciler.core import actions as a
from reconciler.core.codec.memory import memory_from_json, memory_to_json
from reconciler.core.codec.reading import read_text, write_text
from reconciler.core.journal import (
    DriftSeen,
    Entry,
    FieldsRemembered,
    Forgotten,
    IntentRecorded,
    Memory,
    OutcomeRecorded,
    RunFinished,
    RunHeader,
    RunStarted,
    replay,
    summaries,
)
from reconciler.core.live import FIELD, LiveDeployment
from reconciler.core.outcome import AlreadySatisfied, Done, Failed, Outcome, Skipped, Unverified
from reconciler.core.references import Ref
from reconciler.core.unreported import UNREPORTED
from tests.strategies.actions import ACTIONS_BY_KIND, actions, live_deployments
from tests.strategies.journal import CREATED, JOURNALS, JUMBLES, PATHS, Attempt, run_of

if TYPE_CHECKING:
    from reconciler.core.applied import AppliedDeployment

AT = "2026-11-21T20:36:00.000Z"
GROWING = frozenset({"tags", "feedbackLoop.datasets", "continuousTraining.datasets"})
ON_ONE_DEPLOYMENT = actions(a.CreateTag, a.CreateDeployment, a.DeleteDeployment)
LANDED = st.sampled_from((Done(), AlreadySatisfied("it was so")))
NOT_DONE = st.sampled_from((Failed("no"), Skipped("another step failed")))


def step(run: str, action: a.Action, outcome: Outcome | None, *, address: str = "alpha") -> list[Entry]:
    """One step of a run that starts with it."""
    return run_of(run, [Attempt(address, "live-1", action, outcome)], killed=True)


def adopted(live: LiveDeployment, *, run: str = "run-0") -> list[Entry]:
    return [FieldsRemembered(run, AT, "alpha", PATHS, replace(live, id="live-1"))]


def certain(memory: Memory, address: str = "alpha") -> set[str]:
    known = memory.view().get(address)
    return set() if known is None else {path for path in PATHS if known.certain(path)}


def through_json(memory: Memory) -> Memory:
    return memory_from_json(read_text(write_text(memory_to_json(memory))))


@given(JUMBLES | JOURNALS, st.data())
def test_folding_in_parts_equals_folding_at_once_even_through_a_stored_checkpoint(
    entries: list[Entry], data: st.DataObject
) -> None:
    at_once = replay(entries)
    cut = data.draw(st.integers(0, len(entries)))
    first = replay(entries[:cut])
    assert replay(entries[cut:], first) == at_once
    assert replay(entries[cut:], through_json(first)) == at_once
    assert replay(entries[cut:], through_json(first)).view() == at_once.view()


@given(JUMBLES | JOURNALS)
def test_looking_at_a_memory_and_folding_onto_it_leave_it_as_it_was(entries: list[Entry]) -> None:
    memory = replay(entries)
    before = write_text(memory_to_json(memory))
    memory.view()
    replay(entries, memory)
    assert write_text(memory_to_json(memory)) == before


def _barriers(entries: list[Entry]) -> list[list[Entry]]:
    """Cut at the start and end of runs, which concern every address."""
    parts: list[list[Entry]] = [[]]
    for entry in entries:
        if isinstance(entry, RunStarted | RunFinished):
            parts += [[entry], []]
        else:
            parts[-1].append(entry)
    return parts


def _address(entry: Entry) -> str:
    return "" if isinstance(entry, RunStarted | RunFinished) else entry.address


@given(JUMBLES | JOURNALS)
def test_the_order_of_entries_of_different_deployments_does_not_matter(entries: list[Entry]) -> None:
    parts = _barriers(entries)
    upward = [entry for part in parts for entry in sorted(part, key=_address)]
    downward = [entry for part in parts for entry in sorted(part, key=_address, reverse=True)]
    assert replay(upward) == replay(entries) == replay(downward)


@given(JUMBLES | JOURNALS)
def test_an_outcome_or_an_end_that_was_written_twice_counts_once(entries: list[Entry]) -> None:
    twice = [
        again for entry in entries for again in [entry] * (2 if isinstance(entry, OutcomeRecorded | RunFinished) else 1)
    ]
    assert replay(twice) == replay(entries)


@given(live_deployments(full=True), ON_ONE_DEPLOYMENT, st.booleans())
def test_an_intent_without_outcome_leaves_its_fields_in_doubt_and_all_others_certain(
    live: LiveDeployment, action: a.Action, ended: bool
) -> None:
    entries = adopted(live) + step("run-1", action, None)
    memory = replay([*entries, RunFinished("run-1", AT, 130)] if ended else entries)
    assert certain(memory) == set(PATHS) - action.touches
    # The last certain values are kept: only their certainty is gone.
    assert memory.view()["alpha"].values == replace(live, id="live-1")


@given(live_deployments(full=True), ON_ONE_DEPLOYMENT, ON_ONE_DEPLOYMENT, LANDED)
def test_a_later_run_lifts_a_doubt_by_its_outcome_but_not_in_fields_that_change_item_by_item(
    live: LiveDeployment, lost: a.Action, action: a.Action, outcome: Outcome
) -> None:
    after = replay(adopted(live) + step("run-1", lost, None) + step("run-2", action, outcome))
    effect = action.effect(live)
    assert effect is not None
    decided = {path for path in action.touches if FIELD[path].of(effect) is not UNREPORTED}
    still = (lost.touches - decided) | (lost.touches & decided & GROWING) | (action.touches - decided)
    assert certain(after) == set(PATHS) - still


@given(live_deployments(full=True), live_deployments(full=True), ON_ONE_DEPLOYMENT)
def test_seeing_the_fields_lifts_every_doubt(live: LiveDeployment, seen: LiveDeployment, lost: a.Action) -> None:
    entries = adopted(live) + step("run-1", lost, None) + adopted(seen, run="run-2")
    memory = replay(entries)
    assert certain(memory) == set(PATHS)
    assert memory.view()["alpha"].values == replace(seen, id="live-1")
    assert memory.waiting == ()


@given(live_deployments(), actions(a.CreateTag), NOT_DONE)
def test_a_step_that_failed_or_was_skipped_changes_nothing(
    live: LiveDeployment, action: a.Action, outcome: Outcome
) -> None:
    assert replay(adopted(live) + step("run-1", action, outcome)).view() == replay(adopted(live)).view()
    assert replay(step("run-1", action, outcome)).view() == {}


@given(JUMBLES | JOURNALS, st.booleans())
def test_a_deletion_forgets_the_deployment(entries: list[Entry], force: bool) -> None:
    deleted = replay(entries + step("run-9", a.DeleteDeployment(force), Done()))
    assert "alpha" not in deleted.view()
    others = {address: it for address, it in replay(entries).view().items() if address != "alpha"}
    assert deleted.view() == others


@given(JUMBLES | JOURNALS)
def test_forgetting_drops_a_deployment_and_what_was_open_on_it(entries: list[Entry]) -> None:
    memory = replay([*entries, Forgotten("run-9", AT, "alpha")])
    assert "alpha" not in memory.view()
    assert {intent.address for intent in memory.waiting} <= {"bravo"}


@given(live_deployments(full=True))
def test_a_deletion_in_doubt_takes_nothing_away(live: LiveDeployment) -> None:
    memory = replay(adopted(live) + step("run-1", a.DeleteDeployment(), None))
    assert certain(memory) == set(PATHS)


CREATE = a.CreateDeployment("alpha", Ref("m1"))


def created(outcome: Outcome | None, deployment_id: str | None, before: list[Entry] | None = None) -> AppliedDeployment:
    entries: list[Entry] = [*(before or []), IntentRecorded("run-1", AT, 1, "alpha", None, CREATE)]
    if outcome is not None:
        entries.append(OutcomeRecorded("run-1", AT, 1, "alpha", deployment_id, outcome))
    return replay(entries).view()["alpha"]


@given(st.none() | live_deployments(), st.sampled_from(("new", None)))
def test_a_creation_binds_the_id_that_the_platform_told_and_never_an_earlier_one(
    former: LiveDeployment | None, told: str | None
) -> None:
    before = [] if former is None else adopted(former)
    assert created(Done(), told, before).values.id == told
    assert created(Unverified("time-out"), told, before).values.id == told
    assert created(None, None, before).values.id is None


def test_steps_after_a_creation_carry_its_id_although_their_intents_did_not_know_it() -> None:
    shadow = IntentRecorded("run-1", AT, 2, "alpha", None, a.SetShadow(Ref("m2")))
    entries: list[Entry] = [
        IntentRecorded("run-1", AT, 1, "alpha", None, CREATE),
        shadow,
        OutcomeRecorded("run-1", AT, 1, "alpha", "new", Done()),
    ]
    waiting = replay(entries).view()["alpha"]
    assert waiting.values.id == "new"
    assert not waiting.certain("models.shadow")
    memory = replay([*entries, OutcomeRecorded("run-1", AT, 2, "alpha", "new", Done())]).view()["alpha"]
    assert (memory.values.id, memory.values.shadow) == ("new", Ref("m2"))


def test_a_creation_that_found_the_deployment_there_claims_it_and_knows_nothing_of_it() -> None:
    found = created(AlreadySatisfied("it exists"), "there")
    assert found.values == LiveDeployment(id="there")
    assert set(found.records) == set(CREATED)
    assert not any(found.certain(path) for path in PATHS)


def test_a_lost_creation_is_claimed_so_that_the_next_run_may_finish_it() -> None:
    lost = created(None, None)
    assert lost.values.id is None
    assert set(lost.records) == set(CREATED)
    assert not any(found for path in PATHS if (found := lost.certain(path)))


@given(live_deployments(full=True), ON_ONE_DEPLOYMENT, ON_ONE_DEPLOYMENT)
def test_a_run_that_wakes_up_after_another_took_over_decides_nothing_any_more(
    live: LiveDeployment, slept: a.Action, action: a.Action
) -> None:
    taken_over = adopted(live) + step("run-1", slept, None) + step("run-2", action, Done())
    late = OutcomeRecorded("run-1", AT, 1, "alpha", "live-1", Done())
    assert replay([*taken_over, late]) == replay(taken_over)


@given(st.sampled_from((Done(), Unverified("?"), None)), st.booleans())
def test_creating_a_tag_gives_us_no_deployment(outcome: Outcome | None, ended: bool) -> None:
    entries = step("run-1", a.CreateTag("t"), outcome, address="")
    memory = replay([*entries, RunFinished("run-1", AT, 0)] if ended else entries)
    assert memory.view() == {}


@given(actions(a.CreateTag, a.DeleteDeployment))
def test_a_record_says_when_by_which_run_and_from_which_commit(action: a.Action) -> None:
    assume(action.touches)
    for outcome in (Done(), Unverified("?"), None):
        records = replay(step("run-1", action, outcome)).view()["alpha"].records
        assert {(it.at, it.run, it.revision) for it in records.values()} == {(AT, "run-1", "commit of run-1")}


def test_the_commits_of_ended_runs_are_not_kept_so_that_memory_does_not_grow_with_history() -> None:
    header = RunHeader("run-1", "drift", AT, revision="1a2b3c4")
    seen = DriftSeen("run-1", AT, "alpha", (("threshold", "drifted"),))
    assert replay([RunStarted(header), seen]).revisions == {"run-1": "1a2b3c4"}
    assert replay([RunStarted(header), seen, RunFinished("run-1", AT, 2)]) == Memory()


@given(live_deployments(), st.sampled_from(("Orphan", "Delete")), st.booleans())
def test_removal_follows_the_manifest_that_was_remembered_last(
    live: LiveDeployment, on_removal: str, protected: bool
) -> None:
    remembered = FieldsRemembered("run-2", AT, "alpha", (), live, on_removal, protected)
    memory = replay([*adopted(live), remembered]).view()["alpha"]
    assert (memory.on_removal, memory.prevent_destroy) == (on_removal, protected)


@pytest.mark.parametrize("kind", a.ACTIONS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_action_can_land_be_lost_and_fail_without_history(kind: type[a.Action], data: st.DataObject) -> None:
    action = data.draw(ACTIONS_BY_KIND[kind])
    for outcome in (Done(), AlreadySatisfied(""), Unverified(""), Failed(""), Skipped(""), None):
        for known in replay(step("run-1", action, outcome)).view().values():
            assert set(known.records) == action.touches


def test_history_shows_the_newest_run_first_with_what_became_of_its_steps() -> None:
    attempts = [
        Attempt("bravo", "live-2", a.ClearShadow(), Done()),
        Attempt("alpha", "live-1", a.ClearShadow(), Done()),
        Attempt("alpha", "live-1", a.SetUpFeedbackLoop(), Failed("no")),
        Attempt("", "", a.CreateTag("t"), None),
    ]
    first, second = run_of("run-1", attempts), run_of("run-2", [], killed=True)
    newest, oldest = summaries([*first, *second])
    assert (newest.header.run, newest.exit_code, newest.finished_at, newest.addresses) == ("run-2", None, None, ())
    assert (oldest.header.run, oldest.exit_code, oldest.finished_at) == ("run-1", 0, AT)
    assert (oldest.outcomes, oldest.addresses) == ({"Done": 2, "Failed": 1}, ("alpha", "bravo"))


@given(JUMBLES)
@example([OutcomeRecorded("run-1", AT, 1, "alpha", None, Done()), *run_of("run-1", [])])
def test_history_counts_each_step_once_and_knows_only_runs_that_started(entries: list[Entry]) -> None:
    found = summaries(entries)
    started = {entry.header.run for entry in entries if isinstance(entry, RunStarted)}
    assert {summary.header.run for summary in found} == started
    for summary in found:
        steps = {e.number for e in entries if isinstance(e, OutcomeRecorded) and e.run == summary.header.run}
        assert sum(summary.outcomes.values()) == len(steps)


def test_an_entry_or_an_outcome_of_no_known_kind_is_never_passed_over_in_silence() -> None:
    with pytest.raises(AssertionError):
        replay([cast("Entry", object())])
    intent = IntentRecorded("run-1", AT, 1, "alpha", None, CREATE)
    with pytest.raises(AssertionError):
        replay([intent, OutcomeRecorded("run-1", AT, 1, "alpha", None, cast("Outcome", object()))])
