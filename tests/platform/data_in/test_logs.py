"""Logs of every type, artifacts, what was printed, and publishing; over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.platform.api import fresh
from tests.platform.data_in.runs import is_stored, run, stored
from tests.platform.data_in.scene import scene

if TYPE_CHECKING:
    from tests.platform.api import Api

pytestmark = pytest.mark.anyio

GOOD: list[tuple[str, object, object]] = [
    ("VALUE", 0.5, 0.5),
    ("VALUE", 3, 3),
    ("VALUE", "best", "best"),
    ("LINE", 0.5, [0.5]),
    ("LINE", [1, 2.5], [1, 2.5]),
    ("LINE", {"steps": [0, 1], "values": [1.0, 2.0]}, {"steps": [0, 1], "values": [1.0, 2.0]}),
    ("TABLE", {"epochs": 3}, {"epochs": 3}),
    ("TABLE", [["a", 1]], [["a", 1]]),
    ("BAR", {"x": ["a"], "y": [1]}, {"x": ["a"], "y": [1]}),
    ("HEATMAP", {"categories": ["a"], "values": [[1]]}, {"categories": ["a"], "values": [[1]]}),
    ("LABELMAP", {"0": "cat"}, {"0": "cat"}),
    ("EVALUATION", {"map": 0.5}, {"map": 0.5}),
]
BAD: list[tuple[str, object]] = [
    ("VALUE", {"x": 1}),
    ("LINE", "up"),
    ("LINE", [1, "up"]),
    ("LINE", {"steps": [0], "values": [1, 2]}),
    ("TABLE", 1),
    ("BAR", [1]),
    ("HEATMAP", 1),
    ("LABELMAP", {"0": 1}),
    ("EVALUATION", "good"),
    ("IMAGE", {"filename": "a.png"}),
]


@pytest.mark.parametrize(("kind", "data", "kept"), GOOD)
async def test_a_log_of_each_type_is_kept_as_it_is(api: Api, kind: str, data: object, kept: object) -> None:
    tried = await run(api)
    made = await tried.log("x", kind, data)
    assert (made["name"], made["type"], made["data"]) == ("x", kind, kept)
    assert await api.ask("GET", f"{tried.path}/logs/find", name="x") == made
    assert await api.ask("GET", f"/log/{made['id']}") == made


@pytest.mark.parametrize(("kind", "data"), BAD)
async def test_a_log_takes_only_the_data_of_its_type(api: Api, kind: str, data: object) -> None:
    tried = await run(api)
    assert await api.status("POST", f"{tried.path}/logs", {"name": "x", "type": kind, "data": data}) == 400
    assert await api.status("GET", f"{tried.path}/logs/find", name="x") == 404


async def test_a_log_recorded_again_is_replaced_and_a_line_goes_on(api: Api) -> None:
    tried = await run(api)
    first = await tried.log("best", "VALUE", 1)
    assert await tried.log("best", "VALUE", 2, raise_on_conflict=False) == {**first, "data": 2}
    body = {"name": "best", "type": "VALUE", "data": 3}
    assert await api.status("POST", f"{tried.path}/logs", body, raise_on_conflict=True) == 409
    assert await api.status("POST", f"{tried.path}/logs", {**body, "type": "LINE"}) == 409
    line = await tried.log("loss", "LINE", [3.0, 2.0])
    assert (await tried.log("loss", "LINE", 1.5))["data"] == [3.0, 2.0, 1.5]
    grown = await api.ask("POST", f"/log/{line['id']}/append", {"data": [1.0]})
    assert grown["data"] == [3.0, 2.0, 1.5, 1.0]
    stepped = await tried.log("rate", "LINE", {"steps": [0], "values": [0.1]})
    more = {"data": {"steps": [5], "values": [0.2]}}
    assert (await api.ask("POST", f"/log/{stepped['id']}/append", more))["data"] == {
        "steps": [0, 5],
        "values": [0.1, 0.2],
    }
    assert await api.status("POST", f"/log/{stepped['id']}/append", {"data": 1}) == 400
    assert await api.status("POST", f"/log/{first['id']}/append", {"data": 1}) == 400


async def test_logs_are_listed_changed_and_deleted(api: Api) -> None:
    tried = await run(api)
    made = [await tried.log(f"log-{number}", "VALUE", number) for number in range(4)]
    path = f"{tried.path}/logs"
    assert (await api.ask("GET", f"{path}/extended"))["items"] == made
    assert (await api.ask("GET", f"{path}/extended", limit=1, offset=2))["items"] == [made[2]]
    assert (await api.send("GET", f"{path}/ids")).json() == [log["id"] for log in made]
    changed = await api.ask("PATCH", f"/log/{made[0]['id']}", {"name": "first", "data": "zero"})
    assert (changed["name"], changed["data"]) == ("first", "zero")
    assert await api.status("PATCH", f"/log/{made[0]['id']}", {"name": "log-1"}) == 409
    assert await api.status("PATCH", f"/log/{made[0]['id']}", {"data": {"x": 1}}) == 400
    await api.ask("DELETE", f"/log/{made[1]['id']}")
    await api.ask("DELETE", path, {"ids": [made[2]["id"], str(uuid4())]})
    assert [log["name"] for log in (await api.ask("GET", f"{path}/extended"))["items"]] == ["first", "log-3"]
    await api.ask("DELETE", path, ["__all__"])
    assert (await api.ask("GET", f"{path}/extended"))["count"] == 0


async def test_the_bytes_of_a_logged_image_go_when_it_is_replaced_or_deleted(api: Api) -> None:
    tried = await run(api)
    places = [stored(api) for _ in range(2)]
    for place in places:
        image = {"object_name": place, "large": False, "filename": "a.png", "name": "a.png"}
        made = await tried.log("sample", "IMAGE", image)
    assert [await is_stored(api, place) for place in places] == [False, True]
    await api.ask("DELETE", f"/log/{made['id']}")
    assert not await is_stored(api, places[1])


async def test_artifacts_are_stored_found_replaced_and_deleted(api: Api) -> None:
    tried = await run(api)
    made, other = await tried.artifact(), await tried.artifact("config", "a.yaml")
    path = f"{tried.path}/artifacts"
    assert await api.ask("GET", f"{path}/find", name="model-latest") == made
    assert await api.ask("GET", f"/artifact/{made['id']}") == made
    assert (await api.ask("GET", path))["items"] == [made, other]
    assert (await api.send("GET", f"{path}/ids")).json() == [made["id"], other["id"]]
    assert await api.status("GET", f"{path}/find", name="missing") == 404
    again = {"name": "config", "filename": "b", "object_name": stored(api), "large": False}
    assert await api.status("POST", path, again) == 409
    assert await api.status("PATCH", f"/artifact/{made['id']}", {"name": "config"}) == 409
    assert await api.status("PATCH", f"/artifact/{made['id']}", {"object_name": "../x"}) == 400
    newer = stored(api)
    changed = await api.ask("PATCH", f"/artifact/{made['id']}", {"object_name": newer, "filename": "n.onnx"})
    assert changed == {**made, "object_name": newer, "filename": "n.onnx"}
    assert not await is_stored(api, made["object_name"])
    await api.ask("DELETE", f"/artifact/{made['id']}")
    assert not await is_stored(api, newer)
    await api.ask("DELETE", path, {"ids": [other["id"]]})
    assert (await api.ask("GET", path))["count"] == 0


async def test_an_artifact_never_takes_the_bytes_of_data_along(api: Api) -> None:
    tried, place = await run(api), stored(api)
    lake = await api.ask("GET", api.home("datalake"))
    datum = {"type": "IMAGE", "filename": "a.png", "object_name": place, "content_type": "image/png"}
    await api.ask("POST", f"/datalake/{lake['id']}/datas", datum)
    body = {"name": "a", "filename": "a", "object_name": place, "large": False}
    made = await api.ask("POST", f"{tried.path}/artifacts", body)
    await api.ask("DELETE", f"/artifact/{made['id']}")
    assert await is_stored(api, place)


async def test_what_was_printed_is_kept_in_lines_and_as_a_file(api: Api) -> None:
    tried = await run(api)
    line = {"line_nb": 0, "log": "hello", "part": "training", "final": False, "special": False}
    for number, text in ((0, "hello"), (1, ["a", "b"]), (0, "again")):
        await api.ask("POST", f"{tried.path}/logging", {**line, "line_nb": number, "log": text})
    assert await api.status("POST", f"{tried.path}/logging", {**line, "line_nb": -1}) == 422
    assert await api.status("GET", f"{tried.path}/logging") == 404
    places = [stored(api) for _ in range(3)]
    first = await api.ask("POST", f"{tried.path}/logging/save", {"object_name": places[0]})
    again = await api.ask("POST", f"{tried.path}/logging/save", {"object_name": places[1]})
    assert (again["id"], again["object_name"]) == (first["id"], places[1])
    assert await api.ask("GET", f"{tried.path}/logging") == again
    assert await api.ask("GET", f"/logging/file/{first['id']}") == again
    await api.ask("PATCH", f"/logging/file/{first['id']}", {"object_name": places[2]})
    assert [await is_stored(api, place) for place in places] == [False, False, True]
    await api.ask("DELETE", f"/logging/file/{first['id']}")
    assert not await is_stored(api, places[2])


async def test_publishing_makes_a_version_that_tells_how_it_came_to_be(api: Api) -> None:
    tried, seen = await run(api, parameters={"epochs": 3}), await scene(api, assets=2)
    await seen.annotation(0, rectangles=[seen.shape("rectangles", "cat"), seen.shape("rectangles", "dog")])
    await seen.annotation(1, rectangles=[seen.shape("rectangles", "cat")])
    await api.ask("POST", f"{tried.path}/datasets", {"name": "train", "dataset_version_id": seen.version["id"]})
    artifact = await tried.artifact()
    name = fresh("model")
    version = await api.ask("POST", f"{tried.path}/publish", {"name": name})
    assert (version["origin"]["name"], version["version"]) == (name, 0)
    assert (version["type"], version["framework"]) == ("OBJECT_DETECTION", "ONNX")
    assert (version["labels"], version["parameters"]) == ({"0": "cat", "1": "dog"}, {"epochs": 3})
    files = (await api.ask("GET", f"/model/version/{version['id']}/modelfiles"))["items"]
    assert [(file["name"], file["object_name"]) for file in files] == [("model-latest", artifact["object_name"])]
    context = await api.ask("GET", f"/model/version/{version['id']}/context")
    assert (context["experiment_id"], context["parameters"]) == (tried.experiment["id"], {"epochs": 3})
    assert context["datas"] == [
        {
            "id": seen.version["origin_id"],
            "name": "train",
            "version_id": seen.version["id"],
            "repartition": {"cat": 2, "dog": 1},
        }
    ]
    await api.ask("DELETE", tried.path)
    assert await is_stored(api, artifact["object_name"])
    assert (await api.ask("GET", f"/model/version/{version['id']}/context"))["experiment_id"] == tried.experiment["id"]


async def test_publishing_again_makes_the_next_version_of_the_model(api: Api) -> None:
    base = await api.model_version("SEGMENTATION", docker_image="trainer")
    tried = await run(api, base_model_version_id=base["id"])
    path = f"{tried.path}/publish/version"
    version = await api.ask("POST", path, {"model_id": base["origin"]["id"]})
    assert (version["version"], version["origin"]["id"]) == (1, base["origin"]["id"])
    assert (version["type"], version["docker_image"]) == ("SEGMENTATION", "trainer")
    assert (await api.ask("POST", path, {"model_id": base["origin"]["id"]}))["version"] == 2
    assert await api.status("POST", path, {"model_id": str(uuid4())}) == 404
    assert await api.status("POST", f"{tried.path}/publish", {"name": base["origin"]["name"]}) == 409
