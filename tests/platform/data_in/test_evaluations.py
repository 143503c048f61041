"""What an experiment's model says of assets, and its comparison with the annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.platform.data_in.runs import Run, run
from tests.platform.data_in.scene import SHAPES, Scene, scene

if TYPE_CHECKING:
    from tests.platform.api import Api

pytestmark = pytest.mark.anyio


async def evaluate(tried: Run, seen: Scene, number: int, *, mode: str = "REPLACE", **shapes: object) -> None:
    body = {"import_type": mode, "evaluations": [{"asset_id": seen.assets[number]["id"], **shapes}]}
    await tried.api.ask("POST", f"{tried.path}/evaluations", body)


async def compared(tried: Run, kind: str, **more: object) -> dict[str, Any]:
    """Compare, wait for the end, and return the result."""
    job = await tried.api.ask("POST", f"{tried.path}/evaluate", {"inference_type": kind, **more})
    assert job["status"] == "RUNNING"
    tried.api.platform.settle()
    assert (await tried.api.ask("GET", f"/job/{job['id']}"))["status"] == "SUCCESS"
    log = await tried.api.ask("GET", f"{tried.path}/logs/find", name=f"evaluation-{kind.lower()}")
    assert log["type"] == "EVALUATION"
    return dict(log["data"])


@pytest.mark.parametrize("kind", list(SHAPES))
async def test_shapes_of_each_kind_are_kept_with_their_scores(api: Api, kind: str) -> None:
    tried, seen = await run(api), await scene(api, "MULTI")
    await evaluate(tried, seen, 0, **{kind: [seen.shape(kind, score=0.75)]}, custom_metrics={"speed": 2})
    item = (await api.ask("GET", f"{tried.path}/evaluations"))["items"][0]
    shape = item["shapes"][kind][0]
    assert (shape["label"], shape["score"]) == ("cat", 0.75)
    assert {key: shape[key] for key in SHAPES[kind]} == SHAPES[kind]
    assert (item["asset_id"], item["custom_metrics"]) == (seen.assets[0]["id"], {"speed": 2})
    assert await api.ask("GET", f"/evaluation/{item['id']}") == item
    await api.ask("DELETE", f"/evaluation/{item['id']}")
    assert await api.status("GET", f"/evaluation/{item['id']}") == 404


async def test_a_second_evaluation_replaces_the_first_or_leaves_it(api: Api) -> None:
    tried, seen = await run(api), await scene(api)
    for mode, score, kept in (("REPLACE", 0.1, 0.1), ("KEEP", 0.2, 0.1), ("REPLACE", 0.3, 0.3)):
        await evaluate(tried, seen, 0, mode=mode, rectangles=[seen.shape("rectangles", score=score)])
        found = (await api.ask("GET", f"{tried.path}/evaluations"))["items"]
        assert [item["shapes"]["rectangles"][0]["score"] for item in found] == [kept]


async def test_evaluations_are_listed_by_cursor_and_by_query(api: Api) -> None:
    tried, seen = await run(api), await scene(api, assets=3)
    for number in range(3):
        await evaluate(tried, seen, number, rectangles=[])
    path = f"{tried.path}/evaluations"
    first = await api.ask("GET", path, limit=2, types=["IMAGE"], upload_statuses=["DONE", "PENDING"])
    rest = await api.ask("GET", path, limit=2, cursor=first["next_cursor"])
    listed = [item["asset_id"] for page in (first, rest) for item in page["items"]]
    assert listed == [asset["id"] for asset in seen.assets]
    assert (first["count"], rest["next_cursor"]) == (3, None)
    named = seen.assets[1]["data"]["filename"]
    found = await api.ask("GET", path, q=f'data.filename = "{named}"')
    assert [item["asset_id"] for item in found["items"]] == [seen.assets[1]["id"]]
    assert await api.status("GET", path, q="nonsense") == 400


async def test_evaluations_that_make_no_sense_are_refused_whole(api: Api) -> None:
    tried, seen, other = await run(api), await scene(api, assets=2), await scene(api)
    fine = {"asset_id": seen.assets[0]["id"], "rectangles": [seen.shape("rectangles", score=0.5)]}
    foreign = seen.shape("rectangles", label_id=other.labels["cat"], score=0.5)
    path = f"{tried.path}/evaluations"
    for status, wrong in [
        (422, {**fine, "rectangles": [seen.shape("rectangles", score=1.5)]}),
        (400, {**fine, "asset_id": seen.assets[0]["id"]}),
        (404, {"asset_id": str(uuid4())}),
        (404, {"asset_id": seen.assets[1]["id"], "rectangles": [foreign]}),
        (400, {"asset_id": seen.assets[1]["id"], "rectangles": [seen.shape("rectangles", x=999, score=1)]}),
    ]:
        assert await api.status("POST", path, {"import_type": "REPLACE", "evaluations": [fine, wrong]}) == status
    assert await api.status("POST", path, {"import_type": "REPLACE", "evaluations": []}) == 422
    assert (await api.ask("GET", path))["count"] == 0


async def test_detections_are_judged_as_coco_does(api: Api) -> None:
    tried, seen = await run(api), await scene(api, assets=3)
    truth = [seen.shape("rectangles", "cat"), seen.shape("rectangles", "dog", x=60)]
    await seen.annotation(0, rectangles=truth)
    await seen.annotation(1, rectangles=truth)
    await evaluate(tried, seen, 0, rectangles=[{**shape, "score": 0.9} for shape in truth])
    await evaluate(tried, seen, 1, rectangles=[{**truth[0], "score": 0.8}, {**truth[1], "x": 5, "score": 0.7}])
    await evaluate(tried, seen, 2, rectangles=[seen.shape("rectangles", score=0.9)])
    found = await compared(tried, "OBJECT_DETECTION")
    # The third asset has no annotation; of the four objects three are found, exactly.
    assert (found["assets"], found["objects"], found["predictions"], found["right"]) == (2, 4, 4, 3)
    assert (found["precision"], found["recall"]) == (0.75, 0.75)
    by_label = {each["label"]: each["ap_50_95"] for each in found["classes"]}
    assert by_label["cat"] == 1.0
    # One of two dogs, at full precision: 51 of the 101 recalls are reached.
    assert by_label["dog"] == pytest.approx(51 / 101)
    assert found["ap_50_95"] == pytest.approx((1 + 51 / 101) / 2)


async def test_classes_are_judged_by_the_surest(api: Api) -> None:
    tried, seen = await run(api), await scene(api, "CLASSIFICATION", assets=3)
    for number, label in enumerate(("cat", "dog", "dog")):
        await seen.annotation(number, classifications=[seen.shape("classifications", label)])
        scores = [seen.shape("classifications", "cat", score=0.6), seen.shape("classifications", "dog", score=0.4)]
        await evaluate(tried, seen, number, classifications=scores[number:] if number < 2 else scores)
    found = await compared(tried, "CLASSIFICATION")
    assert (found["count"], found["right"], found["accuracy"]) == (3, 2, pytest.approx(2 / 3))
    assert (found["labels"], found["confusion"]) == (["cat", "dog"], [[1, 0], [1, 1]])


async def test_a_comparison_may_be_narrowed_to_evaluations_and_to_a_status(api: Api) -> None:
    tried, seen = await run(api), await scene(api, "CLASSIFICATION", assets=2)
    for number in range(2):
        made = await seen.annotation(number, classifications=[seen.shape("classifications")])
        await evaluate(tried, seen, number, classifications=[seen.shape("classifications", score=1)])
    await api.ask("PATCH", f"/annotation/{made['id']}", {"status": "ACCEPTED"})
    items = (await api.ask("GET", f"{tried.path}/evaluations"))["items"]
    assert (await compared(tried, "CLASSIFICATION"))["assets"] == 2
    assert (await compared(tried, "CLASSIFICATION", status="ACCEPTED"))["assets"] == 1
    assert (await compared(tried, "CLASSIFICATION", evaluation_ids=[items[0]["id"]]))["assets"] == 1


async def test_a_comparison_without_annotations_fails_and_one_of_lines_is_refused(api: Api) -> None:
    tried, seen = await run(api), await scene(api)
    await evaluate(tried, seen, 0, rectangles=[])
    assert await api.status("POST", f"{tried.path}/evaluate", {"inference_type": "LINE"}) == 400
    job = await api.ask("POST", f"{tried.path}/evaluate", {"inference_type": "OBJECT_DETECTION"})
    api.platform.settle()
    assert (await api.ask("GET", f"/job/{job['id']}"))["status"] == "FAILED"
