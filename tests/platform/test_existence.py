"""Deployments as such: creation, defaults, look-up, deletion."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.platform.api import Api, fresh

pytestmark = pytest.mark.anyio


async def test_a_new_deployment_has_the_defaults_of_the_service(api: Api) -> None:
    version = await api.model_version()
    lake = await api.ask("GET", api.home("datalake"))
    made = await api.ask("POST", api.home("deployments"), {"model_version_id": version["id"]})
    assert made["name"].count("-") == 1
    assert (made["type"], made["oracle_host"], made["serving_host"]) == ("CLASSIFICATION", None, None)
    settings = made["settings"]
    assert settings.pop("updated_at").endswith("Z")
    assert settings == {
        "min_threshold": 0.0,
        "sample_rate": 1.0,
        "target_datalake_id": lake["id"],
        "serving": "MANAGED",
        "model_version_id": version["id"],
        "shadow_model_version_id": None,
        "tags": [],
        "training_data": None,
        "feedback_loop": {"configured": False, "active": False, "dataset_version_ids": []},
        "continuous_training": None,
        "continuous_deployment": None,
        "management": None,
    }


async def test_every_reading_of_a_deployment_tells_the_same_settings(api: Api) -> None:
    made = await api.deployment(min_threshold=0.25, disable_serving=True)
    found = await api.ask("GET", api.home("deployments/find"), name=made["name"])
    by_id = await api.ask("GET", api.home("deployments/find"), id=made["id"])
    listed = [item for item in (await api.ask("GET", api.home("deployments")))["items"] if item["id"] == made["id"]]
    detail = await api.detail(made)
    unchanged = await api.ask("PATCH", f"/deployment/{made['id']}", {})
    assert [found, by_id, unchanged, *listed] == [made] * 4
    assert detail == {
        **made,
        "model_version_id": made["settings"]["model_version_id"],
        "shadow_model_version_id": None,
        "tags": [],
    }
    assert made["settings"]["serving"] == "OWN"


async def test_a_deployment_may_be_made_from_its_model_version(api: Api) -> None:
    version = await api.model_version()
    made = await api.ask("POST", f"/model/version/{version['id']}/deploy", {"name": fresh("d"), "min_threshold": 1})
    assert made["settings"]["min_threshold"] == 1.0
    assert (await api.ask("POST", f"/model/version/{version['id']}/deploy"))["name"]


async def test_labels_are_those_of_the_first_model_for_good(api: Api) -> None:
    made = await api.deployment()
    other = await api.model_version(labels={"0": "bird"})
    await api.ask("POST", f"/deployment/{made['id']}/model", {"model_version_id": other["id"]})
    labels = (await api.ask("GET", f"/deployment/{made['id']}/labels"))["items"]
    assert [label["name"] for label in labels] == ["cat", "dog"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"min_threshold": -0.01}, 422),
        ({"min_threshold": 1.01}, 422),
        ({"min_threshold": "0.4"}, 422),
        ({"min_threshold": True}, 422),
        ({"surprise": 1}, 422),
        ({"name": ""}, 422),
        ({"name": "x" * 256}, 422),
        ({"name": "line\nbreak"}, 422),
        ({"model_version_id": "7"}, 422),
        ({"model_version_id": str(uuid4())}, 404),
        ({"target_datalake_id": str(uuid4())}, 404),
        ({"shadow_model_version_id": str(uuid4())}, 404),
    ],
)
async def test_a_bad_creation_is_refused_whole(api: Api, change: dict[str, object], status: int) -> None:
    version = await api.model_version()
    body = {"name": fresh("d"), "model_version_id": version["id"], **change}
    before = (await api.ask("GET", api.home("deployments")))["count"]
    assert await api.status("POST", api.home("deployments"), body) == status
    assert (await api.ask("GET", api.home("deployments")))["count"] == before


async def test_a_shadow_of_another_type_stops_the_creation(api: Api) -> None:
    champion, shadow = await api.model_version(), await api.model_version("SEGMENTATION")
    name = fresh("d")
    body = {"name": name, "model_version_id": champion["id"], "shadow_model_version_id": shadow["id"]}
    assert await api.status("POST", api.home("deployments"), body) == 400
    assert await api.status("GET", api.home("deployments/find"), name=name) == 404


async def test_names_are_unique_within_the_organization(api: Api) -> None:
    first, second = await api.deployment(), await api.deployment()
    assert await api.status("PATCH", f"/deployment/{second['id']}", {"name": first["name"]}) == 409
    version = await api.model_version()
    again = {"name": first["name"], "model_version_id": version["id"]}
    assert await api.status("POST", api.home("deployments"), again) == 409
    assert await api.status("PATCH", f"/deployment/{first['id']}", {"name": first["name"]}) == 200


async def test_unknown_deployments_are_not_found(api: Api) -> None:
    for method, tail in [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/labels"), ("POST", "/promote")]:
        body = {} if method == "PATCH" else None
        assert await api.status(method, f"/deployment/{uuid4()}{tail}", body) == 404
    assert await api.status("GET", api.home("deployments/find"), name="nobody") == 404
    assert await api.status("GET", api.home("deployments/find")) == 400


async def test_an_active_pipeline_protects_from_plain_deletion(api: Api) -> None:
    made = await api.deployment()
    path = f"/deployment/{made['id']}"
    await api.ask("POST", f"{path}/pipeline/cd", {"policy": "DEPLOY_MANUAL"})
    await api.ask("PUT", f"{path}/pipeline/cd", {"active": True})
    response = await api.send("DELETE", path, force_delete="False")
    assert response.status_code == 409
    assert response.json()["detail"] == ["Continuous deployment is active."]
    assert await api.status("DELETE", path, force_delete="True") == 204
    assert await api.status("GET", path) == 404


async def test_deletion_takes_everything_of_the_deployment_and_nothing_else(api: Api) -> None:
    made, version, tag = await api.deployment(), await api.dataset_version(), await api.tag()
    path = f"/deployment/{made['id']}"
    project = await api.project()
    await api.ask("POST", f"/tag/{tag['id']}/attach", [made["id"]])
    await api.ask("POST", f"{path}/pipeline/fl/setup", {})
    await api.ask("POST", f"{path}/fl/datasets", {"dataset_version_id": version["id"]})
    await api.ask("POST", f"{path}/pipeline/td/setup", {"dataset_version_id": version["id"]})
    body = {"project_id": project["id"], "training_type": "EXPERIMENT", "experiment_parameters": {"epochs": 1}}
    await api.ask("POST", f"{path}/pipeline/ct", body)
    await api.ask("POST", f"{path}/ct/datasets", {"dataset_version_id": version["id"], "name": "train"})
    assert await api.status("DELETE", f"/dataset/version/{version['id']}") == 409
    assert await api.status("DELETE", f"/project/{project['id']}") == 409
    assert await api.status("DELETE", path, force_delete="True") == 204
    for kept in (f"/tag/{tag['id']}", f"/dataset/version/{version['id']}", f"/project/{project['id']}"):
        assert await api.status("GET", kept) == 200
        assert await api.status("DELETE", kept) == 204


async def test_identifiers_are_uuids_in_the_order_of_creation(api: Api) -> None:
    made = [UUID((await api.tag())["id"]) for _ in range(5)]
    assert made == sorted(made)
    assert all(identifier.version == 7 for identifier in made)
