"""Sessions: who gets one, what it is worth, and what every answer and every form must carry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.dashboard.pages.entrance import _way_back
from reconciler.platform.dashboard.security import HEADERS
from reconciler.platform.dashboard.session import COOKIE
from reconciler.platform.store import organizations
from reconciler.platform.store.recognition import Recognition
from reconciler.platform.store.tables.organizations import Token
from reconciler.platform.store.words import TokenScope
from tests.platform.dashboard.browsing import signed_in, stranger

if TYPE_CHECKING:
    from tests.platform.api import Api
    from tests.platform.dashboard.browsing import Browser

HOME = "/sign-in"


@pytest.mark.parametrize("path", ["/", "/sign-in", "/no-such-page", "/assets/0/none.js", "/assets/0/base.css"])
async def test_every_answer_carries_the_strict_headers(api: Api, path: str) -> None:
    answer = await stranger(api.platform).client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS)
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


async def test_a_page_asks_a_stranger_to_sign_in_and_brings_them_back(api: Api) -> None:
    made = await api.deployment()
    browser = stranger(api.platform)
    path = f"/deployments/{made['id']}/glance?a=1"
    asked = await browser.client.get(path)
    assert asked.status_code == 303
    entrance = asked.headers["location"]
    page = await browser.see(entrance)
    assert f'value="{path}"' in page
    answer = await browser.client.post(HOME, data={"token": api.platform.token, "next": path})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    await browser.see(path)


async def test_a_wrong_token_opens_nothing_and_says_so(api: Api) -> None:
    browser = stranger(api.platform)
    answer = await browser.client.post(HOME, data={"token": "wrong", "next": "/deployments"})
    assert answer.status_code == 401
    assert "not known here" in answer.text
    assert COOKIE not in browser.client.cookies
    assert "wrong" not in answer.text


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(api: Api) -> None:
    answer = await stranger(api.platform).client.post(HOME, data={"token": api.platform.token})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert api.platform.token not in cookie


async def test_a_session_ends_when_its_token_is_revoked(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    with api.platform.store.founding() as session:
        owner = organizations.first_user(session)
        assert owner is not None
        token = organizations.issue_token(session, owner, TokenScope.WRITE)
    made = await api.deployment()
    path = f"/deployments/{made['id']}/glance"
    browser = await signed_in(api.platform, token)
    await browser.see(path)
    with api.platform.store.founding() as session:
        session.query(Token).filter(Token.digest == organizations.digest(token)).delete()
    monkeypatch.setattr(Recognition, "known", lambda *_: None)
    await browser.see(path, status=303)


@pytest.mark.parametrize("change", ["expired", "unsigned", "other audience", "other key", "nonsense"])
async def test_a_session_that_we_did_not_sign_for_now_is_none(api: Api, browser: Browser, change: str) -> None:
    claims = jwt.decode(browser.client.cookies[COOKIE], options={"verify_signature": False})
    forged = {
        "expired": {**claims, "exp": datetime.now(UTC) - timedelta(seconds=1)},
        "other audience": {**claims, "aud": "serving"},
    }.get(change, claims)
    key = "x" * 32 if change == "other key" else _key(api)
    sealed = "nonsense" if change == "nonsense" else jwt.encode(forged, key, algorithm="HS256")
    if change == "unsigned":
        sealed = jwt.encode(claims, None, algorithm="none")
    made = await api.deployment()
    visitor = stranger(api.platform)
    visitor.client.cookies.set(COOKIE, sealed)
    await visitor.see(f"/deployments/{made['id']}/glance", status=303)


async def test_signing_out_needs_the_sessions_secret_and_ends_it(api: Api) -> None:
    browser = await signed_in(api.platform)
    assert (await browser.client.post("/sign-out", data={"csrf": "guess"})).status_code == 403
    assert COOKIE in browser.client.cookies
    assert (await browser.send("/sign-out", {})).status_code == 303
    assert COOKIE not in browser.client.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
    ],
)
async def test_forms_of_other_sites_change_nothing(api: Api, browser: Browser, headers: dict[str, str]) -> None:
    made = await _trained(api)
    answer = await browser.client.post(f"/deployments/{made['id']}/train", data={"csrf": browser.csrf}, headers=headers)
    assert answer.status_code == 403
    assert (await api.settings(made))["continuous_training"]["run"] is None


@pytest.mark.parametrize("told", [None, "", "guess"])
async def test_a_form_without_the_sessions_secret_changes_nothing(api: Api, browser: Browser, told: str | None) -> None:
    made = await _trained(api)
    form = {} if told is None else {"csrf": told}
    answer = await browser.client.post(f"/deployments/{made['id']}/train", data=form)
    assert answer.status_code == 403
    assert (await api.settings(made))["continuous_training"]["run"] is None


async def test_who_may_only_read_changes_nothing(api: Api) -> None:
    with api.platform.store.founding() as session:
        owner = organizations.first_user(session)
        assert owner is not None
        token = organizations.issue_token(session, owner, TokenScope.READ)
    made = await _trained(api)
    browser = await signed_in(api.platform, token)
    assert (await browser.send(f"/deployments/{made['id']}/train", {})).status_code == 403
    assert "Train now" not in await browser.see(f"/deployments/{made['id']}/glance")
    assert (await api.settings(made))["continuous_training"]["run"] is None


async def test_files_are_kept_for_good_only_under_the_address_of_their_content(browser: Browser) -> None:
    page = await browser.see(HOME)
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in (await browser.client.get(address)).headers["cache-control"]
    stale = address.replace(address.split("/")[2], "000000000000")
    assert (await browser.client.get(stale)).headers["cache-control"] == "no-cache"


@given(st.text() | st.from_regex(r"[/\\]{0,3}[a-z:]{0,5}[/\\@.]{0,3}[a-z]{0,4}", fullmatch=True))
def test_the_way_back_is_always_a_page_of_ours(told: str) -> None:
    back = _way_back(told)
    assert back.startswith("/")
    assert not back.startswith(("//", "/\\"))
    assert urlsplit(back).netloc == ""
    assert "\n" not in back


async def _trained(api: Api) -> dict[str, object]:
    """Return a deployment whose training could be started."""
    made = await api.deployment()
    project = await api.project()
    body = {
        "project_id": project["id"],
        "training_type": "EXPERIMENT",
        "trigger": "NONE",
        "experiment_parameters": {"epochs": 1},
    }
    await api.ask("POST", f"/deployment/{made['id']}/pipeline/ct", body)
    return made


def _key(api: Api) -> bytes:
    return api.platform._folder.keys().derive("dashboard")
