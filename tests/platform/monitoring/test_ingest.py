"""Predictions told to the monitoring service: every format, every way to name the image, each once."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import anyio
import pytest
from sqlalchemy import select

from reconciler.platform.store import objects
from reconciler.platform.store.tables.data import StoredObject
from reconciler.platform.store.tables.predictions import PredictedAsset
from tests.platform.api import Api, Reply, fresh, restricted, stranger
from tests.platform.services import Service, monitoring, png

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.anyio

CLASSES: dict[str, Any] = {"detection_classes": [1], "detection_scores": [0.9]}
POLYGON = [[0, 0], [4, 0], [4, 4]]
FORMATS: dict[str, Mapping[str, object]] = {
    "CLASSIFICATION": CLASSES,
    "OBJECT_DETECTION": {**CLASSES, "detection_boxes": [[1, 2, 3, 4]]},
    "SEGMENTATION": {**CLASSES, "detection_masks": [POLYGON]},
    "LINE": {**CLASSES, "lines": [[[0, 0], [4, 4]]]},
    "POINT": {**CLASSES, "points": [[2, 3]]},
    "KEYPOINT": {**CLASSES, "keypoints": [[[2, 3, 1], [4, 4, 0]]]},
    "MASK": {**CLASSES, "detection_masks": ["0a1b"]},
}


def body(raw: Mapping[str, object] = CLASSES, /, **more: object) -> dict[str, object]:
    """Return a whole request to record a prediction."""
    image = base64.b64encode(png(size=(16, 8))).decode()
    told = {"filename": "a.png", "content_type": "IMAGE/PNG", "height": 8, "width": 16, "latency": 0.25}
    return {**told, "raw_predictions": raw, "image": image, **more}


async def record(service: Service, told: Mapping[str, object], expected: int = 201) -> Reply:
    path = f"/api/deployment/{service.deployment_id}/predictions"
    return await service.ask("POST", path, expected, json=dict(told))


async def detail(api: Api, recorded: Reply) -> Reply:
    return await api.ask("GET", f"/predicted/asset/{recorded['predicted_asset_id']}")


async def watched(api: Api, kind: str = "CLASSIFICATION", **more: object) -> Service:
    """Deploy something whose owner infers, and log into its monitoring."""
    return await monitoring(api, (await api.deployment(kind, disable_serving=True, **more))["id"])


@pytest.mark.parametrize("kind", FORMATS)
async def test_each_format_is_kept_as_it_was_sent(api: Api, kind: str) -> None:
    service = await watched(api, kind)
    found = await detail(api, await record(service, body(FORMATS[kind])))
    (prediction,) = found["predictions"]
    assert prediction["raw_predictions"] == FORMATS[kind]
    assert (prediction["is_shadow"], prediction["latency"]) == (False, 0.25)


@pytest.mark.parametrize("kind", FORMATS)
async def test_an_image_without_any_shape_is_recorded_in_each_format(api: Api, kind: str) -> None:
    service = await watched(api, kind)
    nothing: dict[str, object] = {name: [] for name in FORMATS[kind]}
    found = await detail(api, await record(service, body({**nothing, "detection_texts": None})))
    assert found["predictions"][0]["raw_predictions"] == nothing


async def test_polygons_may_come_as_flat_runs_and_are_kept_as_pairs(api: Api) -> None:
    service = await watched(api, "SEGMENTATION")
    flat = {**CLASSES, "detection_masks": [[0, 0, 4, 0, 4, 4]], "detection_boxes": [[0, 0, 4, 4]]}
    found = await detail(api, await record(service, body(flat)))
    assert found["predictions"][0]["raw_predictions"] == {**CLASSES, "detection_masks": [POLYGON]}
    odd = {**CLASSES, "detection_masks": [[0, 0, 4]]}
    assert "odd length" in (await record(service, body(odd), 400))["message"]


async def test_integral_floats_count_as_whole_numbers_and_others_do_not(api: Api) -> None:
    service = await watched(api, "OBJECT_DETECTION")
    found = await detail(api, await record(service, body({**CLASSES, "detection_boxes": [[1.0, 2.0, 3.0, 4.0]]})))
    assert found["predictions"][0]["raw_predictions"]["detection_boxes"] == [[1, 2, 3, 4]]
    await record(service, body({**CLASSES, "detection_boxes": [[1.5, 2, 3, 4]]}), 422)


async def test_texts_are_kept_where_there_are_some(api: Api) -> None:
    service = await watched(api)
    found = await detail(api, await record(service, body({**CLASSES, "detection_texts": ["AB-123"]})))
    assert found["predictions"][0]["raw_predictions"] == {**CLASSES, "detection_texts": ["AB-123"]}


@pytest.mark.parametrize("kind", FORMATS)
async def test_lists_of_different_lengths_are_incoherent(api: Api, kind: str) -> None:
    service = await watched(api, kind)
    for name in FORMATS[kind]:
        error = await record(service, body({**FORMATS[kind], name: []}), 400)
        assert "incoherent" in error["message"]


async def test_a_format_of_another_type_is_refused(api: Api) -> None:
    service = await watched(api, "OBJECT_DETECTION")
    assert "detection_boxes" in (await record(service, body(CLASSES), 400))["message"]
    for kind in ("MULTI", "NOT_CONFIGURED"):
        await record(await watched(api, kind), body(CLASSES), 400)


async def test_nothing_is_filtered_by_the_threshold(api: Api) -> None:
    service = await watched(api, min_threshold=1.0)
    found = await detail(api, await record(service, body()))
    assert found["predictions"][0]["raw_predictions"] == CLASSES


async def test_everything_told_is_kept(api: Api) -> None:
    service = await watched(api)
    facts = {"metadata": {"lens": 50}, "custom_metadata": {"line": 3}, "custom_metrics": {"speed": 1.5}}
    told = body(source="camera-7", tags=["night", "rain", "night"], timestamp=1.5, upload_dir="belt/7", **facts)
    recorded = await record(service, told)
    found = await detail(api, recorded)
    datum = await api.ask("GET", f"/data/{found['data']['id']}")
    assert (datum["data_source"]["name"], sorted(tag["name"] for tag in datum["tags"])) == (
        "camera-7",
        ["night", "rain"],
    )
    assert (datum["metadata"], datum["custom_metadata"]) == ({"lens": 50}, {"line": 3})
    assert (datum["content_type"], datum["upload_status"]) == ("image/png", "DONE")
    assert datum["object_name"].startswith("belt/7/")
    assert (found["custom_metrics"], found["timestamp"]) == ({"speed": 1.5}, "1970-01-01T00:00:01.500000Z")
    assert (found["width"], found["height"], recorded["data_id"]) == (16, 8, datum["id"])


async def test_the_same_bytes_under_the_same_name_are_two_predictions(api: Api) -> None:
    service = await watched(api)
    first, second = await record(service, body()), await record(service, body())
    assert first["data_id"] != second["data_id"]
    assert (await api.ask("GET", f"/deployment/{service.deployment_id}/predictedassets"))["count"] == 2


async def test_a_request_that_names_its_moment_is_recorded_once_however_often_it_is_sent(api: Api) -> None:
    service = await watched(api)
    told = body(timestamp=1_700_000_000.25)
    replies: list[Reply] = []

    async def send() -> None:
        replies.append(await record(service, told))

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(send)
    assert len({reply["id"] for reply in replies}) == 1
    other = await record(service, {**told, "timestamp": 1_700_000_000.5})
    assert other["id"] != replies[0]["id"]
    assert (await api.ask("GET", f"/deployment/{service.deployment_id}/predictedassets"))["count"] == 2
    assert on_disk(api) == known(api)


def on_disk(api: Api) -> set[str]:
    """Return the names of all files among the stored bytes."""
    return {path.name for path in (api.platform.settings.data_dir / "objects").rglob("*") if path.is_file()}


def known(api: Api) -> set[str]:
    """Return the names of all files that an object refers to."""
    with api.platform.store.read(api.platform.owner) as unit:
        return set(unit.session.scalars(select(StoredObject.blob)))


@pytest.mark.parametrize(("sample", "rate", "kept"), [(True, 0.0, True), (False, 1.0, False), (None, 0.0, False)])
async def test_the_sender_decides_over_the_sample_rate(api: Api, sample: object, rate: float, *, kept: bool) -> None:
    service = await watched(api)
    await api.ask("PATCH", f"/deployment/{service.deployment_id}", {"sample_rate": rate})
    recorded = await record(service, body(sample=sample))
    assert (recorded["data_id"] is not None) is kept
    assert (await api.ask("GET", f"/deployment/{service.deployment_id}/predictedassets"))["count"] == int(kept)
    assert await api.status("GET", f"/predicted/asset/{recorded['predicted_asset_id']}") == (200 if kept else 404)
    with api.platform.store.read(api.platform.owner) as unit:
        assert unit.find(PredictedAsset, UUID(recorded["predicted_asset_id"])).predictions


async def cloud(api: Api, content: bytes | None = None) -> tuple[dict[str, object], str]:
    """Store an image; return how requests name it, and the object's name."""
    lake = await api.ask("GET", api.home("datalake"))
    name = f"bucket/{fresh('cloud')}.png"
    with api.platform.store.write(api.platform.owner) as unit:
        objects.put(unit, UUID(lake["connector_id"]), name, content or png(), content_type="image/png")
    place = {"connector_id": lake["connector_id"], "client_type": "MINIO", "bucket_name": "b", "object_name": name}
    return place, name


async def test_an_image_of_the_storage_becomes_data_once_and_is_processed_once(api: Api) -> None:
    service, other = await watched(api), await watched(api)
    place, name = await cloud(api)
    told = {**body(tags=["cloudy"]), "cloud_image": place}
    del told["image"]
    recorded = await record(service, told)
    found = await detail(api, recorded)
    assert (found["data"]["object_name"], found["data"]["filename"]) == (name, name.removeprefix("bucket/"))
    assert "already processed" in (await record(service, told, 409))["message"]
    again = await record(other, told)
    assert again["data_id"] == recorded["data_id"]


async def test_either_the_image_or_its_place_is_needed(api: Api) -> None:
    service = await watched(api)
    place, _ = await cloud(api)
    await record(service, body(cloud_image=place), 400)
    await record(service, {key: value for key, value in body().items() if key != "image"}, 400)
    told = {**body(), "image": None, "cloud_image": {**place, "object_name": "nowhere.png"}}
    await record(service, told, 404)


async def test_images_in_anothers_storage_are_not_found(api: Api) -> None:
    service = await watched(api)
    place, _ = await cloud(api)
    other = stranger(api.platform)
    theirs = await other.ask("GET", other.home("datalake"))
    told = {**body(), "image": None, "cloud_image": {**place, "connector_id": theirs["connector_id"]}}
    await record(service, told, 404)


async def shadowed(api: Api) -> Service:
    version = await api.model_version()
    return await watched(api, shadow_model_version_id=version["id"])


async def test_the_shadows_answer_may_come_with_the_champions(api: Api) -> None:
    service = await shadowed(api)
    other = {**CLASSES, "detection_classes": [0]}
    found = await detail(api, await record(service, body(shadow_raw_predictions=other, shadow_latency=2.5)))
    held = {prediction["is_shadow"]: prediction for prediction in found["predictions"]}
    assert held[False]["raw_predictions"] == CLASSES
    assert (held[True]["raw_predictions"], held[True]["latency"]) == (other, 2.5)
    settings = (await api.ask("GET", f"/deployment/{service.deployment_id}"))["settings"]
    assert held[True]["model_version_id"] == settings["shadow_model_version_id"]
    assert held[False]["model_version_id"] == settings["model_version_id"]


async def test_the_shadows_answer_may_come_later_but_not_twice(api: Api) -> None:
    service = await shadowed(api)
    recorded = await record(service, body())
    path, late = f"/api/prediction/{recorded['id']}/shadow", {"shadow_raw_predictions": CLASSES, "shadow_latency": 1}
    assert (await service.ask("POST", path, 201, json=late))["id"] == recorded["id"]
    assert "already" in (await service.ask("POST", path, 409, json=late))["message"]
    assert len((await detail(api, recorded))["predictions"]) == 2
    await service.ask("POST", f"/api/prediction/{uuid4()}/shadow", 404, json=late)


async def test_a_shadows_answer_needs_a_shadow_and_its_latency(api: Api) -> None:
    service, alone = await shadowed(api), await watched(api)
    await record(service, body(shadow_raw_predictions=CLASSES), 400)
    await record(alone, body(shadow_raw_predictions=CLASSES, shadow_latency=1.0), 400)
    await record(alone, body(shadow_latency=1.0))


@pytest.mark.parametrize(
    "wrong",
    [
        {"content_type": "IMAGE/GIF"},
        {"content_type": "text/html"},
        {"latency": -0.1},
        {"height": 0},
        {"timestamp": -1},
        {"timestamp": 1e300},
        {"filename": ""},
        {"filename": ".."},
        {"raw_predictions": {"detection_classes": [1]}},
        {"raw_predictions": {"detection_classes": ["x"], "detection_scores": [1.0]}},
        {"metadata": {"a\x00": 1}},
    ],
)
async def test_what_is_not_well_formed_is_refused_and_leaves_nothing(api: Api, wrong: dict[str, object]) -> None:
    service = await watched(api)
    await record(service, body(**wrong), 422)
    assert (await api.ask("GET", f"/deployment/{service.deployment_id}/predictedassets"))["count"] == 0


@pytest.mark.parametrize("upload_dir", ["../..", "a/../../b", "a//b", "a\\b", "/../etc"])
async def test_no_folder_leads_out_of_the_storage(api: Api, upload_dir: str) -> None:
    service = await watched(api)
    await record(service, body(upload_dir=upload_dir), 400)
    assert (await api.ask("GET", f"/deployment/{service.deployment_id}/predictedassets"))["count"] == 0


async def test_file_names_lose_their_folders(api: Api) -> None:
    service = await watched(api)
    found = await detail(api, await record(service, body(filename="../../etc/passwd.png")))
    assert found["data"]["filename"] == "passwd.png"
    assert ".." not in found["data"]["object_name"]


async def test_an_image_that_is_not_base64_is_refused(api: Api) -> None:
    await record(await watched(api), body(image="*"), 400)


async def test_a_jwt_records_for_its_own_deployment_alone(api: Api) -> None:
    service, other = await watched(api), await watched(api)
    recorded = await record(other, body())
    strayed = Service(service.client, other.deployment_id)
    await record(strayed, body(), 403)
    late = {"shadow_raw_predictions": CLASSES, "shadow_latency": 1}
    await service.ask("POST", f"/api/prediction/{recorded['id']}/shadow", 404, json=late)


async def test_a_token_that_may_only_read_records_nothing(api: Api) -> None:
    made = await api.deployment()
    service = await monitoring(restricted(api.platform), made["id"])
    await record(service, body(), 403)
    await service.ask("GET", f"/api/deployment/{made['id']}", 200)
