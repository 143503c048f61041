"""After reviewing: what waits is submitted, where somebody chose, and what that leads to is told."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from reconciler.platform.store import submissions
from reconciler.platform.store.tables.deployments import Deployment
from tests.platform.dashboard.test_review import at
from tests.platform.reviews.test_reviews import detail, labels, looped, review, seen
from tests.platform.test_continuous_training import configuration

if TYPE_CHECKING:
    from tests.platform.api import Api, Reply
    from tests.platform.dashboard.browsing import Browser

pytestmark = pytest.mark.anyio


async def reviewed(api: Api, count: int) -> tuple[Reply, list[Reply]]:
    """Return a deployment all of whose images but one are reviewed, and those."""
    made, assets = await seen(api, count=count + 1)
    named = await labels(api, made)
    for asset in assets[:count]:
        await review(api, asset, {"classifications": [{"label_id": named["cat"]}]})
    return made, assets[:count]


async def finished(browser: Browser, made: Reply) -> str:
    return html.unescape(await browser.see(at(made, tail="/finish")))


async def test_what_is_reviewed_is_submitted_and_the_counter_is_told(api: Api, browser: Browser) -> None:
    made, assets = await reviewed(api, 2)
    await looped(api, made, [await api.dataset_version()])
    training = await configuration(api, trigger="FEEDBACK_LOOP", threshold=5)
    await api.ask("POST", f"/deployment/{made['id']}/pipeline/ct", training)
    assert "2 reviewed images wait to be submitted" in await finished(browser, made)
    await browser.send(at(made, tail="/submit"), {})
    page = await finished(browser, made)
    assert "Submitted 2 images to the feedback loop. 2 of 5 for the next training." in page
    assert "Nothing waits to be submitted" in page
    assert [(await detail(api, asset))["state"] for asset in assets] == ["SUBMITTED"] * 2


async def test_of_several_datasets_one_must_be_chosen(api: Api, browser: Browser) -> None:
    made, (asset,) = await reviewed(api, 1)
    versions = [await api.dataset_version() for _ in range(2)]
    await looped(api, made, versions)
    await browser.send(at(made, tail="/submit"), {})
    assert "Choose the dataset version to submit to." in await finished(browser, made)
    await browser.send(at(made, tail="/submit"), {"version": versions[1]["id"]})
    assert (await detail(api, asset))["state"] == "SUBMITTED"
    counts = [(await api.ask("GET", f"/dataset/version/{version['id']}/assets"))["count"] for version in versions]
    assert counts == [0, 1]


async def test_a_loop_that_takes_nothing_says_why_and_where_to_change_it(api: Api, browser: Browser) -> None:
    made, (asset,) = await reviewed(api, 1)
    assert "is not set up" in await finished(browser, made)
    await looped(api, made, [], active=False)
    page = await finished(browser, made)
    assert "is off" in page
    assert f"/deployments/{made['id']}/settings/feedback-loop" in page
    await browser.send(at(made, tail="/submit"), {})
    assert "is off" in await finished(browser, made)
    assert (await detail(api, asset))["state"] == "REVIEWED"


async def test_no_more_than_asked_for_waits_and_the_newest_comes_first(api: Api) -> None:
    made, assets = await reviewed(api, 3)
    newest = sorted(assets, key=lambda asset: (asset["timestamp"], asset["id"]), reverse=True)
    with api.platform.store.read(api.platform.owner) as unit:
        deployment = unit.find(Deployment, UUID(made["id"]))
        found = submissions.waiting(unit, deployment, limit=2)
    assert [str(identifier) for identifier in found] == [asset["id"] for asset in newest[:2]]
