"""Predicting on an image: what is answered, and what is recorded of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.platform.api import fresh
from tests.platform.onnx_models import boxes, brightness
from tests.platform.services import classifying, detecting, png, runnable, serving

if TYPE_CHECKING:
    from tests.platform.api import Api, Reply

pytestmark = pytest.mark.anyio


async def predicted(api: Api, deployment: Reply, content: bytes | None = None, **form: object) -> Reply:
    """Predict on an image and return the answer."""
    service = await serving(api, deployment["id"])
    files = {"media": ("seen.png", content or png())}
    return await service.ask("POST", f"/api/deployments/{deployment['id']}/predict", 200, files=files, data=form)


async def asset(api: Api, answer: Reply) -> Reply:
    return await api.ask("GET", f"/predicted/asset/{answer['predicted_asset_id']}")


async def test_a_classifier_answers_the_most_likely_class_and_its_score(api: Api) -> None:
    made = await classifying(api)
    bright, dark = await predicted(api, made, png(204)), await predicted(api, made, png(51))
    assert (bright["detection_classes"], dark["detection_classes"]) == ([1], [0])
    assert bright["detection_scores"] == pytest.approx([0.8])
    assert dark["detection_scores"] == pytest.approx([0.8])
    assert bright["detection_boxes"] is None
    assert 0 < bright["latency"] < 600


async def test_a_detector_answers_boxes_in_the_pixels_of_the_image(api: Api) -> None:
    answer = await predicted(api, await detecting(api), png(size=(80, 40)))
    assert answer["detection_boxes"] == [[0, 0, 20, 40], [10, 40, 40, 80]]
    assert answer["detection_classes"] == [0, 1]
    assert answer["detection_scores"] == [0.75, 0.5]


async def test_boxes_never_leave_the_image(api: Api) -> None:
    made = await detecting(api, boxes([((-3.0, -1.0, 99.0, 99.0), 0, 0.9)]))
    assert (await predicted(api, made, png(size=(80, 40))))["detection_boxes"] == [[0, 0, 40, 80]]


@pytest.mark.parametrize(("threshold", "scores"), [(0.0, [0.75, 0.5]), (0.5, [0.75, 0.5]), (0.5001, [0.75]), (1.0, [])])
async def test_only_shapes_strictly_below_the_threshold_are_dropped(
    api: Api, threshold: float, scores: list[float]
) -> None:
    answer = await predicted(api, await detecting(api, min_threshold=threshold))
    assert answer["detection_scores"] == scores
    (held,) = (await asset(api, answer))["predictions"]
    assert held["raw_predictions"]["detection_scores"] == scores
    assert held["raw_count"] == 2


async def test_without_postprocessing_nothing_is_dropped(api: Api) -> None:
    made = await detecting(api, min_threshold=1.0)
    assert (await predicted(api, made, postprocess="False"))["detection_scores"] == [0.75, 0.5]


async def test_a_prediction_leaves_data_with_tags_source_and_metadata(api: Api) -> None:
    made, tag = await classifying(api), fresh("tag")
    form = {
        "tags": [tag, "night"],
        "metadata": '{"lens": 50}',
        "custom_metadata": '{"line": 3}',
        "upload_dir": "belt/1",
    }
    answer = await predicted(api, made, png(size=(30, 20)), **form)
    seen = await asset(api, answer)
    datum = await api.ask("GET", f"/data/{seen['data']['id']}")
    assert {found["name"] for found in datum["tags"]} == {tag, "night"}
    assert datum["data_source"]["name"] == "serving"
    assert (datum["metadata"], datum["custom_metadata"]) == ({"lens": 50}, {"line": 3})
    assert (datum["filename"], datum["content_type"], datum["upload_status"]) == ("seen.png", "image/png", "DONE")
    assert datum["meta"] == {"width": 30, "height": 20}
    assert datum["object_name"].startswith("belt/1/")
    assert seen["oracle_prediction_id"] == answer["id"]


async def test_the_source_may_be_named(api: Api) -> None:
    answer = await predicted(api, await classifying(api), source="camera-1")
    datum = await api.ask("GET", f"/data/{(await asset(api, answer))['data']['id']}")
    assert datum["data_source"]["name"] == "camera-1"


async def test_the_data_goes_to_the_target_datalake_with_its_bytes(api: Api) -> None:
    content = png(7)
    answer = await predicted(api, await classifying(api), content)
    signed = await api.ask("GET", f"/data/{(await asset(api, answer))['data']['id']}/presigned-url")
    assert (await api.client.get(signed["presigned_url"])).content == content


async def test_unmonitored_predictions_leave_nothing(api: Api) -> None:
    made = await classifying(api)
    answer = await predicted(api, made, monitor="False")
    assert (answer["id"], answer["predicted_asset_id"]) == (None, None)
    assert (await api.ask("GET", f"/deployment/{made['id']}/predictedassets"))["count"] == 0


async def test_the_shadow_predicts_beside_and_the_answer_is_the_champions(api: Api) -> None:
    made, shadow = await classifying(api), await runnable(api, brightness(gain=0.0))
    await api.ask("POST", f"/deployment/{made['id']}/shadow", {"model_version_id": shadow["id"]})
    answer = await predicted(api, made, png(255))
    assert answer["detection_classes"] == [1]
    held = {found["is_shadow"]: found for found in (await asset(api, answer))["predictions"]}
    assert held[False]["raw_predictions"]["detection_classes"] == [1]
    assert held[True]["raw_predictions"]["detection_classes"] == [0]
    assert held[True]["model_version_id"] == shadow["id"]


async def test_a_shadow_that_cannot_run_harms_nobody(api: Api) -> None:
    made, shadow = await classifying(api), await api.model_version()
    await api.ask("POST", f"/deployment/{made['id']}/shadow", {"model_version_id": shadow["id"]})
    answer = await predicted(api, made)
    assert [held["is_shadow"] for held in (await asset(api, answer))["predictions"]] == [False]


async def test_a_new_champion_answers_what_follows(api: Api) -> None:
    made, other = await classifying(api), await runnable(api, brightness(gain=0.0))
    before = await predicted(api, made, png(255))
    await api.ask("POST", f"/deployment/{made['id']}/model", {"model_version_id": other["id"]})
    after = await predicted(api, made, png(255))
    assert (before["detection_classes"], after["detection_classes"]) == ([1], [0])
    assert after["model_version_id"] == other["id"]


async def test_classes_are_those_of_the_deployment_wherever_the_model_keeps_them(api: Api) -> None:
    made, turned = await classifying(api), await runnable(api, brightness(("dog", "cat")))
    await api.ask("POST", f"/deployment/{made['id']}/model", {"model_version_id": turned["id"]})
    assert (await predicted(api, made, png(255)))["detection_classes"] == [0]


async def test_a_sample_rate_of_zero_keeps_no_image_but_counts_it(api: Api) -> None:
    made = await classifying(api)
    await api.ask("PATCH", f"/deployment/{made['id']}", {"sample_rate": 0.0})
    answer = await predicted(api, made)
    assert answer["id"] is not None
    assert (await api.ask("GET", f"/deployment/{made['id']}/predictedassets"))["count"] == 0


async def test_older_clients_use_the_older_path(api: Api) -> None:
    made = await classifying(api)
    service = await serving(api, made["id"])
    await service.ask("POST", f"/api/deployment/{made['id']}/predict", 200, files={"media": ("a.png", png())})
