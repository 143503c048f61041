"""Reviewing in the dashboard: the next image, what is saved and what is not, nothing twice, nothing unseen."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import anyio
import pytest

from tests.platform.api import Api, Reply, restricted, stranger
from tests.platform.dashboard.browsing import Browser, signed_in
from tests.platform.monitoring.test_ingest import FORMATS, body, record
from tests.platform.reviews.test_reviews import detail, labels, looped, review, seen, submit
from tests.platform.services import monitoring

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

pytestmark = pytest.mark.anyio

HOSTILE = "</script><script>alert(1)</script>.png"
BOX = {"x": 2, "y": 1, "w": 2, "h": 2}
JSON = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}


def at(made: Reply, asset: Reply | None = None, tail: str = "") -> str:
    return f"/deployments/{made['id']}/review" + (f"/{asset['id']}" if asset else "") + tail


async def save(browser: Browser, path: str, shapes: object, since: str | None = "") -> httpx.Response:
    """Send a review as the tool does."""
    files = {"shapes": ("review.json", json.dumps(shapes), "application/json")}
    headers = {**JSON, "X-CSRF-Token": browser.csrf}
    return await browser.client.post(path, data={"since": since or ""}, files=files, headers=headers)


async def told(browser: Browser, path: str) -> Any:
    """Return what the tool is told of an image."""
    return json.loads(await browser.see(f"{path}/sheet"))


async def states(api: Api, asset: Reply) -> tuple[str, list[Mapping[str, Any]]]:
    found = await detail(api, asset)
    return found["state"], [held["shapes"] for held in found["reviews"]]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    found = answer.json()
    return answer.status_code, " ".join([found["message"], *found["detail"]])


async def test_reviewing_begins_with_the_newest_image_that_waits(api: Api, browser: Browser) -> None:
    made, assets = await seen(api, count=3)
    newest = sorted(assets, key=lambda asset: (asset["timestamp"], asset["id"]), reverse=True)
    for expected in newest:
        answer = await browser.client.get(at(made))
        assert answer.headers["location"] == at(made, expected, "?state=to_review")
        await review(api, expected, {})
    assert (await browser.client.get(at(made))).headers["location"] == at(made, tail="/finish?state=to_review")
    assert "Nothing to review" in await browser.see(at(made, tail="/finish"))
    again = await browser.client.get(at(made, tail="?state=reviewed"))
    assert again.headers["location"] == at(made, newest[0], "?state=reviewed")


async def test_what_the_tool_accepts_is_what_the_champion_said(api: Api, browser: Browser) -> None:
    made, (asset,) = await seen(api, "OBJECT_DETECTION")
    path = at(made, asset)
    sheet = await told(browser, path)
    (shape,) = sheet["starts"][sheet["start"]]
    assert (shape["geometry"], shape["name"], shape["score"]) == (BOX, "dog", 0.9)
    answer = await save(browser, path, {"rectangles": [{**shape["geometry"], "label_id": shape["label"]}]})
    assert answer.status_code == 200
    assert answer.json()["is_new"]
    (prediction,) = (await detail(api, asset))["predictions"]
    (said,) = prediction["shapes"]["rectangles"]
    (kept,) = (await detail(api, asset))["reviews"][0]["shapes"]["rectangles"]
    assert kept == {**{side: said[side] for side in "xywh"}, "label_id": said["label"]["id"], "label": "dog"}


async def test_a_review_that_is_sent_again_is_recorded_once(api: Api, browser: Browser) -> None:
    made, (asset,) = await seen(api, "OBJECT_DETECTION")
    shapes = {"rectangles": [{**BOX, "label_id": (await labels(api, made))["cat"]}]}
    first, second = [await save(browser, at(made, asset), shapes) for _ in range(2)]
    assert (first.json()["is_new"], second.json()["is_new"]) == (True, False)
    assert first.json()["since"] == second.json()["since"]
    assert len((await states(api, asset))[1]) == 1


async def test_a_second_tab_is_told_that_somebody_was_faster_and_may_review_again(api: Api, browser: Browser) -> None:
    made, (asset,) = await seen(api, "OBJECT_DETECTION")
    named = await labels(api, made)
    one, other = ({"rectangles": [{**BOX, "label_id": named[name]}]} for name in ("cat", "dog"))
    await save(browser, at(made, asset), one)
    late = await save(browser, at(made, asset), other)
    assert (late.status_code, late.json()["reason"]) == (409, "meanwhile")
    assert "owner reviewed this image" in late.json()["message"]
    assert len((await states(api, asset))[1]) == 1
    again = await save(browser, at(made, asset), other, late.json()["since"])
    assert again.json()["is_new"]
    found = (await states(api, asset))[1]
    assert [held["rectangles"][0]["label"] for held in found] == ["cat", "dog"]


async def test_the_same_answer_of_two_people_is_not_taken_for_one(api: Api, browser: Browser) -> None:
    made, (asset,) = await seen(api)
    shapes = {"classifications": [{"label_id": (await labels(api, made))["cat"]}]}
    first = await review(api, asset, shapes)
    await review(api, asset, shapes)
    late = await save(browser, at(made, asset), shapes)
    assert late.json()["reason"] == "meanwhile"
    assert (await save(browser, at(made, asset), shapes, first["id"])).json()["is_new"] is False


@pytest.mark.parametrize("are_same", [True, False])
async def test_of_many_reviews_at_once_one_is_recorded(api: Api, browser: Browser, are_same: bool) -> None:
    made, (asset,) = await seen(api, "OBJECT_DETECTION")
    label = (await labels(api, made))["cat"]
    answers: list[httpx.Response] = []

    async def send(place: int) -> None:
        shapes = {"rectangles": [{**BOX, "x": 0 if are_same else place, "label_id": label}]}
        answers.append(await save(browser, at(made, asset), shapes))

    async with anyio.create_task_group() as group:
        for place in range(6):
            group.start_soon(send, place)
    assert len((await states(api, asset))[1]) == 1
    told = [answer.json() for answer in answers]
    assert [each.get("is_new", each.get("reason")) for each in told].count(True) == 1
    others = [each for each in told if each.get("is_new") is not True]
    assert {each.get("is_new", each.get("reason")) for each in others} == {False if are_same else "meanwhile"}


BAD: dict[str, tuple[Any, int, str]] = {
    "outside": ({"rectangles": [{"x": 99, "y": 0, "w": 2, "h": 2}]}, 400, "outside its image"),
    "empty": ({"rectangles": [{"x": 0, "y": 0, "w": 0, "h": 2}]}, 400, "rectangles.0.w"),
    "fraction": ({"rectangles": [{"x": 0.5, "y": 0, "w": 1, "h": 2}]}, 400, "rectangles.0.x"),
    "far": ({"rectangles": [{"x": 2**40, "y": 0, "w": 1, "h": 2}]}, 400, "rectangles.0.x"),
    "kind": ({"classifications": [{}]}, 400, "OBJECT_DETECTION"),
    "many": ({"rectangles": [BOX] * 10_001}, 400, "at most 10000 shapes"),
    "text": ("nonsense", 400, "cannot be read"),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_no_review_can_hold_is_refused_in_words_and_nothing_is_recorded(
    api: Api, browser: Browser, name: str
) -> None:
    made, (asset,) = await seen(api, "OBJECT_DETECTION")
    label = (await labels(api, made))["dog"]
    shapes, status, words = BAD[name]
    if isinstance(shapes, dict):
        shapes = {kind: [{**entry, "label_id": label} for entry in listed] for kind, listed in shapes.items()}
    found = refusal(await save(browser, at(made, asset), shapes))
    assert found[0] == status
    assert words in found[1]
    assert (await states(api, asset)) == ("TO_REVIEW", [])


async def test_a_label_of_another_deployment_is_refused(api: Api, browser: Browser) -> None:
    made, (asset,) = await seen(api)
    other, _ = await seen(api)
    for label in ((await labels(api, other))["cat"], str(uuid4())):
        status, words = refusal(await save(browser, at(made, asset), {"classifications": [{"label_id": label}]}))
        assert (status, "There is no label" in words) == (404, True)
    assert (await states(api, asset))[0] == "TO_REVIEW"


async def test_a_submitted_image_is_shown_and_not_reviewed_again(api: Api, browser: Browser) -> None:
    made, (asset,) = await seen(api)
    await looped(api, made, [await api.dataset_version()])
    first = await review(api, asset, {"classifications": [{"label_id": (await labels(api, made))["cat"]}]})
    await submit(api, made, [asset])
    assert (await told(browser, at(made, asset)))["state"] == "SUBMITTED"
    status, words = refusal(await save(browser, at(made, asset), {}, first["id"]))
    assert (status, "cannot be reviewed again" in words) == (409, True)
    assert 'name="accept"' not in await browser.see(at(made, asset))


async def test_reviews_need_the_sessions_secret_a_writer_and_our_own_page(api: Api, browser: Browser) -> None:
    made, (asset,) = await seen(api)
    path, form = at(made, asset), {"shapes": "{}", "since": ""}
    assert (await browser.client.post(path, data=form, headers=JSON)).status_code == 403
    foreign = {**JSON, "Sec-Fetch-Site": "cross-site", "X-CSRF-Token": browser.csrf}
    assert (await browser.client.post(path, data=form, headers=foreign)).status_code == 403
    token = restricted(api.platform).client.headers["Authorization"].removeprefix("Bearer ")
    reader = await signed_in(api.platform, token)
    assert (await save(reader, path, {})).status_code == 403
    assert '"may_write": false' in await reader.see(path)
    assert (await states(api, asset)) == ("TO_REVIEW", [])


async def test_images_of_others_do_not_exist(api: Api, browser: Browser) -> None:
    made, (asset,) = await seen(api)
    other, _ = await seen(api)
    token = stranger(api.platform).client.headers["Authorization"].removeprefix("Bearer ")
    outsider = await signed_in(api.platform, token)
    for visitor, path in ((outsider, at(made, asset)), (browser, at(other, asset)), (browser, at(made, {"id": "7"}))):
        await visitor.see(path, 404)
        await visitor.see(f"{path}/sheet", 404)
        assert (await save(visitor, path, {})).status_code == 404
    assert (await states(api, asset)) == ("TO_REVIEW", [])


async def test_the_filter_of_the_gallery_is_kept_from_image_to_image(api: Api, browser: Browser) -> None:
    made = await api.deployment()
    service = await monitoring(api, made["id"])
    for place in range(4):
        told_ = body(FORMATS["CLASSIFICATION"], source=f"camera-{place % 2}", timestamp=1_700_000_000 + place)
        await record(service, told_)
    listed = (await api.ask("GET", f"/deployment/{made['id']}/predictedassets"))["items"]
    oldest, *_, newest = sorted(listed, key=lambda asset: str(asset["timestamp"]))
    sheet = json.loads(await browser.see(at(made, newest, "/sheet?source=camera-1")))
    assert sheet["newer"] is None
    assert sheet["older"] not in {None, oldest["id"]}
    assert json.loads(await browser.see(at(made, newest, "/sheet")))["older"] is not None
    page = await browser.see(at(made, newest, "?source=camera-1"))
    setup = json.loads(re.search(r'id="review-setup">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert (setup["query"], setup["position"]) == ("?source=camera-1", {"at": 1, "number": 2, "exact": True})


async def test_hostile_names_stay_text(api: Api, browser: Browser) -> None:
    version = await api.model_version(labels={"0": HOSTILE, "1": "dog"})
    made = await api.ask(
        "POST", api.home("deployments"), {"name": f"<b>{uuid4()}</b>", "model_version_id": version["id"]}
    )
    service = await monitoring(api, made["id"])
    await record(service, body(FORMATS["CLASSIFICATION"], filename="<img src=x onerror=alert(1)>.png"))
    (asset,) = (await api.ask("GET", f"/deployment/{made['id']}/predictedassets"))["items"]
    page = await browser.see(at(made, asset))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>" not in page
    setup = json.loads(re.search(r'id="review-setup">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert setup["labels"][0]["name"] == HOSTILE
    assert setup["sheet"]["name"] == asset["data"]["filename"]


async def test_without_scripts_a_form_accepts_what_is_shown_and_goes_on(api: Api, browser: Browser) -> None:
    made, assets = await seen(api, "OBJECT_DETECTION", 2)
    newest, oldest = sorted(assets, key=lambda asset: (asset["timestamp"], asset["id"]), reverse=True)
    answer = await browser.send(at(made, newest), {"accept": "champion", "since": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, at(made, oldest))
    assert (await states(api, newest))[1][0]["rectangles"][0]["label"] == "dog"
    last = await browser.send(at(made, oldest), {"accept": "champion", "since": ""})
    assert last.headers["location"] == at(made, tail="/finish")


async def test_without_scripts_a_class_is_said_with_a_button(api: Api, browser: Browser) -> None:
    made, (asset,) = await seen(api)
    cat = (await labels(api, made))["cat"]
    assert f'name="label" value="{cat}"' in await browser.see(at(made, asset))
    await browser.send(at(made, asset), {"label": cat, "since": ""})
    assert (await states(api, asset))[1] == [{"classifications": [{"label": "cat", "label_id": cat}]}]
    late = await browser.send(at(made, asset), {"accept": "champion", "since": ""})
    assert late.headers["location"] == at(made, asset)
    assert "after you had opened it" in html.unescape(await browser.see(at(made, asset)))
    assert len((await states(api, asset))[1]) == 1
    assert (await browser.send(at(made, asset), {"accept": "nobody", "since": ""})).status_code == 400
