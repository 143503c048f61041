"""The annotations of a whole dataset version: listed, loaded, imported, counted, deleted, copied; over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.platform.api import Api, Reply, fresh
from tests.platform.data_in.scene import HEIGHT, SHAPES, Scene, scene

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.anyio


async def shapes_of(seen: Scene) -> list[tuple[str, list[str]]]:
    """Return, for each annotation newest first, its asset and the labels of its rectangles."""
    loaded = await seen.loaded(await seen.ids())
    return [(item["asset_id"], [shape["label"] for shape in item["rectangles"]]) for item in loaded]


async def test_annotations_are_listed_with_their_assets_in_pages(api: Api) -> None:
    seen = await scene(api, assets=3)
    made = [await seen.annotation(number) for number in range(3)]
    await api.ask("PATCH", f"/annotation/{made[1]['id']}", {"status": "ACCEPTED", "duration": 9})
    path = f"{seen.path}/annotations"
    page = await api.ask("GET", path, limit=2, offset=0)
    assert [item["asset_id"] for item in page["items"]] == [asset["id"] for asset in seen.assets[:2]]
    assert page["count"] == 3
    assert [item["id"] for item in (await api.ask("GET", path, status="ACCEPTED"))["items"]] == [made[1]["id"]]
    slowest = (await api.ask("GET", path, order_by="-duration"))["items"][0]
    assert slowest["id"] == made[1]["id"]
    assert await api.status("GET", path, status="DONE") == 422


async def test_ids_are_listed_newest_first_and_narrowed(api: Api) -> None:
    seen = await scene(api, assets=2)
    made = [await seen.annotation(number) for number in (0, 1, 0)]
    await api.ask("PATCH", f"/annotation/{made[0]['id']}", {"status": "REFUSED"})
    ids = [item["id"] for item in made]
    assert await seen.ids() == ids[::-1]
    assert await seen.ids(asset_ids=[seen.assets[0]["id"]]) == [ids[2], ids[0]]
    assert await seen.ids(status="REFUSED") == [ids[0]]
    assert await seen.ids(status="REFUSED", asset_ids=[seen.assets[1]["id"]]) == []


async def test_loaded_annotations_hold_all_shapes_with_the_names_of_their_labels(api: Api) -> None:
    seen, other = await scene(api, "MULTI"), await scene(api)
    made = await seen.annotation(**{kind: [seen.shape(kind, text="A1")] for kind in SHAPES})
    foreign = await other.annotation()
    loaded = await seen.loaded([made["id"], foreign["id"], str(uuid4()), made["id"]])
    assert [item["id"] for item in loaded] == [made["id"]]
    assert loaded[0]["asset_id"] == seen.assets[0]["id"]
    for kind, geometry in SHAPES.items():
        shape = loaded[0][kind][0]
        assert (shape["label"], shape["label_id"], shape["text"]) == ("cat", seen.labels["cat"], "A1")
        assert {key: shape[key] for key in geometry} == geometry
    areas = {kind: loaded[0][kind][0].get("area") for kind in SHAPES}
    assert {kind: found for kind, found in areas.items() if found is not None} == {
        "rectangles": 30 * 40,
        "polygons": 50,
        "masks": HEIGHT,
    }


MODES: Mapping[str, list[tuple[int, list[str]]]] = {
    "REPLACE": [(1, ["dog"]), (0, ["dog"])],
    "KEEP": [(1, ["dog"]), (0, ["cat"])],
    "CONCATENATE": [(1, ["dog"]), (0, ["cat", "dog"])],
}


@pytest.mark.parametrize("mode", list(MODES))
async def test_an_import_replaces_keeps_or_adds_to_what_is_there(api: Api, mode: str) -> None:
    seen = await scene(api, assets=2)
    await seen.annotation(0, rectangles=[seen.shape("rectangles", "cat")])
    sheets = [
        {"asset_id": number, "rectangles": [seen.shape("rectangles", "dog")], "polygons": []} for number in (0, 1)
    ]
    counters = await seen.imported(mode, *sheets, status="ACCEPTED")
    assert set(counters.values()) == {1}
    assert len(counters) == (1 if mode == "KEEP" else 2)
    assert set(counters) <= set(await seen.ids())
    numbered = {asset["id"]: number for number, asset in enumerate(seen.assets)}
    assert [(numbered[asset], labels) for asset, labels in await shapes_of(seen)] == MODES[mode]


async def test_an_import_is_whole_or_not_at_all(api: Api) -> None:
    seen, other = await scene(api, assets=2), await scene(api)
    await seen.annotation(0, rectangles=[seen.shape("rectangles")])
    fine = {"asset_id": seen.assets[0]["id"], "rectangles": [seen.shape("rectangles", "dog")]}
    for status, wrong in [
        (404, {"asset_id": other.assets[0]["id"]}),
        (404, {"asset_id": seen.assets[1]["id"], "rectangles": [other.shape("rectangles")]}),
        (400, {"asset_id": seen.assets[1]["id"], "polygons": [seen.shape("polygons")]}),
        (400, fine),
        (422, {"asset_id": seen.assets[1]["id"], "rectangles": [{}]}),
    ]:
        body = {"import_type": "REPLACE", "annotations": [fine, wrong]}
        assert await api.status("POST", f"{seen.path}/bulk-annotations", body) == status
    assert await shapes_of(seen) == [(seen.assets[0]["id"], ["cat"])]


async def test_annotations_are_deleted_by_asset_by_id_or_all(api: Api) -> None:
    seen, other = await scene(api, assets=3), await scene(api)
    made = [await seen.annotation(number) for number in (0, 1, 2, 2)]
    foreign, ids = await other.annotation(), [item["id"] for item in made]
    path = f"{seen.path}/annotations"
    await api.ask("DELETE", path, {"asset_ids": [seen.assets[0]["id"], other.assets[0]["id"]]})
    assert await seen.ids() == ids[:0:-1]
    await api.ask("DELETE", path, {"asset_ids": ["__all__"], "annotation_ids": [ids[2], foreign["id"]]})
    assert await seen.ids() == [ids[3], ids[1]]
    await api.ask("DELETE", path, {"asset_ids": ["__all__"]})
    assert await seen.ids() == []
    assert await other.ids() == [foreign["id"]]


async def test_statistics_count_shapes_by_label_and_annotations(api: Api) -> None:
    seen = await scene(api, "MULTI", assets=2, labels=("cat", "dog", "unused"))
    await seen.annotation(0, rectangles=[seen.shape("rectangles"), seen.shape("rectangles", "dog")])
    await seen.annotation(1, points=[seen.shape("points")])
    assert await api.ask("GET", f"{seen.path}/stats") == {
        "label_repartition": {"cat": 2, "dog": 1},
        "nb_objects": 3,
        "nb_annotations": 2,
    }


async def test_extended_assets_carry_their_annotations(api: Api) -> None:
    seen = await scene(api, assets=3)
    await seen.annotation(1, rectangles=[seen.shape("rectangles")])
    newest = await seen.annotation(1, rectangles=[seen.shape("rectangles", "dog")])
    path = f"{seen.path}/assets/extended"
    whole = await api.ask("GET", path)
    assert [len(item["annotations"]) for item in whole["items"]] == [0, 2, 0]
    held = whole["items"][1]
    assert {key: held[key] for key in ("id", "data")} == seen.assets[1]
    assert held["annotations"][0]["id"] == newest["id"]
    assert held["annotations"][0]["rectangles"][0]["label_id"] == seen.labels["dog"]
    assert all(held["annotations"][0][kind] == [] for kind in SHAPES if kind != "rectangles")
    assert await api.ask("GET", path, limit=1, offset=1) == {"items": [held], "count": 3}


async def fork(seen: Scene, **more: object) -> Reply:
    """Fork a version and return the new one."""
    body = {"parent_id": seen.version["id"], "version": fresh("fork"), "type": seen.version["type"], **more}
    answer = await seen.api.ask("POST", f"/dataset/{seen.version['origin_id']}/fork", body)
    assert answer["job"]["status"] == "SUCCESS"
    return dict(answer["dataset_version"])


async def test_a_fork_takes_the_newest_annotations_with_labels_and_tags(api: Api) -> None:
    seen = await scene(api, assets=2)
    tag = await api.ask("POST", f"{seen.path}/tags", {"name": "night"})
    await api.ask("POST", f"/tag/{tag['id']}/attach", [seen.assets[1]["id"]])
    await seen.annotation(0, rectangles=[seen.shape("rectangles")])
    made = await seen.annotation(0, rectangles=[seen.shape("rectangles", "dog", text="A1", attributes={"x": 1})])
    await api.ask("PATCH", f"/annotation/{made['id']}", {"status": "ACCEPTED"})
    version = await fork(seen, with_tags=True, with_annotations=True)
    path = f"/dataset/version/{version['id']}"
    assets = (await api.ask("GET", f"{path}/assets"))["items"]
    assert [item["data"] for item in assets] == [item["data"] for item in seen.assets]
    names = {label["name"] for label in (await api.ask("GET", f"{path}/labels"))["items"]}
    assert names == {"cat", "dog"}
    tagged = (await api.ask("GET", f"{path}/assets", q='tags.name = "night"'))["items"]
    assert [item["id"] for item in tagged] == [assets[1]["id"]]
    copy = Scene(api, version, assets, {})
    copied, original = (await copy.loaded(await copy.ids()))[0], (await seen.loaded([made["id"]]))[0]
    assert (copied["asset_id"], copied["status"], copied["duration"]) == (assets[0]["id"], "ACCEPTED", 1.5)
    one, other = copied["rectangles"][0], original["rectangles"][0]
    assert {key: one[key] for key in one.keys() - {"id", "label_id"}} == {
        key: other[key] for key in other.keys() - {"id", "label_id"}
    }
    assert one["label_id"] != other["label_id"]
    await api.ask("DELETE", seen.path)
    assert await copy.loaded([copied["id"]]) == [copied]


async def test_a_fork_of_another_type_takes_no_annotations(api: Api) -> None:
    seen = await scene(api)
    await seen.annotation(rectangles=[seen.shape("rectangles")])
    body = {"parent_id": seen.version["id"], "version": "x", "type": "SEGMENTATION", "with_annotations": True}
    assert await api.status("POST", f"/dataset/{seen.version['origin_id']}/fork", body) == 400
    bare = await fork(seen)
    assert (await api.ask("GET", f"/dataset/version/{bare['id']}/stats"))["nb_annotations"] == 0


async def test_assets_are_copied_into_another_version_of_the_dataset_which_keeps_what_it_has(api: Api) -> None:
    seen = await scene(api, assets=2)
    for number in range(2):
        await seen.annotation(number, rectangles=[seen.shape("rectangles")])
    version = await fork(seen, asset_ids=[seen.assets[0]["id"]])
    ids = [asset["id"] for asset in seen.assets]
    body = {"destination_id": version["id"], "asset_ids": ids, "with_annotations": True}
    assert (await api.ask("POST", f"{seen.path}/assets/copy", body))["job"]["status"] == "SUCCESS"
    path = f"/dataset/version/{version['id']}"
    items = (await api.ask("GET", f"{path}/assets/extended"))["items"]
    assert [len(item["annotations"]) for item in items] == [0, 1]
    other = await scene(api)
    for status, destination in ((409, seen.version["id"]), (409, other.version["id"]), (404, str(uuid4()))):
        wish = {**body, "destination_id": destination}
        assert await api.status("POST", f"{seen.path}/assets/copy", wish) == status
    await api.ask("POST", f"{path}/lock")
    assert await api.status("POST", f"{seen.path}/assets/copy", body) == 423
