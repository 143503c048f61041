"""Plain settings of a deployment: what PATCH changes, refuses, and when a deployment counts as changed."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.platform.api import Api, fresh

pytestmark = pytest.mark.anyio


async def test_a_patch_changes_what_it_names_and_nothing_else(api: Api) -> None:
    made = await api.deployment(min_threshold=0.2)
    changed = await api.ask("PATCH", f"/deployment/{made['id']}", {"sample_rate": 0.5})
    assert changed["settings"] | {"updated_at": ""} == made["settings"] | {"sample_rate": 0.5, "updated_at": ""}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"min_threshold": 20}, 422),
        ({"min_threshold": "0.5"}, 422),
        ({"sample_rate": 1.5}, 422),
        ({"sample_rate": -1}, 422),
        ({"active": False}, 422),
        ({"target_datalake_id": str(uuid4())}, 404),
        ([], 422),
    ],
)
async def test_a_patch_that_is_refused_changes_nothing(api: Api, body: object, status: int) -> None:
    made = await api.deployment()
    assert await api.status("PATCH", f"/deployment/{made['id']}", body) == status
    assert await api.settings(made) == made["settings"]


async def test_numbers_that_are_not_numbers_are_refused(api: Api) -> None:
    made = await api.deployment()
    for text in ('{"min_threshold": NaN}', '{"min_threshold": 1e999}', '{"min_threshold": ', "\xff"):
        response = await api.client.patch(f"/api/deployment/{made['id']}", content=text.encode("latin-1"))
        assert response.status_code in {400, 422}, text
        assert set(response.json()) == {"message", "detail"}


async def test_null_leaves_a_setting_as_it_is(api: Api) -> None:
    made = await api.deployment(min_threshold=0.3)
    nothing = {"name": None, "min_threshold": None, "target_datalake_id": None, "sample_rate": None}
    assert await api.ask("PATCH", f"/deployment/{made['id']}", nothing) == made


async def test_the_datalakes_connector_is_told(api: Api) -> None:
    made = await api.deployment()
    lake = await api.ask("GET", api.home("datalake"))
    connector = await api.ask("GET", f"/deployment/{made['id']}/datalake/connector")
    assert connector == {"id": lake["connector_id"], "client_type": "MINIO", "bucket_name": "embedded"}


async def test_management_is_kept_as_it_was_written(api: Api) -> None:
    made = await api.deployment()
    note = {"catalog": "lyon", "revision": "1a2b3c4", "file": "manifests/a.yaml", "line": 3, "fields": ["threshold"]}
    assert await api.status("PUT", f"/deployment/{made['id']}/management", note) == 204
    assert (await api.settings(made))["management"] == note
    assert await api.status("PUT", f"/deployment/{made['id']}/management", {"catalog": "lyon"}) == 422


async def test_every_change_of_a_setting_moves_the_moment_and_repeating_it_does_not(api: Api) -> None:
    made, version, tag = await api.deployment(), await api.dataset_version(), await api.tag()
    project, model = await api.project(), await api.model_version()
    path = f"/deployment/{made['id']}"
    training = {"project_id": project["id"], "training_type": "EXPERIMENT", "experiment_parameters": {"epochs": 1}}
    note = {"catalog": "c", "revision": "1", "file": "f", "line": 1, "fields": []}
    repeatable: list[tuple[str, str, object]] = [
        ("PATCH", path, {"min_threshold": 0.5}),
        ("PATCH", path, {"name": fresh("renamed")}),
        ("POST", f"{path}/model", {"model_version_id": model["id"]}),
        ("POST", f"{path}/shadow", {"model_version_id": model["id"]}),
        ("POST", f"/tag/{tag['id']}/attach", [made["id"]]),
        ("PATCH", f"/tag/{tag['id']}", {"name": fresh("renamed")}),
        ("POST", f"/tag/{tag['id']}/detach", [made["id"]]),
        ("POST", f"{path}/pipeline/fl/setup", {}),
        ("PUT", f"{path}/pipeline/fl", {"active": True}),
        ("POST", f"{path}/pipeline/ct", training),
        ("PUT", f"{path}/pipeline/ct", {"active": False}),
        ("POST", f"{path}/pipeline/cd", {"policy": "DEPLOY_MANUAL"}),
        ("PUT", f"{path}/pipeline/cd", {"active": True}),
        ("PUT", f"{path}/management", note),
    ]
    for method, place, body in repeatable:
        before = (await api.settings(made))["updated_at"]
        await api.ask(method, place, body)
        after = (await api.settings(made))["updated_at"]
        assert after > before, (method, place)
        await api.ask(method, place, body)
        assert (await api.settings(made))["updated_at"] == after, (method, place)
    once = [
        ("POST", f"{path}/fl/datasets", {"dataset_version_id": version["id"]}),
        ("DELETE", f"{path}/fl/datasets", {"ids": [version["id"]]}),
        ("POST", f"{path}/ct/datasets", {"dataset_version_id": version["id"], "name": "train"}),
        ("DELETE", f"{path}/ct/datasets", {"ids": [version["id"]]}),
        ("DELETE", f"{path}/shadow", None),
        ("DELETE", f"/tag/{tag['id']}", None),
    ]
    await api.ask("POST", f"/tag/{tag['id']}/attach", [made["id"]])
    for method, place, body in once:
        before = (await api.settings(made))["updated_at"]
        await api.ask(method, place, body)
        assert (await api.settings(made))["updated_at"] > before, (method, place)
