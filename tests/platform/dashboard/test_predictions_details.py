"""One image in detail: everything that is known of it, whatever it says, and the way to its neighbours."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.dashboard.pages.predictions.facts import DEEPEST, LONGEST, MOST, Fact, facts
from tests.platform.dashboard.hall import HOSTILE, Hall, opened
from tests.platform.monitoring.test_ingest import FORMATS, body, record
from tests.platform.reviews.test_reviews import SHAPES, labels, review
from tests.platform.services import monitoring

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.platform.api import Api, Reply
    from tests.platform.dashboard.browsing import Browser

pytestmark = pytest.mark.anyio

jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(scope="module")
async def hall(api: Api) -> Hall:
    return await opened(api)


async def recorded(api: Api, kind: str, **more: object) -> tuple[Reply, Reply]:
    """Deploy something of a type that saw one image; return the deployment and the predicted asset."""
    made = await api.deployment(kind, disable_serving=True)
    service = await monitoring(api, made["id"])
    found = await record(service, body(FORMATS[kind], **more))
    return made, await api.ask("GET", f"/predicted/asset/{found['predicted_asset_id']}")


def path_of(deployment: Reply, asset: Reply) -> str:
    return f"/deployments/{deployment['id']}/predictions/{asset['id']}"


@pytest.mark.parametrize("kind", FORMATS)
async def test_it_tells_everything_that_the_api_tells(api: Api, browser: Browser, kind: str) -> None:
    told = {"metadata": {"lens": 50}, "custom_metadata": {"line": {"number": 3}}, "custom_metrics": {"speed": 1.5}}
    made, asset = await recorded(api, kind, source="camera-1", tags=["night"], **told)
    page = await browser.see(path_of(made, asset))
    for text in ("a.png", "250 ms", "camera-1", "night", "lens", "number", "1.5", asset["oracle_prediction_id"]):
        assert text in page, text
    version = made["model_version"] if "model_version" in made else asset["predictions"][0]["model_version_id"]
    assert str(version["id"] if isinstance(version, dict) else version) not in page
    assert "0.90" in page
    assert "Nobody has reviewed it yet." in page
    drawn = page.count('<g class="mark"')
    assert drawn == (0 if kind in ("CLASSIFICATION", "MASK") else 1)


@pytest.mark.parametrize("kind", SHAPES)
async def test_the_review_that_counts_is_a_layer_of_its_own_and_all_are_told(
    api: Api, browser: Browser, kind: str
) -> None:
    made, asset = await recorded(api, kind)
    named = await labels(api, made)
    word, geometry = SHAPES[kind]
    await review(api, asset, {})
    await review(api, asset, {word: [{**geometry, "label_id": named["cat"]}]})
    page = " ".join((await browser.see(path_of(made, asset))).split())
    assert page.count('<g class="marks review">') == 1
    assert page.partition('<g class="marks review">')[2].partition("</svg>")[0].count('class="mark"') == 1
    newest, oldest = re.findall(r'Reviewed by <span class="label-name">owner</span>: ([^<]+) <span', page)
    assert (newest, oldest) == ("1 shape", "nothing on the image")
    assert "this one counts" in page


async def test_the_links_to_its_neighbours_stay_within_the_filters(hall: Hall, browser: Browser) -> None:
    wanted = hall.fitting(lambda image: image["source"] == "camera-1")
    query = "source=camera-1"
    for place, identifier in enumerate(wanted):
        page = await browser.see(f"{hall.path}/{identifier}?{query}")
        for rel, neighbour in (("prev", wanted[:place][-1:]), ("next", wanted[place + 1 :][:1])):
            found = re.findall(rf'<a class="button" rel="{rel}" href="([^"]+)"', page)
            assert [html.unescape(each) for each in found] == [f"{hall.path}/{each}?{query}" for each in neighbour]
    assert f'href="{hall.path.removesuffix("/predictions")}/review/{wanted[-1]}?{query}"' in page


async def test_deleting_takes_it_out_of_the_gallery_and_leaves_its_data(api: Api, browser: Browser) -> None:
    made, asset = await recorded(api, "CLASSIFICATION")
    answer = await browser.send(f"{path_of(made, asset)}/delete", {"query": "?state=to_review"})
    assert answer.headers["location"] == f"/deployments/{made['id']}/predictions?state=to_review"
    assert "Deleted the prediction of a.png." in await browser.see(answer.headers["location"])
    await browser.see(path_of(made, asset), 404)
    assert await api.status("GET", f"/predicted/asset/{asset['id']}") == 404
    assert await api.status("GET", f"/data/{asset['data']['id']}") == 200


async def test_another_deployments_image_is_neither_shown_nor_deleted(api: Api, browser: Browser) -> None:
    made, asset = await recorded(api, "CLASSIFICATION")
    other = await api.deployment()
    await browser.see(path_of(other, asset), 404)
    for tail in ("delete", "submit"):
        answer = await browser.send(f"{path_of(other, asset)}/{tail}", {"query": "", "asset": asset["id"]})
        assert answer.status_code == 404
    await browser.see(path_of(made, asset))


async def test_whatever_its_sender_wrote_is_text(api: Api, browser: Browser) -> None:
    deep: object = HOSTILE
    for _ in range(50):
        deep = {HOSTILE: deep}
    told = {"metadata": {HOSTILE: [HOSTILE] * 300}, "custom_metadata": {"deep": deep}, "custom_metrics": {HOSTILE: 1}}
    made, asset = await recorded(
        api, "OBJECT_DETECTION", filename="a'\"<b>.png", tags=[HOSTILE], source=HOSTILE, **told
    )
    page = await browser.see(path_of(made, asset))
    assert "<script>alert" not in page
    assert "<b>" not in page
    assert " style=" not in page
    assert " onerror" not in page
    assert "and 100 more" in page


@given(jsons)
def test_every_leaf_of_metadata_is_told_once(value: object) -> None:
    held = {"value": value}
    found = list(_leaves(facts(held)))
    if _depth(held) <= DEEPEST:
        assert len(found) == _count(held)
    assert all(len(name) <= LONGEST and len(text) <= LONGEST + 1 for name, text in found)


def test_metadata_that_nobody_would_read_is_cut_off() -> None:
    told = facts({str(number): number for number in range(MOST + 50)})
    assert (len(told), told[-1].text) == (MOST + 1, "and 50 more")
    (long,) = facts({"a": "x" * (LONGEST + 1)})
    assert long.text == "x" * LONGEST + "\u2026"
    assert facts("text") == ()


def _leaves(told: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    for fact in told:
        if fact.entries:
            yield from _leaves(fact.entries)
        else:
            yield fact.name, fact.text


def _is_leaf(value: object) -> bool:
    """Tell whether a value is told on one line: what is plain or empty, and short lists of numbers."""
    if not isinstance(value, dict | list) or not value:
        return True
    return isinstance(value, list) and all(isinstance(each, int | float) for each in value)


def _count(value: object) -> int:
    if not isinstance(value, dict | list):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return sum(1 if _is_leaf(each) else _count(each) for each in inner)


def _depth(value: object) -> int:
    if not isinstance(value, dict | list):
        return 0
    return 1 + max((_depth(each) for each in (value.values() if isinstance(value, dict) else value)), default=0)


def test_numbers_and_empty_things_are_told_as_json_says_them() -> None:
    told = facts({"a": 1.5, "b": None, "c": True, "d": [1, 2], "e": {}, "f": "text"})
    assert [fact.text for fact in told] == ["1.5", "null", "true", json.dumps([1, 2]), "{}", "text"]
