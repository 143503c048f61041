"""Reviews: one way from to review, over reviewed, to submitted; then the image is an annotated asset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.platform.api import Api, Reply, restricted, stranger
from tests.platform.monitoring.test_ingest import FORMATS, body, record
from tests.platform.services import monitoring

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.anyio


async def seen(api: Api, kind: str = "CLASSIFICATION", count: int = 1) -> tuple[Reply, list[Reply]]:
    """Deploy something, monitor a few images, and return the deployment with the predicted assets."""
    made = await api.deployment(kind)
    service = await monitoring(api, made["id"])
    for _ in range(count):
        await record(service, body(FORMATS[kind]))
    page = await api.ask("GET", f"/deployment/{made['id']}/predictedassets")
    return made, page["items"]


async def labels(api: Api, deployment: Reply) -> dict[str, str]:
    listed = await api.ask("GET", f"/deployment/{deployment['id']}/labels")
    return {label["name"]: label["id"] for label in listed["items"]}


async def review(api: Api, asset: Reply, told: object) -> Reply:
    return await api.ask("POST", f"/predicted/asset/{asset['id']}/reviews", told)


async def detail(api: Api, asset: Reply) -> Reply:
    return await api.ask("GET", f"/predicted/asset/{asset['id']}")


async def looped(api: Api, deployment: Reply, versions: Sequence[Reply], *, active: bool = True) -> None:
    path = f"/deployment/{deployment['id']}"
    await api.ask("POST", f"{path}/pipeline/fl/setup", {})
    for version in versions:
        await api.ask("POST", f"{path}/fl/datasets", {"dataset_version_id": version["id"]})
    await api.ask("PUT", f"{path}/pipeline/fl", {"active": active})


async def submit(api: Api, deployment: Reply, assets: Sequence[Reply], **more: object) -> Reply:
    wanted = {"predicted_asset_ids": [asset["id"] for asset in assets], **more}
    return await api.ask("POST", f"/deployment/{deployment['id']}/fl/submit", wanted)


async def annotated(api: Api, version: Reply) -> list[Reply]:
    page = await api.ask("GET", f"/dataset/version/{version['id']}/assets/extended")
    return [annotation for item in page["items"] for annotation in item["annotations"]]


async def test_the_newest_review_is_the_last_one(api: Api) -> None:
    made, (asset,) = await seen(api)
    named = await labels(api, made)
    for name in ("cat", "dog"):
        await review(api, asset, {"classifications": [{"label_id": named[name]}]})
    found = await detail(api, asset)
    assert found["state"] == "REVIEWED"
    assert [held["shapes"]["classifications"][0]["label"] for held in found["reviews"]] == ["cat", "dog"]
    assert {held["reviewer"] for held in found["reviews"]} == {"owner"}


SHAPES: dict[str, tuple[str, dict[str, object]]] = {
    "OBJECT_DETECTION": ("rectangles", {"x": 2, "y": 1, "w": 2, "h": 2}),
    "SEGMENTATION": ("polygons", {"polygon": [[0, 0], [4, 0], [4, 4]]}),
    "LINE": ("lines", {"line": [[0, 0], [4, 4]]}),
    "POINT": ("points", {"point": [2, 3]}),
}


@pytest.mark.parametrize("kind", SHAPES)
async def test_shapes_of_the_deployments_type_are_kept_and_others_refused(api: Api, kind: str) -> None:
    made, (asset,) = await seen(api, kind)
    label = (await labels(api, made))["dog"]
    name, geometry = SHAPES[kind]
    await review(api, asset, {name: [{**geometry, "label_id": label}]})
    (held,) = (await detail(api, asset))["reviews"]
    assert held["shapes"] == {name: [{**geometry, "label_id": label, "label": "dog"}]}
    wrong = {"classifications": [{"label_id": label}]}
    assert await api.status("POST", f"/predicted/asset/{asset['id']}/reviews", wrong) == 400


async def test_a_review_without_shapes_says_that_nothing_is_there(api: Api) -> None:
    _, (asset,) = await seen(api, "OBJECT_DETECTION")
    assert (await review(api, asset, {}))["shapes"] == {"rectangles": []}


async def test_boxes_are_told_in_both_orders(api: Api) -> None:
    _, (asset,) = await seen(api, "OBJECT_DETECTION")
    (prediction,) = (await detail(api, asset))["predictions"]
    assert prediction["raw_predictions"]["detection_boxes"] == [[1, 2, 3, 4]]
    (drawn,) = prediction["shapes"]["rectangles"]
    assert (drawn["x"], drawn["y"], drawn["w"], drawn["h"]) == (2, 1, 2, 2)
    assert (drawn["label"]["name"], drawn["score"]) == ("dog", 0.9)


@pytest.mark.parametrize("geometry", [{"x": 0, "y": 0, "w": 0, "h": 2}, {"x": 99, "y": 0, "w": 2, "h": 2}])
async def test_a_rectangle_without_size_or_off_the_image_is_refused(api: Api, geometry: dict[str, int]) -> None:
    made, (asset,) = await seen(api, "OBJECT_DETECTION")
    told = {"rectangles": [{**geometry, "label_id": (await labels(api, made))["dog"]}]}
    assert await api.status("POST", f"/predicted/asset/{asset['id']}/reviews", told) in {400, 422}
    assert (await detail(api, asset))["state"] == "TO_REVIEW"


async def test_labels_of_other_deployments_are_not_found(api: Api) -> None:
    _, (asset,) = await seen(api)
    other, _ = await seen(api)
    told = {"classifications": [{"label_id": (await labels(api, other))["dog"]}]}
    assert await api.status("POST", f"/predicted/asset/{asset['id']}/reviews", told) == 404


async def test_reviewing_needs_a_token_that_may_write(api: Api) -> None:
    _, (asset,) = await seen(api)
    path = f"/predicted/asset/{asset['id']}"
    assert await restricted(api.platform).status("POST", f"{path}/reviews", {}) == 403
    assert await stranger(api.platform).status("POST", f"{path}/reviews", {}) == 404
    assert await restricted(api.platform).status("GET", path) == 200


async def test_submitted_predictions_become_annotated_assets(api: Api) -> None:
    made, assets = await seen(api, "OBJECT_DETECTION", 3)
    version = await api.dataset_version("OBJECT_DETECTION")
    await looped(api, made, [version])
    label = (await labels(api, made))["dog"]
    for asset in assets[:2]:
        await review(api, asset, {"rectangles": [{"x": 2, "y": 1, "w": 2, "h": 2, "label_id": label}]})
    done = await submit(api, made, assets)
    assert done == {"submitted": 2, "skipped": [{"id": assets[2]["id"], "reason": "It is not reviewed."}]}
    listed = await api.ask("GET", f"/dataset/version/{version['id']}/assets")
    assert {item["data"]["id"] for item in listed["items"]} == {asset["data"]["id"] for asset in assets[:2]}
    named = await api.ask("GET", f"/dataset/version/{version['id']}/labels")
    (dog,) = [item["id"] for item in named["items"] if item["name"] == "dog"]
    drawn = [shape for annotation in await annotated(api, version) for shape in annotation["rectangles"]]
    assert [(shape["label_id"], shape["x"], shape["y"], shape["w"], shape["h"]) for shape in drawn] == [
        (dog, 2, 1, 2, 2),
        (dog, 2, 1, 2, 2),
    ]


async def test_nothing_is_submitted_twice_and_no_review_follows(api: Api) -> None:
    made, (asset,) = await seen(api)
    version = await api.dataset_version()
    await looped(api, made, [version])
    told = {"classifications": [{"label_id": (await labels(api, made))["cat"]}]}
    await review(api, asset, told)
    assert (await submit(api, made, [asset, asset]))["submitted"] == 1
    again = await submit(api, made, [asset])
    assert (again["submitted"], len(again["skipped"])) == (0, 1)
    assert (await detail(api, asset))["state"] == "SUBMITTED"
    assert await api.status("POST", f"/predicted/asset/{asset['id']}/reviews", told) == 409
    assert len(await annotated(api, version)) == 1


async def test_an_image_that_the_version_holds_already_stays_as_it_is(api: Api) -> None:
    made, (asset,) = await seen(api)
    version = await api.dataset_version()
    await looped(api, made, [version])
    await api.ask("POST", f"/dataset/version/{version['id']}/assets", {"data_ids": [asset["data"]["id"]]})
    await review(api, asset, {"classifications": [{"label_id": (await labels(api, made))["cat"]}]})
    done = await submit(api, made, [asset])
    assert done["submitted"] == 0
    assert "already" in done["skipped"][0]["reason"]
    assert await annotated(api, version) == []


async def test_the_choice_is_needed_where_several_versions_are_attached(api: Api) -> None:
    made, (asset,) = await seen(api)
    versions = [await api.dataset_version(), await api.dataset_version()]
    await looped(api, made, versions)
    await review(api, asset, {"classifications": [{"label_id": (await labels(api, made))["cat"]}]})
    path, wanted = f"/deployment/{made['id']}/fl/submit", {"predicted_asset_ids": [asset["id"]]}
    assert await api.status("POST", path, wanted) == 400
    strayed = {**wanted, "dataset_version_ids": [(await api.dataset_version())["id"]]}
    assert await api.status("POST", path, strayed) == 404
    done = await submit(api, made, [asset], dataset_version_ids=[version["id"] for version in versions])
    assert done == {"submitted": 1, "skipped": []}
    assert [len(await annotated(api, version)) for version in versions] == [1, 1]


async def test_submission_needs_a_loop_that_is_on_and_filled(api: Api) -> None:
    made, (asset,) = await seen(api)
    path, wanted = f"/deployment/{made['id']}/fl/submit", {"predicted_asset_ids": [asset["id"]]}
    assert await api.status("POST", path, wanted) == 404
    await looped(api, made, [])
    assert await api.status("POST", path, wanted) == 409
    await looped(api, made, [await api.dataset_version()], active=False)
    assert await api.status("POST", path, wanted) == 409
    assert await api.status("POST", path, {"predicted_asset_ids": []}) == 422


async def test_a_submission_to_a_locked_version_leaves_nothing(api: Api) -> None:
    made, (asset,) = await seen(api)
    version = await api.dataset_version()
    await looped(api, made, [version])
    await review(api, asset, {"classifications": [{"label_id": (await labels(api, made))["cat"]}]})
    await api.ask("POST", f"/dataset/version/{version['id']}/lock")
    wanted = {"predicted_asset_ids": [asset["id"]]}
    assert await api.status("POST", f"/deployment/{made['id']}/fl/submit", wanted) == 423
    assert (await detail(api, asset))["state"] == "REVIEWED"


async def test_predicted_assets_of_another_deployment_are_not_submitted(api: Api) -> None:
    made, (asset,) = await seen(api)
    _, (other,) = await seen(api)
    await looped(api, made, [await api.dataset_version()])
    await review(api, asset, {"classifications": [{"label_id": (await labels(api, made))["cat"]}]})
    wanted = {"predicted_asset_ids": [asset["id"], other["id"]]}
    assert await api.status("POST", f"/deployment/{made['id']}/fl/submit", wanted) == 404
    assert (await detail(api, asset))["state"] == "REVIEWED"
