"""Actions survive their JSON form, whatever they hold, and nothing unknown is taken for an action."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core import actions as a
from reconciler.core.codec.actions import action_from_json, action_to_json
from reconciler.core.codec.reading import read_text, write_text
from reconciler.core.live import Json, Management, TrainingConfiguration
from reconciler.core.manifest.spec import Policy, Serving, TriggerEvent
from reconciler.core.outcome import Outcome
from reconciler.core.references import Ref
from reconciler.errors import LedgerError
from tests.strategies.actions import ACTIONS_BY_KIND, OUTCOMES_BY_KIND, actions


def test_the_strategies_cover_both_unions() -> None:
    assert set(ACTIONS_BY_KIND) == set(a.ACTIONS)
    assert set(OUTCOMES_BY_KIND) == set(get_args(Outcome))


@pytest.mark.parametrize("kind", a.ACTIONS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_an_action_of_every_kind_survives_its_json_form(kind: type[a.Action], data: st.DataObject) -> None:
    action = data.draw(ACTIONS_BY_KIND[kind])
    text = write_text(action_to_json(action))
    again = action_from_json(read_text(text))
    assert again == action
    # Refs are equal by id alone, so equal text is what shows that labels survive too.
    assert write_text(action_to_json(again)) == text


@given(actions())
def test_the_json_form_names_its_kind_and_ignores_keys_of_later_versions(action: a.Action) -> None:
    written = action_to_json(action)
    assert written["kind"] == type(action).__name__
    assert action_from_json(written | {"of a later version": [1]}) == action


_M, _D = Ref("m-1", "m@v1"), Ref("d-1", "d@w1")
_CONFIGURATION = TrainingConfiguration(Ref("p-1", "p"), TriggerEvent.FEEDBACK_LOOP, 150, False, '{"epochs":50}')
_CONFIGURATION_TEXT = (
    '{"experimentParameters":{"epochs":50},"project":{"id":"p-1","label":"p"},'
    '"trigger":{"event":"FeedbackLoop","threshold":150}}'
)
_M_TEXT, _D_TEXT = '{"id":"m-1","label":"m@v1"}', '{"id":"d-1","label":"d@w1"}'

_MANAGED = Management("lyon", "1a2b3c4-dirty", "manifests/é.yaml", 3, ("name", "threshold"))
_COMMIT = '"1a2b3c4-dirty"'
_MANAGED_TEXT = (
    f'{{"catalog":"lyon","fields":["name","threshold"],"file":"manifests/\\u00e9.yaml","line":3,"revision":{_COMMIT}}}'
)

WRITTEN_BY_VERSION_1: dict[a.Action, str] = {
    a.CreateTag("t"): '{"kind":"CreateTag","name":"t"}',
    a.CreateDeployment("n", _M): f'{{"champion":{_M_TEXT},"kind":"CreateDeployment","name":"n","serving":"Managed"}}',
    a.CreateDeployment("n", _M, _M, 0.5, Ref("l-1"), Serving.OWN): (
        f'{{"champion":{_M_TEXT},"datalake":{{"id":"l-1","label":""}},"kind":"CreateDeployment","name":"n",'
        f'"serving":"Own","shadow":{_M_TEXT},"threshold":0.5}}'
    ),
    a.RenameDeployment("n"): '{"kind":"RenameDeployment","name":"n"}',
    a.ToggleContinuousDeployment(False, phase=a.Phase.DISARM): (
        '{"active":false,"kind":"ToggleContinuousDeployment","phase":"disarm"}'
    ),
    a.ToggleContinuousTraining(False, phase=a.Phase.CONFIGURE): (
        '{"active":false,"kind":"ToggleContinuousTraining","phase":"configure"}'
    ),
    a.ToggleFeedbackLoop(True, phase=a.Phase.ARM): '{"active":true,"kind":"ToggleFeedbackLoop","phase":"arm"}',
    a.UpdateSettings(sample_rate=0.0): '{"kind":"UpdateSettings","sample_rate":0.0}',
    a.SetTrainingData(_D): f'{{"dataset_version":{_D_TEXT},"kind":"SetTrainingData"}}',
    a.DisableTrainingData(): '{"kind":"DisableTrainingData"}',
    a.SetShadow(_M): f'{{"kind":"SetShadow","model_version":{_M_TEXT}}}',
    a.ClearShadow(): '{"kind":"ClearShadow"}',
    a.SetChampion(_M): f'{{"kind":"SetChampion","model_version":{_M_TEXT}}}',
    a.AttachTag("é"): '{"kind":"AttachTag","name":"\\u00e9"}',
    a.DetachTag("t"): '{"kind":"DetachTag","name":"t"}',
    a.RecordManagement(_MANAGED): f'{{"kind":"RecordManagement","management":{_MANAGED_TEXT}}}',
    a.RecordManagement(replace(_MANAGED, revision=None)): (
        f'{{"kind":"RecordManagement","management":{_MANAGED_TEXT.replace(_COMMIT, "null")}}}'
    ),
    a.SetUpFeedbackLoop(): '{"kind":"SetUpFeedbackLoop"}',
    a.AttachFeedbackDataset(_D): f'{{"dataset_version":{_D_TEXT},"kind":"AttachFeedbackDataset"}}',
    a.DetachFeedbackDataset(_D): f'{{"dataset_version":{_D_TEXT},"kind":"DetachFeedbackDataset"}}',
    a.PrepareContinuousTraining(_CONFIGURATION): (
        f'{{"configuration":{_CONFIGURATION_TEXT},"kind":"PrepareContinuousTraining"}}'
    ),
    a.ConfigureContinuousDeployment(Policy.DEPLOY_SHADOW): (
        '{"kind":"ConfigureContinuousDeployment","policy":"DeployShadow"}'
    ),
    a.DetachTrainingDataset(_D): f'{{"dataset_version":{_D_TEXT},"kind":"DetachTrainingDataset"}}',
    a.AttachTrainingDataset("train", _D): (
        f'{{"alias":"train","dataset_version":{_D_TEXT},"kind":"AttachTrainingDataset"}}'
    ),
    a.ConfigureContinuousTraining(_CONFIGURATION): (
        f'{{"configuration":{_CONFIGURATION_TEXT},"kind":"ConfigureContinuousTraining"}}'
    ),
    a.DeleteDeployment(force=True): '{"force":true,"kind":"DeleteDeployment"}',
}
"""Ledgers and plans out there hold these texts: this table may grow and never change."""


@pytest.mark.parametrize(("action", "text"), WRITTEN_BY_VERSION_1.items(), ids=lambda value: type(value).__name__)
def test_the_written_form_never_changes(action: a.Action, text: str) -> None:
    assert write_text(action_to_json(action)) == text
    assert action_from_json(read_text(text)) == action


def test_the_table_of_written_forms_holds_every_kind() -> None:
    assert {type(action) for action in WRITTEN_BY_VERSION_1} == set(a.ACTIONS)


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        [],
        "SetShadow",
        {},
        {"kind": 7},
        {"kind": "SetShadow"},
        {"kind": "SetShadow", "model_version": "m-1"},
        {"kind": "SetShadow", "model_version": {"label": "m@v1"}},
        {"kind": "DeleteDeployment", "force": "yes"},
        {"kind": "ToggleFeedbackLoop", "active": True, "phase": "never"},
        {"kind": "ToggleFeedbackLoop", "active": True},
        {"kind": "ConfigureContinuousDeployment", "policy": "DeployNothing"},
        {"kind": "ConfigureContinuousDeployment"},
        {"kind": "UpdateSettings", "threshold": True},
        {"kind": "UpdateSettings", "threshold": float("inf")},
        {"kind": "UpdateSettings", "threshold": "0.5"},
        {"kind": "PrepareContinuousTraining"},
        {"kind": "PrepareContinuousTraining", "configuration": {"project": {"id": "p"}}},
        {"kind": "PrepareContinuousTraining", "configuration": [1]},
    ],
    ids=str,
)
def test_a_damaged_action_is_a_ledger_error_with_a_next_step(damaged: Json) -> None:
    with pytest.raises(LedgerError) as caught:
        action_from_json(damaged)
    assert caught.value.hint


def test_what_an_earlier_version_did_not_write_has_its_default() -> None:
    written: dict[str, Json] = {"kind": "CreateDeployment", "name": "n", "champion": {"id": "m"}}
    assert action_from_json(written) == a.CreateDeployment("n", Ref("m"), serving=Serving.MANAGED)


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(LedgerError, match="'PaintDeployment' is not known to this version"):
        action_from_json({"kind": "PaintDeployment", "colour": "green"})


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": NaN}', "Infinity", "1" * 5000])
def test_text_that_is_not_json_is_a_ledger_error(text: str) -> None:
    with pytest.raises(LedgerError, match="is not JSON"):
        read_text(text)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_cannot_say_is_never_written(number: float) -> None:
    with pytest.raises(LedgerError, match="cannot be written"):
        write_text({"threshold": number})


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON_VALUES)
def test_any_json_value_survives_its_text_and_the_text_is_ascii(value: Json) -> None:
    text = write_text(value)
    assert text.isascii()
    assert read_text(text) == value


@given(st.dictionaries(st.text(max_size=3), st.integers(), min_size=2))
def test_the_text_does_not_depend_on_the_order_of_keys(value: dict[str, Json]) -> None:
    assert write_text(dict(reversed(value.items()))) == write_text(value)
