"""Experiments: created, given datasets and bases, reported on, deleted; over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.platform.api import fresh, restricted, stranger
from tests.platform.data_in.runs import is_stored, run, stored
from tests.platform.data_in.scene import scene

if TYPE_CHECKING:
    from tests.platform.api import Api

pytestmark = pytest.mark.anyio


async def test_experiments_are_created_found_listed_changed_and_deleted(api: Api) -> None:
    first = await run(api, description="why", parameters={"epochs": 3})
    second = await run(api, first.project)
    made, path = first.experiment, f"/project/{first.project['id']}/experiments"
    assert (made["status"], made["project_id"]) == ("WAITING", first.project["id"])
    assert made["base_model_version_id"] is None
    assert made["base_experiment_id"] is None
    assert await api.ask("GET", first.path) == made
    assert await api.ask("GET", f"{path}/find", name=made["name"]) == made
    assert await api.ask("GET", f"{path}/find", id=made["id"]) == made
    assert await api.ask("GET", api.home("experiments/find"), id=made["id"]) == made
    assert (await api.ask("GET", path))["items"] == [made, second.experiment]
    assert (await api.send("GET", f"{path}/ids")).json() == [made["id"], second.experiment["id"]]
    assert await api.status("POST", path, {"name": made["name"]}) == 409
    changed = await api.ask("PATCH", first.path, {"name": fresh("renamed"), "status": "RUNNING", "description": "so"})
    assert await api.ask("GET", first.path) == changed
    assert (changed["status"], changed["description"]) == ("RUNNING", "so")
    assert await api.status("PATCH", first.path, {"name": second.experiment["name"]}) == 409
    assert await api.status("PATCH", first.path, {"status": "DONE"}) == 422
    await api.ask("DELETE", path, {"ids": [made["id"], str(uuid4())]})
    assert await api.status("GET", first.path) == 404
    await api.ask("DELETE", second.path)
    assert (await api.ask("GET", path))["items"] == []


async def test_an_experiment_is_not_found_in_another_project(api: Api) -> None:
    one, other = await run(api), await run(api)
    path = f"/project/{one.project['id']}/experiments"
    assert await api.status("GET", f"{path}/find", id=other.experiment["id"]) == 404
    assert await api.status("GET", f"{path}/find", name=other.experiment["name"]) == 404
    assert await api.status("GET", f"{path}/find") == 400
    await api.ask("DELETE", path, {"ids": [other.experiment["id"]]})
    assert await api.ask("GET", other.path) == other.experiment


async def test_dataset_versions_are_attached_under_aliases(api: Api) -> None:
    tried, one, other = await run(api), await scene(api), await scene(api)
    path = f"{tried.path}/datasets"
    await api.ask("POST", path, {"name": "train", "dataset_version_id": one.version["id"]})
    assert await api.status("POST", path, {"name": "train", "dataset_version_id": other.version["id"]}) == 409
    assert await api.status("POST", path, {"name": "test", "dataset_version_id": one.version["id"]}) == 409
    await api.ask("POST", path, {"name": "test", "dataset_version_id": other.version["id"]})
    held = (await api.ask("GET", path))["items"]
    assert {item["name"]: item["dataset_version"]["id"] for item in held} == {
        "train": one.version["id"],
        "test": other.version["id"],
    }
    assert (await api.ask("GET", f"{path}/find", name="test"))["dataset_version"]["id"] == other.version["id"]
    assert await api.status("GET", f"{path}/find", name="eval") == 404
    await api.ask("DELETE", path, {"ids": [one.version["id"], str(uuid4())]})
    assert [item["name"] for item in (await api.ask("GET", path))["items"]] == ["test"]
    await api.ask("DELETE", other.path)
    assert (await api.ask("GET", path))["items"] == []


async def test_the_first_dataset_with_labels_makes_the_label_map(api: Api) -> None:
    tried = await run(api)
    bare, one, other = await scene(api, labels=()), await scene(api), await scene(api, labels=("bird",))
    for alias, held in (("a", bare), ("b", one), ("c", other)):
        body = {"name": alias, "dataset_version_id": held.version["id"]}
        await api.ask("POST", f"{tried.path}/datasets", body)
    log = await api.ask("GET", f"{tried.path}/logs/find", name="labelmap")
    assert (log["type"], log["data"]) == ("LABELMAP", {"0": "cat", "1": "dog"})


async def base_version(api: Api) -> tuple[str, str]:
    """Return a model version with labels, parameters and a file, and the file's object."""
    version = await api.model_version(parameters={"epochs": 9})
    file = {"name": "weights", "filename": "w.onnx", "object_name": stored(api), "large": False}
    await api.ask("POST", f"/model/version/{version['id']}/modelfiles", file)
    return str(version["id"]), file["object_name"]


async def recorded(api: Api, path: str) -> dict[str, object]:
    logs = (await api.ask("GET", f"{path}/logs/extended"))["items"]
    return {log["name"]: log["data"] for log in logs}


async def names(api: Api, path: str) -> list[str]:
    return [item["name"] for item in (await api.ask("GET", f"{path}/artifacts"))["items"]]


async def test_a_base_model_version_fills_what_is_missing(api: Api) -> None:
    base, _ = await base_version(api)
    tried = await run(api, base_model_version_id=base)
    assert tried.experiment["base_model_version_id"] == base
    assert await recorded(api, tried.path) == {"labelmap": {"0": "cat", "1": "dog"}, "parameters": {"epochs": 9}}
    assert await names(api, tried.path) == ["weights"]
    own = await run(api, parameters={"epochs": 1}, base_model_version_id=base)
    assert (await recorded(api, own.path))["parameters"] == {"epochs": 1}


@pytest.mark.parametrize(
    ("wish", "parameters", "files"),
    [
        ({}, {"epochs": 1}, ["mine"]),
        ({"attach_base_parameters": True}, {"epochs": 9}, ["mine"]),
        ({"attach_model_files": True}, {"epochs": 1}, ["mine", "weights"]),
        ({"attach_base_parameters": False, "attach_model_files": False}, {"epochs": 1}, ["mine"]),
    ],
)
async def test_parameters_and_files_of_the_base_are_taken_as_wished(
    api: Api, wish: dict[str, bool], parameters: dict[str, int], files: list[str]
) -> None:
    base, _ = await base_version(api)
    tried = await run(api, parameters={"epochs": 1})
    await tried.artifact("mine")
    await api.ask("POST", f"{tried.path}/model", {"model_version_id": base, **wish})
    assert (await recorded(api, tried.path))["parameters"] == parameters
    assert await names(api, tried.path) == files
    assert (await api.ask("GET", tried.path))["base_model_version_id"] == base


async def test_a_base_experiment_of_the_project_fills_what_is_missing(api: Api) -> None:
    base_id, _ = await base_version(api)
    base = await run(api, base_model_version_id=base_id)
    next_one = await run(api, base.project)
    path = f"{next_one.path}/experiment"
    await api.ask("POST", path, {"base_experiment_id": base.experiment["id"]})
    assert await recorded(api, next_one.path) == await recorded(api, base.path)
    assert await names(api, next_one.path) == ["weights"]
    read = await api.ask("GET", next_one.path)
    assert (read["base_experiment_id"], read["base_model_version_id"]) == (base.experiment["id"], base_id)
    elsewhere = await run(api)
    assert await api.status("POST", path, {"base_experiment_id": elsewhere.experiment["id"]}) == 400
    assert await api.status("POST", path, {"base_experiment_id": next_one.experiment["id"]}) == 400
    assert await api.status("POST", path, {"base_experiment_id": str(uuid4())}) == 404


async def test_bytes_that_several_rows_name_go_with_the_last_one(api: Api) -> None:
    base, object_name = await base_version(api)
    tried = await run(api, base_model_version_id=base)
    await api.ask("DELETE", f"/model/version/{base}")
    assert await is_stored(api, object_name)
    await api.ask("DELETE", tried.path)
    assert not await is_stored(api, object_name)


async def test_the_project_takes_its_experiments_along(api: Api) -> None:
    tried = await run(api)
    made = await tried.artifact()
    await api.ask("DELETE", f"/project/{tried.project['id']}")
    assert await api.status("GET", tried.path) == 404
    assert not await is_stored(api, made["object_name"])


@pytest.mark.parametrize("status", ["RUNNING", "SUCCESS", "TERMINATED", "FAILED"])
async def test_a_training_program_reports_how_far_it_has_come(api: Api, status: str) -> None:
    tried = await run(api)
    await api.ask("PATCH", f"{tried.path}/job/status", {"status": status})
    assert (await api.ask("GET", tried.path))["status"] == status
    assert await api.status("PATCH", f"{tried.path}/job/status", {"status": "SUCCEEDED"}) == 422


async def test_a_launched_experiment_has_a_job_and_stays_until_it_has_ended(api: Api) -> None:
    tried = await run(api)
    job = await api.ask("POST", f"{tried.path}/launch", {"gpus": 1, "gpu_type": None, "compute_connector_id": None})
    assert (await api.ask("GET", api.home("jobv2s/find"), id=job["id"]))["id"] == job["id"]
    assert await api.status("POST", f"/v2/job/{job['id']}/succeed") == 409
    api.platform.settle()
    # Without datasets there is nothing to train on.
    assert (await api.ask("GET", f"/v2/job/{job['id']}"))["status"] == "FAILED"
    assert (await api.ask("GET", tried.path))["status"] == "FAILED"
    await api.ask("DELETE", tried.path)


async def test_another_organization_and_a_reader_change_nothing(api: Api) -> None:
    tried = await run(api)
    other, reader = stranger(api.platform), restricted(api.platform)
    for method, path, body in [
        ("GET", tried.path, None),
        ("DELETE", tried.path, None),
        ("POST", f"{tried.path}/logs", {"name": "x", "type": "VALUE", "data": 1}),
        ("POST", f"{tried.path}/publish", {"name": fresh("stolen")}),
    ]:
        assert await other.status(method, path, body) == 404
        if method != "GET":
            assert await reader.status(method, path, body) == 403
    theirs = await run(other)
    model = await api.model()
    assert await other.status("POST", f"{theirs.path}/publish/version", {"model_id": model["id"]}) == 404
    base = {"model_version_id": (await api.model_version())["id"]}
    assert await other.status("POST", f"{theirs.path}/model", base) == 404
