"""Data and assets: registration, filters, the query language, deletion."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from PIL import Image

from reconciler.platform.store import objects
from tests.platform.api import Api, Reply, fresh

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Lake:
    """A datalake, and what a test puts in it."""

    api: Api
    id: str
    connector_id: str

    async def register(self, **more: object) -> Reply:
        """Register a data, without bytes."""
        body = {"type": "IMAGE", "filename": "a.png", "object_name": fresh("a"), "content_type": "image/png", **more}
        return await self.api.ask("POST", f"/datalake/{self.id}/datas", body)

    async def list(self, **query: object) -> list[str]:
        """List ids."""
        return [item["id"] for item in (await self.api.ask("GET", f"/datalake/{self.id}/datas", **query))["items"]]

    def store(self, object_name: str, content: bytes) -> None:
        """Store bytes under a name."""
        owner = self.api.platform.owner
        with self.api.platform.store.write(owner) as unit:
            objects.put(unit, UUID(self.connector_id), object_name, content, content_type="image/png")


@pytest.fixture
async def lake(api: Api) -> Lake:
    found = await api.ask("GET", api.home("datalake"))
    return Lake(api, found["id"], found["connector_id"])


def png(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


async def test_data_wait_for_their_bytes_and_are_measured_by_them(api: Api, lake: Lake) -> None:
    name = fresh("late")
    made = await lake.register(object_name=name, meta={"width": 1, "height": 1})
    assert (made["upload_status"], made["meta"]) == ("PENDING", {"width": 1, "height": 1})
    lake.store(name, png(5, 3))
    arrived = await api.ask("GET", f"/data/{made['id']}")
    assert (arrived["upload_status"], arrived["meta"]) == ("DONE", {"width": 5, "height": 3})


async def test_bytes_that_are_no_image_need_a_size(lake: Lake) -> None:
    for meta, status in (({"width": 640, "height": 480}, "DONE"), (None, "ERROR")):
        name = fresh("film")
        lake.store(name, b"not an image")
        made = await lake.register(object_name=name, type="VIDEO", content_type="video/mp4", meta=meta)
        assert (made["upload_status"], made["meta"]) == (status, meta)


async def test_an_object_is_registered_once(api: Api, lake: Lake) -> None:
    name = fresh("once")
    await lake.register(object_name=name)
    body = {"type": "IMAGE", "filename": "b.png", "object_name": name, "content_type": "image/png"}
    assert await api.status("POST", f"/datalake/{lake.id}/datas", body) == 409


async def test_details_tell_source_tags_and_datalake(api: Api, lake: Lake) -> None:
    source = await api.ask("POST", api.home("datasources"), {"name": fresh("camera")})
    tag = await api.ask("POST", f"/datalake/{lake.id}/tags", {"name": fresh("tag")})
    made = await lake.register(data_source_id=source["id"], tags=[tag["id"]])
    detail = await api.ask("GET", f"/data/{made['id']}")
    assert detail == {**made, "datalake_id": lake.id, "data_source": source, "tags": [tag]}
    await api.ask("DELETE", f"/data/source/{source['id']}")
    assert (await api.ask("GET", f"/data/{made['id']}"))["data_source"] is None


async def test_metadata_are_replaced_and_removed(api: Api, lake: Lake) -> None:
    made = await lake.register(metadata={"iso": 100}, custom_metadata={"line": 1})
    path = f"/data/{made['id']}"
    assert (await api.ask("PATCH", path, {"metadata": {"iso": 200}}))["metadata"] == {"iso": 200}
    assert await api.ask("PATCH", f"{path}/custom-metadata", {"custom_metadata": None}) == {"custom_metadata": None}
    detail = await api.ask("GET", path)
    assert (detail["metadata"], detail["custom_metadata"]) == ({"iso": 200}, None)
    assert await api.status("PATCH", path, {}) == 422


async def test_lists_are_filtered_by_every_criterion(lake: Lake) -> None:
    line = fresh("line")
    custom = {"line": line, "n": 1, "ratio": 0.5, "ok": True}
    made = await lake.register(filename=f"{line}.png", custom_metadata=custom)
    await lake.register(filename=f"other-{line}.png", custom_metadata={**custom, "n": 2, "ok": False})
    found = [made["id"]]
    assert await lake.list(custom_metadata=json.dumps({"line": line, "n": 1})) == found
    assert await lake.list(custom_metadata=json.dumps({"line": line, "ok": True})) == found
    assert len(await lake.list(custom_metadata=json.dumps({"line": line, "ratio": 0.5}))) == 2
    assert await lake.list(filename=f"{line}.png") == found
    assert await lake.list(object_name=made["object_name"], upload_statuses=["PENDING", "DONE"]) == found
    assert await lake.list(object_name=made["object_name"], upload_statuses="DONE") == []
    assert await lake.list(object_name=made["object_name"], types="VIDEO") == []
    assert await lake.list(q=f'filename = "{line}.png" and type = "IMAGE"') == found
    assert await lake.list(q=f"filename in ('{line}.png', 'x')") == found
    assert await lake.list(q=f'filename = "{line}.png" and type != "IMAGE"') == []


async def test_tags_filter_by_union_and_by_intersection(api: Api, lake: Lake) -> None:
    names = [fresh("tag"), fresh("tag")]
    tags = [(await api.ask("POST", f"/datalake/{lake.id}/tags", {"name": name}))["id"] for name in names]
    one, both = await lake.register(tags=tags[:1]), await lake.register(tags=tags)
    union = "tags.name in ({})".format(",".join(f'"{name}"' for name in names))
    assert await lake.list(q=union) == [one["id"], both["id"]]
    assert await lake.list(q=" and ".join(f'tags.name = "{name}"' for name in names)) == [both["id"]]
    assert both["id"] not in await lake.list(q=f'tags.name != "{names[1]}"')


async def test_numbers_are_compared(lake: Lake) -> None:
    name = fresh("wide")
    made = await lake.register(filename=name, meta={"width": 640, "height": 480})
    for query, found in [
        ("width >= 640", True),
        ("width > 640", False),
        ("height < 480.5", True),
        ("width = 1", False),
    ]:
        assert (await lake.list(q=f'filename = "{name}" and {query}') == [made["id"]]) is found, query


@pytest.mark.parametrize(
    "query",
    [
        "",
        "filename",
        "filename =",
        'filename = "a" or type = "IMAGE"',
        "filename = a",
        'filename > "a"',
        'filename = "a" filename = "b"',
        'filename in "a"',
        'filename in ("a"',
        "filename in ()",
        'filename = "a',
        'secret = "a"',
        'width = "1"',
        'data.filename = "a"',
        'filename = "a" and',
        "\x00",
        "'; DROP TABLE data; --",
    ],
)
async def test_a_query_that_cannot_be_understood_is_an_error(api: Api, lake: Lake, query: str) -> None:
    response = await api.send("GET", f"/datalake/{lake.id}/datas", q=query)
    assert response.status_code == 400
    assert response.json()["message"]


async def test_custom_metadata_must_be_an_object_of_plain_values(api: Api, lake: Lake) -> None:
    for text in ("", "[]", "{", '{"a": [1]}', '{"a": null}'):
        assert await api.status("GET", f"/datalake/{lake.id}/datas", custom_metadata=text) == 400


async def test_what_the_body_of_an_xget_names_is_listed(api: Api, lake: Lake) -> None:
    stem = fresh("x")
    first, second = [await lake.register(filename=f"{stem}{letter}") for letter in "ab"]

    async def named(**body: object) -> list[str]:
        given = {**body, "upload_statuses": ["PENDING"], "types": ["IMAGE"]}
        found = await api.ask("XGET", f"/datalake/{lake.id}/datas", given)
        return [item["id"] for item in found["items"]]

    assert await named(ids=[second["id"], first["id"], str(uuid4())]) == [first["id"], second["id"]]
    assert await named(object_names=[first["object_name"]]) == [first["id"]]
    assert await named(filenames=[f"{stem}b"], q='type = "IMAGE"') == [second["id"]]
    assert await named(ids=[]) == []


async def test_objects_in_the_storage_become_data_once(api: Api, lake: Lake) -> None:
    folder, tag = fresh("bucket"), await api.ask("POST", f"/datalake/{lake.id}/tags", {"name": fresh("tag")})
    for name in ("a.png", "b.png", "deep/c.png"):
        lake.store(f"{folder}/{name}", png(4, 2))
    path = f"/datalake/{lake.id}/objects"
    done = await api.ask("POST", path, {"datalake_id": lake.id, "prefixes": [f"{folder}/"], "tag_ids": [tag["id"]]})
    assert (done["datalake"]["id"], done["job"]["status"]) == (lake.id, "SUCCEEDED")
    assert await api.ask("GET", f"/v2/job/{done['job']['id']}") == done["job"]
    found = (await api.ask("GET", f"/datalake/{lake.id}/datas", q=f'tags.name = "{tag["name"]}"'))["items"]
    assert [(item["filename"], item["upload_status"], item["meta"]["width"]) for item in found] == [
        ("a.png", "DONE", 4),
        ("b.png", "DONE", 4),
        ("c.png", "DONE", 4),
    ]
    await api.ask("POST", path, {"prefixes": [f"/{folder}"]})
    assert len(await lake.list(object_name=f"{folder}/a.png")) == 1


async def test_named_objects_become_data_with_what_is_said_of_them(api: Api, lake: Lake) -> None:
    name, source = fresh("cloud.png"), fresh("camera")
    lake.store(name, png(4, 2))
    said = {"metadata": {"iso": 1}, "custom_metadata": {"n": 2}, "tags": [fresh("tag")], "data_source": source}
    path = f"/datalake/{lake.id}/objects"
    assert await api.status("POST", path, {"objects": {name: said, "nowhere.png": {}}}) == 404
    assert await lake.list(object_name=name) == []
    await api.ask("POST", path, {"objects": {f"/{name}": said}})
    (made,) = await lake.list(object_name=name)
    detail = await api.ask("GET", f"/data/{made}")
    assert (detail["metadata"], detail["custom_metadata"]) == ({"iso": 1}, {"n": 2})
    assert (detail["data_source"]["name"], [tag["name"] for tag in detail["tags"]]) == (source, said["tags"])
    for body in ({}, {"prefixes": [name], "objects": {name: {}}}):
        assert await api.status("POST", path, body) == 400


async def test_data_are_found_or_not(api: Api, lake: Lake) -> None:
    made = await lake.register(filename=fresh("find"))
    path = f"/datalake/{lake.id}/datas/find"
    for query in ({"id": made["id"]}, {"filename": made["filename"]}, {"object_name": made["object_name"]}):
        assert await api.ask("GET", path, **query) == made
    assert await api.status("GET", path, filename="nobody") == 404
    assert await api.status("GET", path, upload_statuses="DONE") == 400


async def test_assets_are_added_once_with_tags(api: Api, lake: Lake) -> None:
    version = await api.dataset_version()
    path = f"/dataset/version/{version['id']}"
    data = [await lake.register(filename=fresh("asset")) for _ in range(3)]
    ids = [datum["id"] for datum in data]
    tag = await api.ask("POST", f"{path}/tags", {"name": "fold"})
    added = await api.ask("POST", f"{path}/assets", {"data_ids": ids[:2], "asset_tag_ids": []})
    assert added["dataset_version"]["id"] == version["id"]
    done = {"id": added["job"]["id"], "status": "SUCCESS", "error": None}
    assert await api.ask("GET", f"/job/{done['id']}") == done
    assert await api.status("GET", f"/v2/job/{added['job']['id']}") == 404
    await api.ask("POST", f"{path}/assets", {"data_ids": ids[1:], "asset_tag_ids": [tag["id"]]})
    listed = (await api.ask("GET", f"{path}/assets"))["items"]
    assert [item["data"] for item in listed] == data
    tagged = (await api.ask("GET", f"{path}/assets", q='tags.name = "fold"'))["items"]
    assert [item["data"]["id"] for item in tagged] == ids[1:]
    query = f'data.filename = "{data[0]["filename"]}"'
    assert len((await api.ask("GET", f"{path}/assets", q=query))["items"]) == 1
    found = await api.ask("GET", f"{path}/assets/find", data_id=ids[2])
    assert (await api.ask("GET", f"/asset/{found['id']}"))["tags"] == [tag]
    prefix = {"filename_startswith": [data[0]["filename"]]}
    assert len((await api.ask("XGET", f"{path}/assets", prefix))["items"]) == 1
    assert (await api.ask("XGET", f"{path}/assets", {"data_ids": ids}))["count"] == 3


async def test_adding_unknown_data_adds_nothing(api: Api, lake: Lake) -> None:
    version, made = await api.dataset_version(), await lake.register()
    path = f"/dataset/version/{version['id']}/assets"
    assert await api.status("POST", path, {"data_ids": [made["id"], str(uuid4())]}) == 404
    assert await api.status("POST", path, {"data_ids": [made["id"]], "asset_tag_ids": [str(uuid4())]}) == 404
    assert (await api.ask("GET", path))["count"] == 0


async def test_a_tag_of_assets_stays_within_its_version(api: Api, lake: Lake) -> None:
    version, other, made = await api.dataset_version(), await api.dataset_version(), await lake.register()
    tag = await api.ask("POST", f"/dataset/version/{other['id']}/tags", {"name": "fold"})
    body = {"data_ids": [made["id"]], "asset_tag_ids": [tag["id"]]}
    assert await api.status("POST", f"/dataset/version/{version['id']}/assets", body) == 404


async def test_assets_go_and_data_stay_but_not_the_other_way_round(api: Api, lake: Lake) -> None:
    version, data = await api.dataset_version(), [await lake.register() for _ in range(4)]
    path = f"/dataset/version/{version['id']}/assets"
    await api.ask("POST", path, {"data_ids": [datum["id"] for datum in data]})
    assets = [item["id"] for item in (await api.ask("GET", path))["items"]]
    assert await api.status("DELETE", f"/asset/{assets[0]}") == 204
    assert await api.status("DELETE", path, {"ids": [assets[1], str(uuid4())]}) == 204
    assert await api.status("GET", f"/data/{data[0]['id']}") == 200
    assert await api.status("DELETE", f"/data/{data[2]['id']}") == 204
    assert [item["id"] for item in (await api.ask("GET", path))["items"]] == assets[3:]
    assert await api.status("DELETE", path, ["__all__"]) == 204
    assert (await api.ask("GET", path))["count"] == 0
    ids = [datum["id"] for datum in data]
    assert await api.status("DELETE", f"/datalake/{lake.id}/datas", {"ids": ids}) == 204
    assert [await api.status("GET", f"/data/{identifier}") for identifier in ids] == [404] * 4


async def test_a_fork_takes_what_is_wished(api: Api, lake: Lake) -> None:
    parent = await api.dataset_version()
    path = f"/dataset/version/{parent['id']}"
    data = [await lake.register() for _ in range(2)]
    tag = await api.ask("POST", f"{path}/tags", {"name": "fold"})
    await api.ask("POST", f"{path}/labels", {"name": "cat"})
    body = {"data_ids": [datum["id"] for datum in data], "asset_tag_ids": [tag["id"]]}
    await api.ask("POST", f"{path}/assets", body)
    assets = (await api.ask("GET", f"{path}/assets"))["items"]
    fork = {"parent_id": parent["id"], "type": "CLASSIFICATION", "with_annotations": False}

    async def forked(name: str, **more: object) -> tuple[int, int, list[str]]:
        made = await api.ask("POST", f"/dataset/{parent['origin_id']}/fork", {**fork, "version": name, **more})
        copy = f"/dataset/version/{made['dataset_version']['id']}"
        count = (await api.ask("GET", f"{copy}/assets"))["count"]
        tagged = (await api.ask("GET", f"{copy}/assets", q='tags.name = "fold"'))["count"]
        return count, tagged, [label["name"] for label in (await api.ask("GET", f"{copy}/labels"))["items"]]

    assert await forked("bare", with_tags=False, with_labels=False) == (2, 0, [])
    assert await forked("whole", with_tags=True, with_labels=True) == (2, 2, ["cat"])
    assert await forked("part", with_tags=True, with_labels=False, asset_ids=[assets[0]["id"]]) == (1, 1, [])
    wrong = {**fork, "version": "wrong", "asset_ids": [str(uuid4())]}
    assert await api.status("POST", f"/dataset/{parent['origin_id']}/fork", wrong) == 404
