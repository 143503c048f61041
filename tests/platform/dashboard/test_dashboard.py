"""The dashboard of one deployment: what it says where there is nothing yet, filters, sections alone, promotion."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

import anyio.to_thread
import pytest

from reconciler.platform.dashboard.pages.dashboard import page as dashboard
from reconciler.platform.dashboard.pages.dashboard.sections import KINDS
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.words import ReferenceStatus
from tests.platform.api import restricted, stranger
from tests.platform.dashboard.browsing import signed_in
from tests.platform.dashboard.figures import numbers, table
from tests.platform.monitoring.test_ingest import body, record
from tests.platform.services import monitoring
from tests.platform.test_training_data import fill

if TYPE_CHECKING:
    from tests.platform.api import Api, Reply
    from tests.platform.dashboard.browsing import Browser

pytestmark = pytest.mark.anyio

HOSTILE = "<script>alert(1)</script>\"'&\u202e\U0001f600"
CLASSIFIED = {"detection_classes": [0], "detection_scores": [0.9]}


def here(deployment: Reply, tail: str = "") -> str:
    return f"/deployments/{deployment['id']}{tail}"


async def seen_by(api: Api, count: int = 2, **more: object) -> Reply:
    """Return a deployment that answered some images."""
    made = await api.deployment(**more)
    service = await monitoring(api, made["id"])
    for number in range(count):
        await record(service, body(CLASSIFIED, timestamp=1_700_000_000 + 60 * number, tags=[HOSTILE, f"n-{number}"]))
    return made


async def with_shadow(api: Api) -> tuple[Reply, Reply]:
    version = await api.model_version()
    return await api.deployment(shadow_model_version_id=version["id"]), version


async def test_before_the_first_prediction_the_page_says_how_to_send_one(api: Api, browser: Browser) -> None:
    made = await api.deployment(name='Gate "7" </code>')
    text = await browser.see(here(made))
    assert "No predictions yet" in text
    assert 'get_deployment(name="Gate \\"7\\" </code>")' in unescape(text)
    assert 'id="section-' not in text
    assert numbers(text, "card-predictions") == [0, 0]
    assert "No shadow model" in text
    assert "No alert is on" in text


async def test_each_section_says_what_is_missing_and_where_to_get_it(api: Api, browser: Browser) -> None:
    made = await seen_by(api)
    text = await browser.see(here(made))
    assert re.findall(r'id="section-(\w+)"', text) == list(KINDS)
    assert text.count("No training data") == 2
    assert f'href="{here(made, "/settings/training-data")}"' in text
    assert "No reviews yet" in text
    assert f'href="{here(made, "/review")}"' in text
    assert "data-refresh" not in text


async def test_training_data_that_could_not_be_read_are_told_and_those_on_their_way_are_waited_for(
    api: Api, browser: Browser
) -> None:
    made, version = await seen_by(api), await api.dataset_version()
    # A version without images cannot be measured.
    fill(api, version, [])
    await api.ask("POST", f"/deployment/{made['id']}/pipeline/td/setup", {"dataset_version_id": version["id"]})
    await anyio.to_thread.run_sync(api.platform.settle)
    failed = await browser.see(here(made, "/sections/drift"))
    assert "The training data could not be read" in failed
    assert "data-refresh" not in failed
    with api.platform.store.write(api.platform.owner) as unit:
        reference = unit.find(Deployment, UUID(made["id"])).training_data
        assert reference is not None
        reference.status = ReferenceStatus.COMPUTING
    for name in ("drift", "outliers"):
        path = here(made, f"/sections/{name}")
        pending = await browser.see(path)
        assert "The training data are being computed" in pending
        assert f'data-refresh="{path}"' in pending


async def test_a_section_stands_alone_for_scripts_and_within_the_frame_for_people(api: Api, browser: Browser) -> None:
    made = await seen_by(api)
    for name in KINDS:
        alone = await browser.see(here(made, f"/sections/{name}"))
        assert alone.lstrip().startswith("<section")
    whole = await browser.client.get(here(made, "/sections/labels"), headers={"Sec-Fetch-Dest": "document"})
    assert "<html" in whole.text
    assert table(whole.text, "labels-numbers")
    await browser.see(here(made, "/sections/horoscope"), 404)


async def test_what_would_keep_the_page_waiting_is_loaded_after_it(
    api: Api, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await seen_by(api)
    monkeypatch.setattr(dashboard, "_MANY_PREDICTIONS", 1)
    text = await browser.see(here(made, "?range=30d"))
    put_off = re.findall(r'data-refresh="([^"]+)" data-now', text)
    costly = [name for name, kind in KINDS.items() if kind.is_costly]
    # Nothing was predicted within the last month: there is nothing to wait for.
    assert put_off == []
    text = await browser.see(here(made))
    assert re.findall(r'data-refresh="([^"]+)" data-now', text) == [here(made, f"/sections/{name}") for name in costly]
    for name in costly:
        assert f'<a href="{here(made, f"/sections/{name}")}">' in text


async def test_filters_narrow_the_figures_and_stay_in_every_address(api: Api, browser: Browser) -> None:
    made = await seen_by(api, 3)
    text = await browser.see(here(made, "?tag=n-1&tag=n-2"))
    assert numbers(text, "card-predictions") == [2, 0]
    spans = re.findall(r'<a href="([^"]+)"(?: aria-current="true")?>(?:24 hours|7 days|30 days|All time)</a>', text)
    assert [unescape(each) for each in spans] == [
        here(made, f"?{span}tag=n-1&tag=n-2") for span in ("range=24h&", "range=7d&", "range=30d&", "")
    ]
    assert f'href="{here(made)}?tag=n-2" aria-label="Remove the tag n-1"' in text
    assert numbers(await browser.see(here(made, "?range=24h")), "card-predictions") == [0, 0]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?range=custom&from=yesterday", "'yesterday' is no moment"),
        ("?range=custom&from=2026-01-02T00:00&to=2026-01-01T00:00", "The range ends before it begins."),
        ("?range=fortnight", "There is no time range 'fortnight'"),
        ("?model=11111111-1111-1111-1111-111111111111", "No such model version predicted here"),
        ("?range=custom&to=9999999-01-01", "is no moment"),
    ],
)
async def test_a_filter_that_cannot_be_meant_is_told_at_the_form_and_narrows_nothing(
    api: Api, browser: Browser, query: str, told: str
) -> None:
    made = await seen_by(api, 1)
    text = await browser.see(here(made, query))
    assert told in unescape(text)
    assert numbers(text, "card-predictions") == [1, 0]


async def test_hostile_tags_are_text_and_can_be_filtered_by(api: Api, browser: Browser) -> None:
    made = await seen_by(api, 2)
    text = await browser.see(here(made, f"?tag={quote(HOSTILE)}"))
    assert "<script>alert" not in text
    assert HOSTILE in unescape(text)
    assert numbers(text, "card-predictions") == [2, 0]


async def test_promoting_makes_the_shadow_the_champion_and_says_so(api: Api, browser: Browser) -> None:
    made, version = await with_shadow(api)
    text = await browser.see(here(made))
    assert f'action="{here(made, "/promote")}"' in text
    answer = await browser.send(here(made, "/promote"), {"version": version["id"]})
    assert (answer.status_code, answer.headers["location"]) == (303, here(made))
    after = await browser.see(here(made))
    assert "is the champion now." in after
    assert "promoted from shadow" in after
    assert "No shadow model" in after
    assert (await api.settings(made))["model_version_id"] == version["id"]


async def test_nothing_is_promoted_but_the_shadow_that_was_looked_at(api: Api, browser: Browser) -> None:
    made, version = await with_shadow(api)
    before = await api.settings(made)
    other = (await api.model_version())["id"]
    await browser.send(here(made, "/promote"), {"version": other})
    assert "The shadow has changed since you looked" in await browser.see(here(made))
    assert await api.settings(made) == before
    await browser.send(here(made, "/promote"), {"version": version["id"]})
    await browser.send(here(made, "/promote"), {"version": version["id"]})
    assert "has no shadow model to promote" in await browser.see(here(made))


async def test_promoting_a_champion_that_a_manifest_declares_warns_that_it_will_be_drift(
    api: Api, browser: Browser
) -> None:
    made, _ = await with_shadow(api)
    told = {"catalog": "c", "file": "digits.yaml", "line": 4, "revision": "abc", "fields": ["models.champion"]}
    assert "this is drift" not in await browser.see(here(made))
    await api.ask("PUT", f"/deployment/{made['id']}/management", told)
    text = await browser.see(here(made))
    assert "digits.yaml:4" in text
    assert "this is drift" in text


async def test_who_may_only_read_is_offered_no_promotion_and_may_not_promote(api: Api) -> None:
    made, version = await with_shadow(api)
    token = restricted(api.platform).client.headers["Authorization"].removeprefix("Bearer ")
    reader = await signed_in(api.platform, token)
    assert "/promote" not in await reader.see(here(made))
    answer = await reader.send(here(made, "/promote"), {"version": version["id"]})
    assert answer.status_code == 403


async def test_a_stranger_finds_no_page_and_no_section(api: Api) -> None:
    made = await seen_by(api, 1)
    token = stranger(api.platform).client.headers["Authorization"].removeprefix("Bearer ")
    browser = await signed_in(api.platform, token)
    for tail in ("", "/sections/activity", "/alerts"):
        await browser.see(here(made, tail), 404)


async def test_alerts_are_looked_at_after_the_page_and_those_that_fire_stand_first(api: Api, browser: Browser) -> None:
    made = await seen_by(api)
    for value in (0, 1_000_000):
        rule = {"metric": "avg_latency", "operator": ">", "value": value}
        await api.ask("POST", f"/deployment/{made['id']}/alerts", rule)
    assert f'data-refresh="{here(made, "/alerts")}" data-now' in await browser.see(here(made))
    card = await browser.see(here(made, "/alerts"))
    assert "1 firing" in card
    assert "Mean latency &gt; 0 ms" in card
    assert "1 alert quiet" in card
    assert "data-refresh" not in card
