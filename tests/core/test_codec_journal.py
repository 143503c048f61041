"""Outcomes, journal entries and memory survive their JSON form; what cannot be understood is refused."""

from typing import cast, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.actions import SetShadow
from reconciler.core.applied import AppliedDeployment
from reconciler.core.codec.journal import entry_from_json, entry_to_json, outcome_from_json, outcome_to_json
from reconciler.core.codec.memory import (
    MEMORY_FORMAT,
    applied_from_json,
    applied_to_json,
    memory_from_json,
    memory_to_json,
)
from reconciler.core.codec.reading import Reader, read_text, write_text
from reconciler.core.codec.writing import plain
from reconciler.core.journal import (
    DriftSeen,
    Entry,
    FieldsRemembered,
    Forgotten,
    IntentRecorded,
    OutcomeRecorded,
    RunFinished,
    RunHeader,
    RunStarted,
    replay,
)
from reconciler.core.live import Json, LiveDeployment, live_to_json
from reconciler.core.outcome import AlreadySatisfied, Done, Failed, Outcome, Skipped, Unverified
from reconciler.core.references import Ref
from reconciler.errors import LedgerError
from tests.strategies.actions import OUTCOMES_BY_KIND, live_deployments
from tests.strategies.journal import APPLIED, ENTRIES, ENTRIES_BY_KIND, JUMBLES


def test_the_strategies_cover_the_union_of_entries() -> None:
    assert set(ENTRIES_BY_KIND) == set(get_args(Entry))


@pytest.mark.parametrize("kind", get_args(Outcome), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_an_outcome_of_every_kind_survives_its_json_form(kind: type[Outcome], data: st.DataObject) -> None:
    outcome = data.draw(OUTCOMES_BY_KIND[kind])
    assert outcome_from_json(read_text(write_text(outcome_to_json(outcome)))) == outcome


@pytest.mark.parametrize("kind", get_args(Entry), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_an_entry_of_every_kind_survives_its_json_form(kind: type[Entry], data: st.DataObject) -> None:
    entry = data.draw(ENTRIES_BY_KIND[kind])
    text = write_text(entry_to_json(entry))
    again = entry_from_json(read_text(text))
    assert again == entry
    assert write_text(entry_to_json(again)) == text


@given(APPLIED)
def test_the_memory_of_a_deployment_survives_its_json_form(applied: AppliedDeployment) -> None:
    text = write_text(applied_to_json(applied))
    again = applied_from_json(read_text(text))
    assert again == applied
    assert write_text(applied_to_json(again)) == text


@given(JUMBLES)
def test_a_folded_journal_survives_its_json_form(entries: list[Entry]) -> None:
    memory = replay(entries)
    text = write_text(memory_to_json(memory))
    again = memory_from_json(read_text(text))
    assert again == memory
    assert write_text(memory_to_json(again)) == text


@given(live_deployments(), st.sampled_from(("of.a.later.version", "settings.colour")))
def test_fields_of_later_versions_are_ignored(live: LiveDeployment, path: str) -> None:
    written = live_to_json(live)
    written["fields"] = {**cast("dict[str, Json]", written["fields"]), path: {"a": [1]}}
    assert Reader("an entry", {"live": written}).live("live") == live


@given(ENTRIES)
def test_keys_of_later_versions_are_ignored(entry: Entry) -> None:
    assert entry_from_json(entry_to_json(entry) | {"of a later version": {"a": 1}}) == entry


_HEAD = '"run":"r"'
_AT = '"at":"2026-11-21T20:36:00Z"'

WRITTEN_BY_VERSION_1: dict[Entry, str] = {
    RunStarted(RunHeader("r", "apply", "2026-11-21T20:36:00Z", "ci", "1a2b", "repo", "sha256:0", "why")): (
        f'{{"actor":"ci",{_AT},"command":"apply","format":1,"kind":"RunStarted","plan_digest":"sha256:0",'
        f'"reason":"why","repository":"repo","revision":"1a2b",{_HEAD}}}'
    ),
    IntentRecorded("r", "2026-11-21T20:36:00Z", 1, "a", None, SetShadow(Ref("m", "l"))): (
        '{"action":{"kind":"SetShadow","model_version":{"id":"m","label":"l"}},"address":"a",'
        f'{_AT},"format":1,"kind":"IntentRecorded","number":1,{_HEAD}}}'
    ),
    OutcomeRecorded("r", "2026-11-21T20:36:00Z", 1, "a", "d", Done(0.5, 2)): (
        f'{{"address":"a",{_AT},"deployment_id":"d","format":1,"kind":"OutcomeRecorded","number":1,'
        f'"outcome":{{"attempts":2,"kind":"Done","seconds":0.5}},{_HEAD}}}'
    ),
    FieldsRemembered(
        "r", "2026-11-21T20:36:00Z", "a", ("models.shadow",), LiveDeployment(id="d", shadow=None), "Delete", False
    ): (
        f'{{"address":"a",{_AT},"format":1,"kind":"FieldsRemembered",'
        '"live":{"fields":{"models.shadow":null},"id":"d"},"on_removal":"Delete","paths":["models.shadow"],'
        f'"prevent_destroy":false,{_HEAD}}}'
    ),
    Forgotten("r", "2026-11-21T20:36:00Z", "a"): f'{{"address":"a",{_AT},"format":1,"kind":"Forgotten",{_HEAD}}}',
    DriftSeen("r", "2026-11-21T20:36:00Z", "a", (("threshold", "drifted"),)): (
        f'{{"address":"a",{_AT},"fields":[["threshold","drifted"]],"format":1,"kind":"DriftSeen",{_HEAD}}}'
    ),
    RunFinished("r", "2026-11-21T20:36:00Z", 7): (f'{{{_AT},"exit_code":7,"format":1,"kind":"RunFinished",{_HEAD}}}'),
}
"""Ledgers out there hold these texts: this table may grow and never change."""


@pytest.mark.parametrize(("entry", "text"), WRITTEN_BY_VERSION_1.items(), ids=lambda value: type(value).__name__)
def test_the_written_form_never_changes(entry: Entry, text: str) -> None:
    assert write_text(entry_to_json(entry)) == text
    assert entry_from_json(read_text(text)) == entry


def test_the_table_of_written_forms_holds_every_kind() -> None:
    assert {type(entry) for entry in WRITTEN_BY_VERSION_1} == set(get_args(Entry))


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (Done(), '{"attempts":1,"kind":"Done","seconds":0.0}'),
        (AlreadySatisfied("w"), '{"kind":"AlreadySatisfied","why":"w"}'),
        (Skipped("b"), '{"because":"b","kind":"Skipped"}'),
        (Failed("e", "h", 4), '{"error":"e","exit_code":4,"hint":"h","kind":"Failed"}'),
        (Unverified("w"), '{"kind":"Unverified","why":"w"}'),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_written_form_of_outcomes_never_changes(outcome: Outcome, text: str) -> None:
    assert write_text(outcome_to_json(outcome)) == text
    assert outcome_from_json(read_text(text)) == outcome


_BLANK: dict[str, Json] = {"fields": {}}
_STEP: dict[str, Json] = {"run": "r", "at": "t", "number": 1, "address": "a"}


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        [],
        {"kind": "RunStarted"},
        {"kind": "RunStarted", "run": "r", "command": "apply", "at": 5},
        {"kind": "RunPaused", "run": "r", "at": "t"},
        {"format": 2, "kind": "RunFinished", "run": "r", "at": "t", "exit_code": 0},
        {"format": "1", "kind": "RunFinished", "run": "r", "at": "t", "exit_code": 0},
        {"kind": "RunFinished", "run": "r", "at": "t", "exit_code": True},
        {"kind": "IntentRecorded", **_STEP},
        {"kind": "IntentRecorded", **_STEP, "deployment_id": 5, "action": {"kind": "ClearShadow"}},
        {"kind": "OutcomeRecorded", **_STEP, "outcome": {"kind": "Undone"}},
        {"kind": "OutcomeRecorded", **_STEP, "outcome": {"kind": "Done", "seconds": "1"}},
        {"kind": "FieldsRemembered", **_STEP, "paths": "threshold", "live": {"fields": {}}},
        {"kind": "FieldsRemembered", **_STEP, "paths": [1], "live": {"fields": {}}},
        {"kind": "FieldsRemembered", **_STEP, "paths": [], "live": {}},
        {"kind": "FieldsRemembered", **_STEP, "paths": [], "live": {**_BLANK, "id": 7}},
        {"kind": "FieldsRemembered", **_STEP, "paths": [], "live": {**_BLANK, "type": ["CLASSIFICATION"]}},
        {"kind": "FieldsRemembered", **_STEP, "paths": [], "live": {"fields": {"threshold": "high"}}},
        {"kind": "FieldsRemembered", **_STEP, "paths": [], "live": {"fields": {"threshold": 10**400}}},
        {"kind": "DriftSeen", **_STEP, "fields": [["threshold"]]},
        {"kind": "DriftSeen", **_STEP, "fields": {"threshold": "drifted"}},
    ],
    ids=str,
)
def test_a_damaged_entry_is_a_ledger_error_with_a_next_step(damaged: Json) -> None:
    with pytest.raises(LedgerError) as caught:
        entry_from_json(damaged)
    assert caught.value.hint


@pytest.mark.parametrize(
    "damaged",
    [
        {"format": MEMORY_FORMAT + 1, "applied": [], "waiting": [], "revisions": {}},
        {"format": MEMORY_FORMAT - 1, "applied": [], "waiting": [], "revisions": {}},
        {"applied": [], "waiting": [], "revisions": {}},
        {"format": MEMORY_FORMAT, "applied": [{}]},
        {"format": MEMORY_FORMAT, "waiting": [entry_to_json(Forgotten("r", "t", "a"))], "revisions": {}},
        {"format": MEMORY_FORMAT, "revisions": {"r": None}},
        {"format": MEMORY_FORMAT, "applied": [{"address": "a", "values": {"fields": {}}, "records": [{"at": "t"}]}]},
    ],
    ids=str,
)
def test_a_checkpoint_of_another_format_or_shape_is_refused(damaged: Json) -> None:
    with pytest.raises(LedgerError):
        memory_from_json(damaged)


@pytest.mark.parametrize("value", [object(), {"a": 1}, Done], ids=["an object", "a mapping", "a class"])
def test_a_value_without_json_form_is_a_programming_error(value: object) -> None:
    with pytest.raises(TypeError, match="no JSON form"):
        plain(value)
