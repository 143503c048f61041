"""Annotations of one asset and their shapes, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.platform.api import stranger
from tests.platform.data_in.scene import HEIGHT, SHAPES, SINGULAR, TYPES, WIDTH, scene

if TYPE_CHECKING:
    from tests.platform.api import Api

pytestmark = pytest.mark.anyio

KINDS = list(SHAPES)


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_is_drawn_listed_read_changed_and_deleted(api: Api, kind: str) -> None:
    drawn = await scene(api, TYPES[kind])
    made = await drawn.annotation()
    sent = [drawn.shape(kind, "cat", text="A1"), drawn.shape(kind, "dog", attributes={"seen": True})]
    answer = (await api.ask("POST", f"/annotation/{made['id']}/bulk-{kind}", {kind: sent}))[kind]
    assert [shape["label"]["name"] for shape in answer] == ["cat", "dog"]
    assert [shape["text"] for shape in answer] == ["A1", None]
    assert [shape["attributes"] for shape in answer] == [None, {"seen": True}]
    for shape in answer:
        assert {key: shape[key] for key in SHAPES[kind]} == SHAPES[kind]
    assert (await api.ask("GET", f"/annotation/{made['id']}/{kind}"))["items"] == answer
    place = f"/{SINGULAR[kind]}/{answer[0]['id']}"
    assert await api.ask("GET", place) == answer[0]
    changed = await api.ask("PATCH", place, {"label_id": drawn.labels["dog"], "text": "B2"})
    assert (changed["label"]["name"], changed["text"]) == ("dog", "B2")
    assert await api.ask("GET", place) == changed
    await api.ask("DELETE", place)
    assert (await api.ask("GET", f"/annotation/{made['id']}/{kind}"))["items"] == answer[1:]
    assert await api.status("GET", place) == 404


@pytest.mark.parametrize("kind", KINDS)
async def test_a_version_holds_only_the_shapes_of_its_type(api: Api, kind: str) -> None:
    others = [other for other in KINDS if other != kind]
    drawn = await scene(api, TYPES[kind])
    made = await drawn.annotation()
    for other in others:
        body = {other: [drawn.shape(other)]}
        assert await api.status("POST", f"/annotation/{made['id']}/bulk-{other}", body) == 400
        assert await api.status("POST", f"/annotation/{made['id']}/save", body) == 400


async def test_a_version_of_many_types_holds_all_shapes_and_one_without_type_holds_none(api: Api) -> None:
    multi, bare = await scene(api, "MULTI"), await scene(api, "NOT_CONFIGURED")
    made, other = await multi.annotation(), await bare.annotation()
    for kind in KINDS:
        await api.ask("POST", f"/annotation/{made['id']}/bulk-{kind}", {kind: [multi.shape(kind)]})
        body = {kind: [bare.shape(kind)]}
        assert await api.status("POST", f"/annotation/{other['id']}/bulk-{kind}", body) == 400
    assert await api.status("PATCH", multi.path, {"type": "OBJECT_DETECTION"}) == 409
    await api.ask("DELETE", f"/annotation/{made['id']}")
    await api.ask("PATCH", multi.path, {"type": "OBJECT_DETECTION"})


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("rectangles", {"w": 0}),
        ("rectangles", {"x": WIDTH + 1}),
        ("rectangles", {"y": -41}),
        ("rectangles", {"x": 2**40}),
        ("rectangles", {"x": 1.5}),
        ("polygons", {"polygon": [[0, 0], [1, 1]]}),
        ("polygons", {"polygon": [[0, 0], [1, 1], [2]]}),
        ("polygons", {"polygon": [[-9, 0], [-8, 1], [-7, 0]]}),
        ("lines", {"line": [[0, 0]]}),
        ("points", {"point": [0, HEIGHT + 1]}),
        ("points", {"point": [0]}),
        ("keypoints", {"keypoints": []}),
        ("keypoints", {"keypoints": [[1, 2, 3]]}),
        ("masks", {"mask": "not a mask"}),
        ("masks", {"mask": "0`2"}),
        ("masks", {"mask": "P"}),
    ],
)
async def test_shapes_that_make_no_sense_are_refused(api: Api, kind: str, wrong: dict[str, object]) -> None:
    drawn = await scene(api, TYPES[kind])
    made = await drawn.annotation()
    body = {kind: [drawn.shape(kind), drawn.shape(kind, **wrong)]}
    assert await api.status("POST", f"/annotation/{made['id']}/bulk-{kind}", body) in {400, 422}
    assert (await api.ask("GET", f"/annotation/{made['id']}/{kind}"))["items"] == []


async def test_a_changed_shape_must_be_as_sane_as_a_new_one(api: Api) -> None:
    drawn = await scene(api)
    made = await drawn.annotation()
    body = {"rectangles": [drawn.shape("rectangles")]}
    shape = (await api.ask("POST", f"/annotation/{made['id']}/bulk-rectangles", body))["rectangles"][0]
    place = f"/rectangle/{shape['id']}"
    assert await api.status("PATCH", place, {"x": WIDTH + 1}) == 400
    assert await api.status("PATCH", place, {"label_id": str(uuid4())}) == 404
    moved = await api.ask("PATCH", place, {"x": 11, "polygon": [[0, 0], [1, 1], [2, 2]]})
    assert moved == {**shape, "x": 11}
    assert await api.status("GET", f"/polygon/{shape['id']}") == 404


async def test_labels_must_be_of_the_same_version(api: Api) -> None:
    drawn, other = await scene(api), await scene(api)
    made = await drawn.annotation()
    for label in (other.labels["cat"], str(uuid4())):
        body = {"rectangles": [drawn.shape("rectangles", label_id=label)]}
        assert await api.status("POST", f"/annotation/{made['id']}/bulk-rectangles", body) == 404
        assert await api.status("POST", f"/annotation/{made['id']}/save", body) == 404


async def test_the_path_names_the_kind_that_is_drawn(api: Api) -> None:
    drawn = await scene(api, "MULTI")
    made = await drawn.annotation()
    path = f"/annotation/{made['id']}/bulk-"
    assert await api.status("POST", path + "rectangles", {"rectangles": []}) == 400
    assert await api.status("POST", path + "rectangles", {"points": [drawn.shape("points")]}) == 400
    assert await api.status("POST", path + "circles", {"circles": []}) == 422


async def test_a_skeleton_says_how_many_keypoints_there_are(api: Api) -> None:
    drawn = await scene(api, "KEYPOINT")
    made = await drawn.annotation()
    place = f"/label/{drawn.labels['cat']}/skeleton"
    assert await api.status("GET", place) == 404
    skeleton = {"vertices": ["head", "hand"], "edges": [[1, 2]]}
    assert await api.ask("POST", place, skeleton) == skeleton
    assert await api.ask("GET", f"{drawn.path}/labels/skeleton") == {"items": {drawn.labels["cat"]: skeleton}}
    path = f"/annotation/{made['id']}/bulk-keypoints"
    assert await api.status("POST", path, {"keypoints": [drawn.shape("keypoints", "cat")]}) == 400
    await api.ask("POST", path, {"keypoints": [drawn.shape("keypoints", "dog")]})
    await api.ask("POST", path, {"keypoints": [drawn.shape("keypoints", "cat", keypoints=[[1, 1, 2], [2, 2, 2]])]})
    assert await api.status("POST", place, {"vertices": ["head"], "edges": [[1, 2]]}) == 400


async def test_annotations_are_created_found_changed_and_deleted(api: Api) -> None:
    drawn = await scene(api)
    path = f"/asset/{drawn.assets[0]['id']}/annotations"
    assert await api.status("GET", f"{path}/find") == 404
    first, second = await drawn.annotation(), await drawn.annotation()
    assert (first["duration"], first["status"], first["attributes"]) == (1.5, "PENDING", None)
    assert [item["id"] for item in (await api.ask("GET", path))["items"]] == [second["id"], first["id"]]
    assert (await api.ask("GET", f"{path}/find"))["id"] == second["id"]
    changed = await api.ask("PATCH", f"/annotation/{first['id']}", {"duration": 2.0, "status": "ACCEPTED"})
    assert await api.ask("GET", f"/annotation/{first['id']}") == changed
    assert (changed["duration"], changed["status"]) == (2.0, "ACCEPTED")
    await api.ask("DELETE", f"/annotation/{second['id']}")
    assert (await api.ask("GET", f"{path}/find"))["id"] == first["id"]
    assert await api.status("PATCH", f"/annotation/{first['id']}", {"status": "DONE"}) == 422
    assert await api.status("POST", path, {"duration": -1}) == 422


async def test_saving_replaces_all_shapes(api: Api) -> None:
    drawn = await scene(api, "MULTI")
    made = await drawn.annotation(rectangles=[drawn.shape("rectangles")], points=[drawn.shape("points")])
    body = {"duration": 3, "polygons": [drawn.shape("polygons")], "classifications": [drawn.shape("classifications")]}
    assert (await api.ask("POST", f"/annotation/{made['id']}/save", body))["duration"] == 3.0
    counts = {kind: (await api.ask("GET", f"/annotation/{made['id']}/{kind}"))["count"] for kind in SHAPES}
    assert {kind for kind, count in counts.items() if count} == {"polygons", "classifications"}


async def test_a_locked_version_takes_no_annotation(api: Api) -> None:
    drawn = await scene(api)
    made = await drawn.annotation(rectangles=[drawn.shape("rectangles")])
    shape = (await api.ask("GET", f"/annotation/{made['id']}/rectangles"))["items"][0]
    await api.ask("POST", f"{drawn.path}/lock")
    label = drawn.labels["cat"]
    refused: list[tuple[str, str, object]] = [
        ("POST", f"/asset/{drawn.assets[0]['id']}/annotations", {"duration": 0}),
        ("PATCH", f"/annotation/{made['id']}", {"duration": 1}),
        ("DELETE", f"/annotation/{made['id']}", None),
        ("POST", f"/annotation/{made['id']}/save", {"duration": 1}),
        ("POST", f"/annotation/{made['id']}/bulk-rectangles", {"rectangles": [drawn.shape("rectangles")]}),
        ("PATCH", f"/rectangle/{shape['id']}", {"x": 1}),
        ("DELETE", f"/rectangle/{shape['id']}", None),
        ("DELETE", f"{drawn.path}/annotations", {"asset_ids": ["__all__"]}),
        ("POST", f"{drawn.path}/bulk-annotations", {"import_type": "REPLACE", "annotations": []}),
        ("POST", f"{drawn.path}/labelgroups", {"name": "animals"}),
        ("POST", f"/label/{label}/skeleton", {"vertices": ["a"], "edges": []}),
    ]
    for method, path, body in refused:
        assert await api.status(method, path, body) == 423, (method, path)
    await api.ask("POST", f"{drawn.path}/unlock")
    assert (await api.ask("GET", f"/annotation/{made['id']}/rectangles"))["items"] == [shape]
    await api.ask("DELETE", f"/annotation/{made['id']}")


async def test_a_label_on_shapes_stays(api: Api) -> None:
    drawn = await scene(api)
    made = await drawn.annotation(rectangles=[drawn.shape("rectangles")])
    assert await api.status("DELETE", f"/label/{drawn.labels['cat']}") == 409
    await api.ask("DELETE", f"/annotation/{made['id']}")
    await api.ask("DELETE", f"/label/{drawn.labels['cat']}")


@pytest.mark.parametrize("end", ["asset", "data", "version", "dataset"])
async def test_annotations_go_with_what_they_are_on(api: Api, end: str) -> None:
    drawn = await scene(api)
    made = await drawn.annotation(rectangles=[drawn.shape("rectangles")])
    shape = (await api.ask("GET", f"/annotation/{made['id']}/rectangles"))["items"][0]
    asset = drawn.assets[0]
    paths = {
        "asset": f"/asset/{asset['id']}",
        "data": f"/data/{asset['data']['id']}",
        "version": drawn.path,
        "dataset": f"/dataset/{drawn.version['origin_id']}",
    }
    await api.ask("DELETE", paths[end])
    assert await api.status("GET", f"/annotation/{made['id']}") == 404
    assert await api.status("GET", f"/rectangle/{shape['id']}") == 404


async def test_label_groups_form_trees_within_a_version(api: Api) -> None:
    drawn, other = await scene(api), await scene(api)
    path = f"{drawn.path}/labelgroups"
    root = await api.ask("POST", path, {"name": "animals"})
    leaf = await api.ask("POST", path, {"name": "pets", "parent_id": root["id"]})
    foreign = await api.ask("POST", f"{other.path}/labelgroups", {"name": "animals"})
    assert (await api.ask("GET", path))["items"] == [root, leaf]
    assert await api.ask("GET", f"/label/group/{leaf['id']}") == leaf
    assert await api.status("POST", path, {"name": "pets"}) == 409
    assert await api.status("PATCH", f"/label/group/{root['id']}", {"parent_id": leaf["id"]}) == 409
    assert await api.status("PATCH", f"/label/group/{leaf['id']}", {"parent_id": foreign["id"]}) == 404
    label = f"/label/{drawn.labels['cat']}"
    assert await api.status("PATCH", label, {"group_id": foreign["id"]}) == 404
    assert (await api.ask("PATCH", label, {"group_id": root["id"]}))["group_id"] == root["id"]
    assert (await api.ask("PATCH", f"/label/group/{root['id']}", {"name": "beasts"}))["name"] == "beasts"
    await api.ask("DELETE", f"/label/group/{root['id']}")
    assert (await api.ask("GET", label))["group_id"] is None
    assert (await api.ask("GET", f"/label/group/{leaf['id']}"))["parent_id"] is None


async def test_another_organization_sees_no_annotation(api: Api) -> None:
    drawn = await scene(api)
    made = await drawn.annotation(rectangles=[drawn.shape("rectangles")])
    shape = (await api.ask("GET", f"/annotation/{made['id']}/rectangles"))["items"][0]
    other = stranger(api.platform)
    for path in (f"/annotation/{made['id']}", f"/rectangle/{shape['id']}", f"{drawn.path}/annotations"):
        assert await other.status("GET", path) == 404
    theirs = await scene(other)
    body = {"rectangles": [theirs.shape("rectangles", label_id=drawn.labels["cat"])]}
    assert await other.status("POST", f"/annotation/{(await theirs.annotation())['id']}/save", body) == 404
