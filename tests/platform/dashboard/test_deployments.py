"""The list of deployments."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.dashboard.ownership import owner_of
from tests.platform.api import fresh, stranger
from tests.platform.dashboard.browsing import signed_in

if TYPE_CHECKING:
    from tests.platform.api import Api
    from tests.platform.dashboard.browsing import Browser

HOSTILE = "<script>alert(1)</script>\"'&amp; \u202e"


def names(page: str) -> list[str]:
    return [unescape(name) for name in re.findall(r'<a href="/deployments/[0-9a-f-]{36}"><bdi>([^<]*)</bdi></a>', page)]


async def test_each_order_lists_every_deployment_once_over_its_pages(api: Api) -> None:
    other = stranger(api.platform)
    made = {str((await other.deployment(name=f"many-{number:02}"))["name"]) for number in range(26)}
    browser = await signed_in(api.platform, other.client.headers["authorization"].removeprefix("Bearer "))
    for sort in ("name", "created", "predictions", "last"):
        seen = []
        address: str | None = f"/deployments?sort={sort}&way=up"
        while address is not None:
            page = await browser.see(address)
            seen += names(page)
            after = re.search(r'rel="next" href="([^"]+)"', page)
            address = unescape(after[1]) if after else None
        assert sorted(seen) == sorted(made), sort
        assert sort != "name" or seen == sorted(made)


async def test_the_search_finds_by_name_and_says_when_nothing_fits(api: Api, browser: Browser) -> None:
    made = await api.deployment(name=fresh("needle"))
    assert names(await browser.see(f"/deployments?search={made['name'].upper()}")) == [made["name"]]
    page = await browser.see("/deployments?search=no-such-thing")
    assert names(page) == []
    assert "Nothing matches" in page


async def test_an_empty_platform_says_how_to_get_a_deployment(api: Api) -> None:
    other = stranger(api.platform)
    browser = await signed_in(api.platform, other.client.headers["authorization"].removeprefix("Bearer "))
    assert "There is no deployment yet" in await browser.see("/deployments")


async def test_deployments_of_others_are_neither_listed_nor_found(api: Api, browser: Browser) -> None:
    made = await stranger(api.platform).deployment(name=fresh("foreign"))
    assert names(await browser.see(f"/deployments?search={made['name']}")) == []
    await browser.see(f"/deployments/{made['id']}/glance", status=404)


async def test_the_manifest_that_manages_a_deployment_is_named(api: Api, browser: Browser) -> None:
    made = await api.deployment(name=fresh("managed"))
    management = {
        "catalog": "lyon",
        "revision": "0123456789abcdef",
        "file": "manifests/a.yaml",
        "line": 7,
        "fields": [],
    }
    await api.ask("PUT", f"/deployment/{made['id']}/management", management)
    page = await browser.see(f"/deployments?search={made['name']}")
    assert "lyon" in page
    assert "manifests/a.yaml:7" in page
    assert "0123456789ab<" in page


async def test_hostile_names_are_text(api: Api, browser: Browser) -> None:
    made = await api.deployment(name=f"{HOSTILE}{fresh('x')}")
    management = {"catalog": HOSTILE, "revision": HOSTILE, "file": HOSTILE, "line": 1, "fields": [HOSTILE]}
    await api.ask("PUT", f"/deployment/{made['id']}/management", management)
    page = await browser.see("/deployments?search=script")
    assert made["name"] in names(page)
    assert "<script>alert" not in page
    assert "<script>alert" not in await browser.see(f"/deployments?search={HOSTILE}")


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=99999999999", "sort=x", "way=x", "page=¹", "page=2"]
)
async def test_odd_addresses_are_answered(browser: Browser, query: str) -> None:
    await browser.see(f"/deployments?{query}")


@given(st.none() | st.dictionaries(st.text(), st.none() | st.text() | st.lists(st.text()) | st.integers()))
def test_whatever_was_recorded_of_an_owner_can_be_shown(management: dict[str, object] | None) -> None:
    owner = owner_of(management)
    assert (owner is None) == (management is None)


def test_an_owner_manages_a_field_and_what_lies_within_it() -> None:
    owner = owner_of({"catalog": "c", "file": "f", "line": 1, "fields": ["models.champion", "continuousTraining"]})
    assert owner is not None
    assert owner.manages("models.champion")
    assert owner.manages("models")
    assert owner.manages("continuousTraining.trigger")
    assert not owner.manages("models.shadow")
    assert not owner.manages("threshold")
