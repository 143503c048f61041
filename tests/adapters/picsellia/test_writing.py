"""Which request an action becomes is known before its ids are: the plan shows what apply sends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.picsellia.request import Ids, Route
from reconciler.adapters.picsellia.writing import request_for
from reconciler.core import actions as a
from reconciler.core.actions import Phase
from reconciler.core.live import Management, TrainingConfiguration
from reconciler.core.manifest.spec import Policy, Serving, TriggerEvent
from reconciler.core.references import Ref
from tests.strategies.actions import actions

if TYPE_CHECKING:
    from reconciler.core.live import Json

D, M, S, L, V, P, T = (str(UUID(int=number)) for number in range(1, 8))
ARMED = TrainingConfiguration(Ref(P), TriggerEvent.FEEDBACK_LOOP, 150, False, '{"epochs":50}')
IDLE = TrainingConfiguration(Ref(P), TriggerEvent.NONE, None, False, '{"epochs":50}')
SCAN = TrainingConfiguration(Ref(P), TriggerEvent.FEEDBACK_LOOP, 3, True, '{"metric":"x"}')
IDS = Ids(D, "org", {"red": T})

TABLE: list[tuple[a.Action, str, Json]] = [
    (a.CreateTag("red"), "POST /api/organization/org/tags", {"name": "red", "target_type": "DEPLOYMENT"}),
    (
        a.CreateDeployment("x", Ref(M)),
        "POST /api/organization/org/deployments",
        {"model_version_id": M, "name": "x"},
    ),
    (
        a.CreateDeployment("x", Ref(M), Ref(S), 0.0, Ref(L), Serving.OWN),
        "POST /api/organization/org/deployments",
        {
            "model_version_id": M,
            "name": "x",
            "min_threshold": 0.0,
            "target_datalake_id": L,
            "shadow_model_version_id": S,
            "disable_serving": True,
        },
    ),
    (a.RenameDeployment("y"), f"PATCH /api/deployment/{D}", {"name": "y"}),
    (a.UpdateSettings(), f"PATCH /api/deployment/{D}", {}),
    (
        a.UpdateSettings(0.0, Ref(L), 1.0),
        f"PATCH /api/deployment/{D}",
        {"min_threshold": 0.0, "target_datalake_id": L, "sample_rate": 1.0},
    ),
    (a.SetChampion(Ref(M)), f"POST /api/deployment/{D}/model", {"model_version_id": M}),
    (a.SetShadow(Ref(S)), f"POST /api/deployment/{D}/shadow", {"model_version_id": S}),
    (a.ClearShadow(), f"DELETE /api/deployment/{D}/shadow", None),
    (a.AttachTag("red"), f"POST /api/tag/{T}/attach", [D]),
    (a.DetachTag("red"), f"POST /api/tag/{T}/detach", [D]),
    (a.SetTrainingData(Ref(V)), f"POST /api/deployment/{D}/pipeline/td/setup", {"dataset_version_id": V}),
    (a.DisableTrainingData(), f"PUT /api/deployment/{D}/pipeline/td/disable", None),
    (a.SetUpFeedbackLoop(), f"POST /api/deployment/{D}/pipeline/fl/setup", {}),
    (a.AttachFeedbackDataset(Ref(V)), f"POST /api/deployment/{D}/fl/datasets", {"dataset_version_id": V}),
    (a.DetachFeedbackDataset(Ref(V)), f"DELETE /api/deployment/{D}/fl/datasets", {"ids": [V]}),
    (a.ToggleFeedbackLoop(True, phase=Phase.ARM), f"PUT /api/deployment/{D}/pipeline/fl", {"active": True}),
    (
        a.PrepareContinuousTraining(ARMED),
        f"POST /api/deployment/{D}/pipeline/ct",
        {"project_id": P, "training_type": "EXPERIMENT", "experiment_parameters": {"epochs": 50}},
    ),
    (
        a.ConfigureContinuousTraining(IDLE),
        f"POST /api/deployment/{D}/pipeline/ct",
        {"project_id": P, "training_type": "EXPERIMENT", "experiment_parameters": {"epochs": 50}},
    ),
    (
        a.ConfigureContinuousTraining(ARMED),
        f"POST /api/deployment/{D}/pipeline/ct",
        {
            "project_id": P,
            "trigger": "FEEDBACK_LOOP",
            "threshold": 150,
            "training_type": "EXPERIMENT",
            "experiment_parameters": {"epochs": 50},
        },
    ),
    (
        a.ConfigureContinuousTraining(SCAN),
        f"POST /api/deployment/{D}/pipeline/ct",
        {
            "project_id": P,
            "trigger": "FEEDBACK_LOOP",
            "threshold": 3,
            "training_type": "SCAN",
            "scan_config": {"metric": "x"},
        },
    ),
    (
        a.AttachTrainingDataset("train", Ref(V)),
        f"POST /api/deployment/{D}/ct/datasets",
        {"dataset_version_id": V, "name": "train"},
    ),
    (a.DetachTrainingDataset(Ref(V)), f"DELETE /api/deployment/{D}/ct/datasets", {"ids": [V]}),
    (a.ToggleContinuousTraining(False, phase=Phase.DISARM), f"PUT /api/deployment/{D}/pipeline/ct", {"active": False}),
    (
        a.ConfigureContinuousDeployment(Policy.DEPLOY_SHADOW),
        f"POST /api/deployment/{D}/pipeline/cd",
        {"policy": "DEPLOY_SHADOW"},
    ),
    (a.ToggleContinuousDeployment(True, phase=Phase.ARM), f"PUT /api/deployment/{D}/pipeline/cd", {"active": True}),
    (
        a.RecordManagement(Management("lyon", "1a2b3c4", "manifests/a.yaml", 3, ("name", "threshold"))),
        f"PUT /api/deployment/{D}/management",
        {
            "catalog": "lyon",
            "revision": "1a2b3c4",
            "file": "manifests/a.yaml",
            "line": 3,
            "fields": ["name", "threshold"],
        },
    ),
    (
        a.RecordManagement(Management("lyon", None, "a.yaml", 1, ())),
        f"PUT /api/deployment/{D}/management",
        {"catalog": "lyon", "revision": None, "file": "a.yaml", "line": 1, "fields": []},
    ),
    (a.DeleteDeployment(), f"DELETE /api/deployment/{D}", None),
]


@pytest.mark.parametrize(("action", "line", "body"), TABLE, ids=lambda value: type(value).__name__)
def test_an_action_becomes_this_request(action: a.Action, line: str, body: Json) -> None:
    request = request_for(action, IDS)
    assert str(request) == line
    assert request.payload == body
    assert request.route.is_write


@pytest.mark.parametrize(("force", "word"), [(False, "False"), (True, "True")])
def test_force_is_sent_as_python_spells_it(force: bool, word: str) -> None:
    assert request_for(a.DeleteDeployment(force=force), IDS).query == (("force_delete", word),)


def test_the_table_covers_the_union() -> None:
    assert {type(action) for action, _, _ in TABLE} == set(a.ACTIONS)


@given(actions())
def test_every_action_can_be_shown_before_anything_is_known(action: a.Action) -> None:
    shown, sent = request_for(action, Ids()), request_for(action, IDS)
    assert (shown.route, shown.query) == (sent.route, sent.query)
    assert not shown.is_complete
    assert shown.purpose
    json.dumps(shown.payload)


def test_placeholders_stay_readable() -> None:
    assert str(request_for(a.AttachTag("night shift"), Ids())) == "POST /api/tag/{tag night shift}/attach"
    assert request_for(a.AttachTag("x"), Ids()).payload == ["{deployment}"]
    assert str(request_for(a.CreateTag("x"), Ids())) == "POST /api/organization/{organization}/tags"


@given(st.text(min_size=1).filter(lambda text: not set(text) & set("{} ")))
def test_no_id_can_change_the_path(text: str) -> None:
    try:
        path = Route("GET", "/api/thing/{id}/part", "read").to({"id": text}).path
    except UnicodeEncodeError:
        return  # a lone surrogate is not text
    assert path.count("/") == 4
    assert not set(path) & set("?#\\ \n")
