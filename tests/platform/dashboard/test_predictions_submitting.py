"""Submitting from the gallery does what the API does; who may not, or cannot prove where a form is from, nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.platform.api import restricted, stranger
from tests.platform.dashboard.browsing import signed_in
from tests.platform.dashboard.hall import HOSTILE
from tests.platform.reviews.test_reviews import annotated, detail, labels, looped, review, seen, submit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from tests.platform.api import Api, Reply
    from tests.platform.dashboard.browsing import Browser

pytestmark = pytest.mark.anyio


async def waiting(api: Api, versions: Sequence[Reply], *, active: bool = True) -> tuple[Reply, list[Reply]]:
    """Deploy something with a loop that saw three images, two of which are reviewed."""
    made, assets = await seen(api, count=3)
    named = await labels(api, made)
    for asset in assets[:2]:
        await review(api, asset, {"classifications": [{"label_id": named["cat"]}]})
    await looped(api, made, versions, active=active)
    return made, assets


async def states(api: Api, assets: Sequence[Reply]) -> list[str]:
    return [(await detail(api, asset))["state"] for asset in assets]


def form(assets: Sequence[Reply], versions: Sequence[Reply] = (), query: str = "") -> dict[str, str | list[str]]:
    """Return what the gallery's form sends."""
    chosen = {"asset": [asset["id"] for asset in assets], "version": [version["id"] for version in versions]}
    return {**chosen, "query": query}


def home(deployment: Reply) -> str:
    return f"/deployments/{deployment['id']}/predictions"


async def after(browser: Browser, answer: httpx.Response) -> str:
    """Return what the page after an action tells."""
    assert answer.status_code == 303, answer.text
    page = await browser.see(answer.headers["location"])
    found = re.search(r'<p class="notice (?:good|bad)"[^>]*>([^<]*)</p>', page)
    assert found is not None
    return found[1]


async def test_it_does_what_the_api_does_and_says_how_many_went_and_why_others_did_not(
    api: Api, browser: Browser
) -> None:
    mine, yours = await api.dataset_version(), await api.dataset_version()
    made, assets = await waiting(api, [mine])
    twin, others = await waiting(api, [yours])
    told = await submit(api, twin, others)
    answer = await browser.send(f"{home(made)}/submit", form(assets, query="?state=reviewed"))
    assert answer.headers["location"] == f"{home(made)}?state=reviewed"
    said = await after(browser, answer)
    assert said == f"Submitted {told['submitted']} images to the feedback loop. Skipped 1: 1 \u00d7 It is not reviewed."
    assert [each["reason"] for each in told["skipped"]] == ["It is not reviewed."]
    assert await states(api, assets) == await states(api, others) == ["SUBMITTED", "SUBMITTED", "TO_REVIEW"]
    here, there = [await annotated(api, version) for version in (mine, yours)]
    assert [sorted(each) for each in here] == [sorted(each) for each in there]
    assert len(here) == 2
    again = await after(browser, await browser.send(f"{home(made)}/submit", form(assets[:1])))
    assert again.startswith("Submitted 0 images to the feedback loop. Skipped 1: 1 \u00d7 Its image is in the version")


async def test_of_several_dataset_versions_one_is_chosen_and_what_was_selected_is_kept(
    api: Api, browser: Browser
) -> None:
    versions = [await api.dataset_version() for _ in range(2)]
    made, assets = await waiting(api, versions)
    refused = await browser.send(f"{home(made)}/submit", form(assets[:2]))
    assert refused.status_code == 400
    assert "Choose the dataset version to submit to." in refused.text
    assert checked(refused.text, "asset") == {asset["id"] for asset in assets[:2]}
    assert await states(api, assets) == ["REVIEWED", "REVIEWED", "TO_REVIEW"]
    done = await browser.send(f"{home(made)}/submit", form(assets[:2], versions[1:]))
    assert (await after(browser, done)) == "Submitted 2 images to the feedback loop."
    assert [len(await annotated(api, version)) for version in versions] == [0, 2]


async def test_selecting_nothing_is_said_at_the_form(api: Api, browser: Browser) -> None:
    made, _ = await waiting(api, [await api.dataset_version()])
    refused = await browser.send(f"{home(made)}/submit", form([]))
    assert refused.status_code == 400
    assert "Select the images to submit first." in refused.text
    broken = await browser.send(f"{home(made)}/submit", {"asset": HOSTILE, "query": ""})
    assert (broken.status_code, "<script>alert" in broken.text) == (400, False)


async def test_a_loop_that_is_off_or_missing_says_so_and_leads_to_its_settings(api: Api, browser: Browser) -> None:
    bare, (asset,) = await seen(api)
    off, assets = await waiting(api, [await api.dataset_version()], active=False)
    empty, _ = await waiting(api, [])
    for deployment, told in ((bare, "is not set up."), (off, "is off."), (empty, "No dataset version is attached")):
        page = await browser.see(home(deployment))
        assert told in page
        assert f'href="/deployments/{deployment["id"]}/settings/feedback-loop"' in page
        assert "Submit to feedback loop" not in page
    for deployment, listed, status in ((bare, [asset], 404), (off, assets[:1], 409)):
        refused = await browser.send(f"{home(deployment)}/submit", form(listed))
        assert refused.status_code == status
        assert 'id="submission-fault"' in refused.text
    assert await states(api, assets) == ["REVIEWED", "REVIEWED", "TO_REVIEW"]


async def test_everything_on_the_page_is_selected_by_a_link_too(api: Api, browser: Browser) -> None:
    made, assets = await waiting(api, [await api.dataset_version()])
    page = await browser.see(home(made))
    assert checked(page, "asset") == set()
    link = re.search(r'id="pick-all" href="([^"]+)"', page)
    assert link is not None
    assert checked(await browser.see(link[1]), "asset") == {asset["id"] for asset in assets}


async def test_one_image_is_submitted_from_its_own_page(api: Api, browser: Browser) -> None:
    version = await api.dataset_version()
    made, (asset, _, unready) = await waiting(api, [version])
    path = f"{home(made)}/{asset['id']}"
    done = await browser.send(f"{path}/submit", form([asset], query="?tag=x"))
    assert done.headers["location"] == f"{path}?tag=x"
    assert (await after(browser, done)) == "Submitted 1 image to the feedback loop."
    page = " ".join((await browser.see(path)).split())
    assert "Submitted to" in page
    page = await browser.see(f"{home(made)}/{unready['id']}")
    assert "Nobody has reviewed it yet." in page
    assert "/submit" not in page
    assert (await states(api, [asset])) == ["SUBMITTED"]


@pytest.mark.parametrize("tail", ["submit", "{}/submit", "{}/delete"])
async def test_who_may_not_changes_nothing(api: Api, browser: Browser, tail: str) -> None:
    made, assets = await waiting(api, [await api.dataset_version()])
    path = f"{home(made)}/{tail.format(assets[0]['id'])}"
    readers = restricted(api.platform).client.headers["Authorization"].removeprefix("Bearer ")
    strangers = stranger(api.platform).client.headers["Authorization"].removeprefix("Bearer ")
    for token, status in ((readers, 403), (strangers, 404)):
        other = await signed_in(api.platform, token)
        assert (await other.send(path, form(assets))).status_code == status
    own = {**form(assets), "csrf": browser.csrf}
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert (await browser.client.post(path, data=own, headers=elsewhere)).status_code == 403
    assert (await browser.client.post(path, data={**own, "csrf": "guess"})).status_code == 403
    assert (await browser.client.post(path, data=form(assets))).status_code == 403
    assert await states(api, assets) == ["REVIEWED", "REVIEWED", "TO_REVIEW"]


def checked(page: str, name: str) -> set[str]:
    """Return the values of a page's boxes of one name that are ticked."""
    return set(re.findall(rf'<input type="checkbox" name="{name}" value="([^"]+)"[^>]* checked', page))
