"""The gallery: what it shows is what the API tells, page by page, under any filters."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from reconciler.platform.dashboard.pages.predictions import page as gallery
from tests.platform.api import restricted
from tests.platform.dashboard.browsing import signed_in
from tests.platform.dashboard.hall import EPOCH, HOSTILE, STEP, Hall, best, moment, opened, shown
from tests.platform.monitoring.test_ingest import CLASSES, FORMATS, body, record
from tests.platform.services import monitoring

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.platform.api import Api, Reply
    from tests.platform.dashboard.browsing import Browser

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def hall(api: Api) -> Hall:
    return await opened(api)


def scored(image: Reply, least: float, most: float = 1.0, label: int | None = None, *, shadow: bool = False) -> bool:
    """Tell whether the best score of an image lies within bounds."""
    score = best(image, label, shadow=shadow)
    return score is not None and least <= score <= most


FILTERS: dict[str, Callable[[Reply], bool]] = {
    "": lambda _: True,
    "role=both": lambda _: True,
    "role=shadow": lambda image: len(image["predictions"]) > 1,
    "state=to_review": lambda image: image["state"] == "TO_REVIEW",
    "state=reviewed&state=submitted": lambda image: image["state"] != "TO_REVIEW",
    "label=1": lambda image: scored(image, 0.0, label=1),
    "label=2": lambda image: scored(image, 0.0, label=2),
    "label=7": lambda _: False,
    "least=0.5": lambda image: scored(image, 0.5),
    "least=0.35&most=0.7": lambda image: scored(image, 0.35, 0.7),
    "label=0&most=0.3": lambda image: scored(image, 0.0, 0.3, label=0),
    "role=shadow&label=0&least=0.2": lambda image: scored(image, 0.2, label=0, shadow=True),
    "tag=night": lambda image: "night" in {tag["name"] for tag in image["data"]["tags"]},
    "source=camera-1": lambda image: image["source"] == "camera-1",
    f"from={EPOCH + STEP}&to={EPOCH + 3 * STEP}": lambda image: EPOCH + STEP <= moment(image) <= EPOCH + 3 * STEP,
    "from=2023-11-15T00:13:20": lambda image: moment(image) >= EPOCH + 2 * STEP,
    "state=reviewed&source=camera-2&label=": lambda image: (
        (image["state"], image["source"]) == ("REVIEWED", "camera-2")
    ),
    "outliers=yes": lambda _: False,
}


@pytest.mark.parametrize("query", FILTERS)
async def test_it_shows_exactly_what_the_same_filter_finds_in_the_api(hall: Hall, browser: Browser, query: str) -> None:
    page = await browser.see(f"{hall.path}?{query}")
    wanted = hall.fitting(FILTERS[query])
    assert shown(page) == wanted
    assert f"{len(wanted)} image{'' if len(wanted) == 1 else 's'}" in page
    assert ("No image here fits" in page) is (not wanted)


async def test_each_filter_that_is_on_is_said_with_a_way_to_take_it_off(hall: Hall, browser: Browser) -> None:
    page = await browser.see(f"{hall.path}?role=both&state=reviewed&label=1&tag=day&least=0.1")
    chips = re.findall(r'<a class="chip" href="([^"]+)"><span>([^<]+)</span>', page)
    assert {text for _, text in chips} == {"reviewed", "label dog", "tag day", "score 0.1 or more"}
    for address, text in chips:
        less = await browser.see(html.unescape(address))
        kept = {told for _, told in re.findall(r'<a class="chip" href="([^"]+)"><span>([^<]+)</span>', less)}
        assert kept == {told for _, told in chips} - {text}
        assert 'href="?role=both' not in less
    assert shown(await browser.see(hall.path)) == hall.fitting(lambda _: True)


async def test_what_cannot_be_read_is_said_at_its_field_and_kept(hall: Hall, browser: Browser) -> None:
    page = await browser.see(f"{hall.path}?least=much&to=tomorrow&state=lost&label=1")
    assert page.count('aria-invalid="true"') == 2
    assert "&#39;much&#39; is not a number." in page
    assert 'value="much"' in page
    assert shown(page) == hall.fitting(lambda image: best(image, 1) is not None)
    await browser.see(f"{hall.path}?before=nonsense", 400)


@pytest.mark.parametrize("query", ["", "state=to_review"])
async def test_walking_all_pages_shows_each_image_once_newest_first(
    hall: Hall, browser: Browser, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr(gallery, "SIZE", 5)
    wanted = hall.fitting(FILTERS[query])
    pages = [await browser.see(f"{hall.path}?{query}")]
    while (older := way(pages[-1], "next")) is not None:
        pages.append(await browser.see(older))
    assert [identifier for page in pages for identifier in shown(page)] == wanted
    assert all(len(shown(page)) == 5 for page in pages[:-1])
    back = [pages[-1]]
    while (newer := way(back[-1], "prev")) is not None:
        back.append(await browser.see(newer))
    assert {identifier for page in back for identifier in shown(page)} == set(wanted)


async def test_nothing_is_lost_while_new_images_arrive(
    api: Api, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = await opened(api, 7)
    monkeypatch.setattr(gallery, "SIZE", 3)
    service = await monitoring(api, hall.deployment["id"])
    address: str | None = hall.path
    walked: list[str] = []
    while address is not None:
        page = await browser.see(address)
        walked += shown(page)
        await record(service, body(FORMATS["OBJECT_DETECTION"]))
        address = way(page, "next")
    assert walked == hall.fitting(lambda _: True)
    newest = await browser.see(hall.path)
    assert len(shown(newest)) == 3
    assert not set(shown(newest)) & set(walked)


async def test_both_models_are_overlaid_where_both_answered(hall: Hall, browser: Browser) -> None:
    for role, wanted in (("champion", [1, 0]), ("shadow", [0, 1]), ("both", [1, 1])):
        page = await browser.see(f"{hall.path}?role={role}&role={role}")
        tile = next(part for part in page.split('<li class="tile"')[1:] if hall.images[0]["id"] in part)
        layers = [tile.count(f'<g class="marks {each}">') for each in ("champion", "shadow")]
        assert layers == wanted
        assert f'href="{hall.path}/{hall.images[0]["id"]}' in tile


async def test_a_classification_is_a_name_with_its_score_and_an_unknown_label_a_number(
    api: Api, browser: Browser
) -> None:
    made = await api.deployment()
    service = await monitoring(api, made["id"])
    await record(service, body({"detection_classes": [1, 0], "detection_scores": [0.25, 0.75]}))
    await record(service, body({"detection_classes": [41], "detection_scores": [0.5]}))
    page = " ".join((await browser.see(f"/deployments/{made['id']}/predictions")).split())
    said = '<span class="label-name">{}</span> <span class="figure-text">{}</span>'
    assert said.format("cat", "0.75") + ' <span class="muted">+1</span>' in page
    assert said.format("41", "0.50") in page
    assert "<path" not in page


async def test_the_review_tool_starts_at_the_first_image_and_keeps_the_filter(hall: Hall, browser: Browser) -> None:
    page = await browser.see(f"{hall.path}?state=to_review&tag=night")
    address = re.search(r'id="review-these" href="([^"]+)"', page)
    assert address is not None
    home = hall.path.removesuffix("/predictions")
    assert html.unescape(address[1]) == f"{home}/review/{shown(page)[0]}?state=to_review&tag=night"


async def test_a_deployment_that_saw_nothing_says_how_to_begin(api: Api, browser: Browser) -> None:
    made = await api.deployment()
    page = await browser.see(f"/deployments/{made['id']}/predictions")
    assert "No predictions yet." in page
    assert "deployment.monitor(" in page
    assert 'id="review-these"' not in page


async def test_who_may_only_read_selects_and_submits_nothing(api: Api, hall: Hall) -> None:
    browser = await signed_in(
        api.platform, restricted(api.platform).client.headers["Authorization"].removeprefix("Bearer ")
    )
    page = await browser.see(hall.path)
    assert shown(page) == hall.fitting(lambda _: True)
    assert 'name="asset"' not in page
    assert 'method="post" action="/deployments' not in page


async def test_whatever_names_tags_and_sources_say_is_text(api: Api, browser: Browser) -> None:
    version = await api.model_version(labels={"0": HOSTILE, "1": "\u202e" + "x" * 200})
    made = await api.ask("POST", api.home("deployments"), {"name": HOSTILE, "model_version_id": version["id"]})
    service = await monitoring(api, made["id"])
    told = {"filename": f"{HOSTILE[:8]}.png", "source": HOSTILE, "tags": [HOSTILE]}
    await record(service, body(CLASSES, **told))
    await record(service, body({"detection_classes": [0], "detection_scores": [0.5]}, **told))
    page = await browser.see(f"/deployments/{made['id']}/predictions")
    assert "<script>alert" not in page
    assert page.count(html.escape(HOSTILE).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")) >= 4
    found = await browser.see(f"/deployments/{made['id']}/predictions?{urlencode({'tag': HOSTILE, 'source': HOSTILE})}")
    assert len(shown(found)) == 2
    assert "<script>alert" not in found


def way(page: str, rel: str) -> str | None:
    """Return where a page's link of that relation leads."""
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return html.unescape(found[1]) if found else None
