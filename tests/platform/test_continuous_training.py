"""Continuous training of a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from tests.platform.api import Api, Reply

pytestmark = pytest.mark.anyio


async def configuration(api: Api, **change: object) -> Reply:
    body: dict[str, Any] = {
        "project_id": (await api.project())["id"],
        "training_type": "EXPERIMENT",
        "experiment_parameters": {"epochs": 50},
        "trigger": "FEEDBACK_LOOP",
        "threshold": 150,
    }
    body.update(change)
    return {key: value for key, value in body.items() if value is not None}


async def trained(api: Api) -> tuple[Reply, str]:
    made = await api.deployment()
    path = f"/deployment/{made['id']}"
    await api.ask("POST", f"{path}/pipeline/ct", await configuration(api))
    return made, path


async def test_nothing_works_before_set_up(api: Api) -> None:
    made, version = await api.deployment(), await api.dataset_version()
    path = f"/deployment/{made['id']}"
    assert await api.status("PUT", f"{path}/pipeline/ct", {"active": False}) == 404
    attachment = {"dataset_version_id": version["id"], "name": "train"}
    assert await api.status("POST", f"{path}/ct/datasets", attachment) == 404
    assert await api.status("DELETE", f"{path}/ct/datasets", {"ids": [version["id"]]}) == 404
    assert (await api.ask("GET", f"{path}/ct/datasets"))["items"] == []


async def test_set_up_activates_and_says_everything(api: Api) -> None:
    made = await api.deployment()
    body = await configuration(api)
    await api.ask("POST", f"/deployment/{made['id']}/pipeline/ct", body)
    assert (await api.settings(made))["continuous_training"] == {
        **body,
        "active": True,
        "scan_config": None,
        "datasets": [],
        "submitted_since_last_run": 0,
        "run": None,
    }


async def test_setting_up_again_replaces_the_settings_keeps_the_datasets_and_activates(api: Api) -> None:
    made, path = await trained(api)
    version = await api.dataset_version()
    await api.ask("POST", f"{path}/ct/datasets", {"dataset_version_id": version["id"], "name": "train"})
    await api.ask("PUT", f"{path}/pipeline/ct", {"active": False})
    scan = await configuration(
        api, training_type="SCAN", experiment_parameters=None, scan_config={"runs": 3}, trigger=None, threshold=None
    )
    await api.ask("POST", f"{path}/pipeline/ct", scan)
    training = (await api.settings(made))["continuous_training"]
    assert training["active"] is True
    assert training["datasets"] == [{"name": "train", "dataset_version_id": version["id"]}]
    assert (training["trigger"], training["threshold"]) == ("NONE", None)
    assert (training["experiment_parameters"], training["scan_config"]) == (None, {"runs": 3})


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"project_id": str(uuid4())}, 404),
        ({"project_id": None}, 422),
        ({"experiment_parameters": None}, 400),
        ({"experiment_parameters": {}}, 400),
        ({"scan_config": {"runs": 3}}, 400),
        ({"training_type": "SCAN"}, 400),
        ({"training_type": "SWEEP"}, 422),
        ({"trigger": "DRIFT"}, 422),
        ({"threshold": None}, 400),
        ({"threshold": 0}, 422),
        ({"threshold": "150"}, 422),
        ({"threshold": 2**31}, 422),
        ({"promotion_threshold": 0.9}, 422),
        ({"dataset_version_id": str(uuid4())}, 404),
    ],
)
async def test_a_bad_configuration_is_refused_whole(api: Api, change: dict[str, object], status: int) -> None:
    made = await api.deployment()
    body = await configuration(api, **change)
    assert await api.status("POST", f"/deployment/{made['id']}/pipeline/ct", body) == status
    assert await api.settings(made) == made["settings"]


async def test_parameters_come_back_exactly_as_they_were_given(api: Api) -> None:
    made = await api.deployment()
    parameters = {"epochs": 50, "lr": 1e-3, "nested": {"a": [1, 2.5, None, True, "é\u2028"]}, "big": 2**53}
    body = await configuration(api, experiment_parameters=parameters)
    await api.ask("POST", f"/deployment/{made['id']}/pipeline/ct", body)
    assert (await api.settings(made))["continuous_training"]["experiment_parameters"] == parameters


async def test_parameters_no_database_can_keep_are_refused(api: Api) -> None:
    made = await api.deployment()
    body = await configuration(api)
    deep = "[" * 100 + "]" * 100
    for value in ('"\\u0000"', '"\\ud800"', "NaN", "Infinity", '{"\\u0000": 1}', deep):
        text = f'{{"project_id": "{body["project_id"]}", "experiment_parameters": {{"x": {value}}}}}'
        response = await api.client.post(f"/api/deployment/{made['id']}/pipeline/ct", content=text)
        assert response.status_code == 422, value


async def test_aliases_and_versions_are_attached_once_each(api: Api) -> None:
    made, path = await trained(api)
    first, second = await api.dataset_version(), await api.dataset_version("SEGMENTATION")

    def attachment(version: Reply, alias: str) -> Reply:
        return {"dataset_version_id": version["id"], "name": alias}

    await api.ask("POST", f"{path}/ct/datasets", attachment(first, "train"))
    for clash in (attachment(second, "train"), attachment(first, "test"), attachment(first, "train")):
        assert await api.status("POST", f"{path}/ct/datasets", clash) == 409
    await api.ask("POST", f"{path}/ct/datasets", attachment(second, "eval"))
    listed = (await api.ask("GET", f"{path}/ct/datasets"))["items"]
    assert {(item["name"], item["dataset_version"]["id"]) for item in listed} == {
        ("train", first["id"]),
        ("eval", second["id"]),
    }
    for _ in range(2):
        assert await api.status("DELETE", f"{path}/ct/datasets", {"ids": [first["id"]]}) == 204
    assert await api.status("DELETE", f"{path}/ct/datasets", [second["id"]]) == 204
    assert (await api.settings(made))["continuous_training"]["datasets"] == []


async def test_the_older_clients_dataset_is_attached_as_train(api: Api) -> None:
    made, path = await trained(api)
    for version in (await api.dataset_version(), await api.dataset_version()):
        body = await configuration(api, dataset_version_id=version["id"])
        for _ in range(2):
            assert (await api.client.post(f"/sdk{path}/pipeline/ct", json=body)).status_code == 204
        datasets = (await api.settings(made))["continuous_training"]["datasets"]
        assert datasets == [{"name": "train", "dataset_version_id": version["id"]}]
