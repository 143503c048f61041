"""Datasets, versions, labels, forks, locks, projects."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.platform.api import Api, Reply, fresh

pytestmark = pytest.mark.anyio


async def versioned(api: Api, dataset: Reply, version: str, **more: object) -> Reply:
    return await api.ask("POST", f"/dataset/{dataset['id']}/versions", {"version": version, **more})


async def test_a_dataset_is_made_found_renamed_and_deleted(api: Api) -> None:
    made = await api.dataset()
    assert await api.ask("GET", api.home("datasets/find"), name=made["name"]) == made
    assert await api.ask("GET", api.home("datasets/find"), id=made["id"]) == made
    assert made in (await api.ask("GET", api.home("datasets")))["items"]
    other = await api.dataset()
    assert await api.status("PATCH", f"/dataset/{made['id']}", {"name": other["name"]}) == 409
    renamed = await api.ask("PATCH", f"/dataset/{made['id']}", {"name": fresh("dataset"), "description": "new"})
    assert (renamed["description"], renamed["tags"]) == ("new", [])
    assert await api.status("DELETE", f"/dataset/{made['id']}") == 204
    assert await api.status("GET", api.home("datasets/find"), id=made["id"]) == 404


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": None}, {"name": 7}, {"name": "a\x00b"}])
async def test_a_dataset_needs_a_proper_name(api: Api, body: dict[str, object]) -> None:
    assert await api.status("POST", api.home("datasets"), body) == 422


async def test_a_name_that_is_no_text_is_refused(api: Api) -> None:
    response = await api.client.post(f"/api{api.home('datasets')}", content=b'{"name": "\\ud800"}')
    assert response.status_code == 422


async def test_versions_are_called_what_their_maker_called_them(api: Api) -> None:
    dataset = await api.dataset()
    made = await versioned(api, dataset, "2026-06", type="CLASSIFICATION")
    assert (made["origin_id"], made["origin_name"]) == (dataset["id"], dataset["name"])
    assert (made["version"], made["type"], made["annotation_campaign_id"]) == ("2026-06", "CLASSIFICATION", None)
    find = f"/dataset/{dataset['id']}/versions/find"
    assert await api.ask("GET", find, version="2026-06") == made
    assert await api.ask("GET", find, id=made["id"]) == made
    assert await api.ask("GET", api.home("datasetversions/find"), id=made["id"]) == made
    assert await api.status("GET", find, version="latest") == 404
    assert await api.status("GET", find) == 400
    elsewhere = await api.dataset_version()
    assert await api.status("GET", find, id=elsewhere["id"]) == 404
    assert await api.status("POST", f"/dataset/{dataset['id']}/versions", {"version": "2026-06"}) == 409


async def test_a_version_is_renamed_typed_and_deleted(api: Api) -> None:
    dataset = await api.dataset()
    made, other = await versioned(api, dataset, "a"), await versioned(api, dataset, "b")
    assert made["type"] == "NOT_CONFIGURED"
    path = f"/dataset/version/{made['id']}"
    changed = await api.ask("PATCH", path, {"version": "c", "type": "POINT", "description": "x"})
    assert (changed["version"], changed["type"], changed["description"]) == ("c", "POINT", "x")
    assert await api.status("PATCH", path, {"version": other["version"]}) == 409
    assert await api.status("PATCH", path, {"type": "CUBE"}) == 422
    assert await api.status("DELETE", path) == 204
    assert [item["id"] for item in (await api.ask("GET", f"/dataset/{dataset['id']}/versions"))["items"]] == [
        other["id"]
    ]


async def test_labels_are_named_once_per_version(api: Api) -> None:
    version = await api.dataset_version()
    path = f"/dataset/version/{version['id']}/labels"
    assert await api.status("GET", f"{path}/find", name="cat") == 404
    cat = await api.ask("POST", path, {"name": "cat"})
    dog = await api.ask("POST", path, {"name": "dog"})
    assert await api.status("POST", path, {"name": "cat"}) == 409
    assert await api.status("PATCH", f"/label/{dog['id']}", {"name": "cat"}) == 409
    renamed = await api.ask("PATCH", f"/label/{dog['id']}", {"name": "wolf"})
    assert (await api.ask("GET", path))["items"] == [cat, renamed]
    assert await api.ask("GET", f"{path}/find", name="wolf") == await api.ask("GET", f"/label/{dog['id']}")
    assert await api.status("DELETE", f"/label/{cat['id']}") == 204
    assert (await api.ask("GET", path))["items"] == [renamed]


async def test_labels_are_made_in_bulk_where_they_are_missing(api: Api) -> None:
    version = await api.dataset_version()
    path = f"/dataset/version/{version['id']}"
    cat = await api.ask("POST", f"{path}/labels", {"name": "cat"})
    response = await api.send("XGET", f"{path}/bulk-labels", {"names": ["dog", "cat", "dog"]})
    assert [label["name"] for label in response.json()] == ["dog", "cat", "dog"]
    assert response.json()[1] == cat
    assert (await api.ask("GET", f"{path}/labels"))["count"] == 2


async def test_a_locked_version_takes_no_writes(api: Api) -> None:
    version = await api.dataset_version()
    path = f"/dataset/version/{version['id']}"
    label = await api.ask("POST", f"{path}/labels", {"name": "cat"})
    assert (await api.ask("POST", f"{path}/lock"))["locked"] is True
    writes: list[tuple[str, str, object]] = [
        ("PATCH", path, {"description": "x"}),
        ("DELETE", path, None),
        ("POST", f"{path}/labels", {"name": "dog"}),
        ("PATCH", f"/label/{label['id']}", {"name": "dog"}),
        ("DELETE", f"/label/{label['id']}", None),
        ("POST", f"{path}/assets", {"data_ids": []}),
        ("DELETE", f"{path}/assets", {"ids": []}),
        ("DELETE", f"/dataset/{version['origin_id']}", None),
    ]
    for method, place, body in writes:
        assert await api.status(method, place, body) == 423, (method, place)
    await api.ask("POST", f"{path}/unlock")
    assert await api.status("DELETE", f"/dataset/{version['origin_id']}") == 204


async def test_projects_hold_dataset_versions(api: Api) -> None:
    project, version = await api.project(), await api.dataset_version()
    path = f"/project/{project['id']}/datasets"
    assert await api.status("POST", path, {"dataset_version_id": str(uuid4())}) == 404
    await api.ask("POST", path, {"dataset_version_id": version["id"]})
    assert await api.status("POST", path, {"dataset_version_id": version["id"]}) == 409
    assert (await api.ask("GET", path))["items"] == [version]
    assert await api.status("DELETE", f"/dataset/version/{version['id']}") == 204
    assert (await api.ask("GET", path))["items"] == []
    for body in ({"ids": [version["id"]]}, [version["id"]]):
        assert await api.status("DELETE", path, body) == 204


async def test_projects_are_named_once_renamed_and_deleted(api: Api) -> None:
    first, second = await api.project(), await api.project()
    assert await api.status("POST", api.home("projects"), {"name": first["name"]}) == 409
    assert await api.status("PATCH", f"/project/{second['id']}", {"name": first["name"]}) == 409
    renamed = await api.ask("PATCH", f"/project/{second['id']}", {"name": fresh("project"), "description": "d"})
    assert await api.ask("GET", api.home("projects/find"), name=renamed["name"]) == renamed
    assert await api.status("DELETE", f"/project/{second['id']}") == 204
    assert await api.status("GET", f"/project/{second['id']}") == 404
