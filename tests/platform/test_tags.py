"""Tags: scopes, kinds of target, attachment."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.platform.api import Api, fresh

pytestmark = pytest.mark.anyio


async def test_a_tag_is_attached_once_and_detached_once(api: Api) -> None:
    tag, first, second = await api.tag(), await api.deployment(), await api.deployment()
    both = [first["id"], second["id"]]
    shape = {"id": tag["id"], "name": tag["name"], "target_type": "DEPLOYMENT"}
    assert await api.ask("POST", f"/tag/{tag['id']}/attach", both[:1]) == {"tag": shape, "count": 1}
    assert (await api.ask("POST", f"/tag/{tag['id']}/attach", both + both))["count"] == 1
    assert (await api.detail(second))["tags"] == [shape]
    assert (await api.ask("POST", f"/tag/{tag['id']}/detach", [*both, str(uuid4())]))["count"] == 2
    assert (await api.settings(first))["tags"] == []


async def test_tags_are_told_by_name_whatever_the_order_of_attachment(api: Api) -> None:
    made = await api.deployment()
    stem = fresh("tag")
    for name in ("b", "c", "a"):
        tag = await api.ask("POST", api.home("tags"), {"name": f"{stem}-{name}", "target_type": "DEPLOYMENT"})
        await api.ask("POST", f"/tag/{tag['id']}/attach", [made["id"]])
    assert [tag["name"] for tag in (await api.settings(made))["tags"]] == [f"{stem}-{name}" for name in "abc"]


async def test_a_tag_fits_its_kind_of_target_only(api: Api) -> None:
    made, tag, other = await api.deployment(), await api.tag(), await api.tag("MODEL")
    assert await api.status("POST", f"/tag/{other['id']}/attach", [made["id"]]) == 404
    assert await api.status("POST", f"/tag/{tag['id']}/attach", [made["id"], str(uuid4())]) == 404
    assert (await api.settings(made))["tags"] == []
    assert await api.status("POST", f"/tag/{tag['id']}/attach", {"ids": []}) == 422


async def test_every_kind_of_target_carries_tags(api: Api) -> None:
    release, version = await api.model_version(), await api.dataset_version()
    carriers = {
        "MODEL": f"/model/{release['origin']['id']}",
        "MODEL_VERSION": f"/model/version/{release['id']}",
        "DATASET": f"/dataset/{version['origin_id']}",
        "DATASET_VERSION": f"/dataset/version/{version['id']}",
    }
    for kind, path in carriers.items():
        tag = await api.tag(kind)
        await api.ask("POST", f"/tag/{tag['id']}/attach", [path.rsplit("/", 1)[1]])
        assert (await api.ask("GET", path))["tags"] == [tag]


async def test_names_are_unique_within_scope_and_kind(api: Api) -> None:
    name = fresh("tag")
    for kind in ("MODEL", "DEPLOYMENT"):
        await api.ask("POST", api.home("tags"), {"name": name, "target_type": kind})
        assert await api.status("POST", api.home("tags"), {"name": name, "target_type": kind}) == 409
    found = await api.ask("GET", api.home("tags/find"), name=name, target_type="MODEL")
    assert found["target_type"] == "MODEL"
    listed = (await api.ask("GET", api.home("tags"), target_type="DEPLOYMENT"))["items"]
    assert name in {tag["name"] for tag in listed}
    assert {tag["target_type"] for tag in listed} == {"DEPLOYMENT"}
    other = await api.tag("MODEL")
    assert await api.status("PATCH", f"/tag/{other['id']}", {"name": name}) == 409


async def test_tags_of_data_and_assets_do_not_belong_to_the_organization(api: Api) -> None:
    for kind in ("DATA", "ASSET"):
        assert await api.status("POST", api.home("tags"), {"name": "x", "target_type": kind}) == 400


async def test_a_deleted_tag_leaves_whatever_carried_it(api: Api) -> None:
    made, tag = await api.deployment(), await api.tag()
    await api.ask("POST", f"/tag/{tag['id']}/attach", [made["id"]])
    assert await api.status("DELETE", f"/tag/{tag['id']}") == 204
    assert (await api.settings(made))["tags"] == []
    assert await api.status("GET", f"/tag/{tag['id']}") == 404


async def test_datalakes_and_dataset_versions_have_tags_of_their_own(api: Api) -> None:
    lake, version = await api.ask("GET", api.home("datalake")), await api.dataset_version()
    for path, kind in [(f"/datalake/{lake['id']}", "DATA"), (f"/dataset/version/{version['id']}", "ASSET")]:
        name = fresh("tag")
        assert await api.status("GET", f"{path}/tags/find", name=name) == 404
        made = await api.ask("POST", f"{path}/tags", {"name": name})
        assert made["target_type"] == kind
        assert await api.status("POST", f"{path}/tags", {"name": name}) == 409
        assert await api.ask("GET", f"{path}/tags/find", name=name) == made
        assert made in (await api.ask("GET", f"{path}/tags"))["items"]


async def test_data_sources_are_named_once_renamed_and_deleted(api: Api) -> None:
    name, other = fresh("camera"), fresh("camera")
    assert await api.status("GET", api.home("datasources/find"), name=name) == 404
    made = await api.ask("POST", api.home("datasources"), {"name": name})
    assert await api.status("POST", api.home("datasources"), {"name": name}) == 409
    assert (await api.ask("PATCH", f"/data/source/{made['id']}", {"name": other}))["name"] == other
    assert await api.ask("GET", api.home("datasources/find"), name=other) == await api.ask(
        "GET", f"/data/source/{made['id']}"
    )
    assert await api.status("DELETE", f"/data/source/{made['id']}") == 204
    assert await api.status("GET", f"/data/source/{made['id']}") == 404
