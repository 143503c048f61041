"""A browser without a screen: keeps cookies, sends forms as our pages would, parses what comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import jwt

from reconciler.platform.dashboard.session import COOKIE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.platform.app import Platform

ADDRESS = "http://control.test"


@dataclass(frozen=True)
class Browser:
    """One person's browser."""

    client: httpx.AsyncClient

    async def see(self, path: str, status: int = 200) -> str:
        """Return a page's text."""
        answer = await self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    @property
    def csrf(self) -> str:
        """What forms of this session must send along; the session's cookie says it to whoever holds it."""
        claims = jwt.decode(self.client.cookies[COOKIE], options={"verify_signature": False})
        return str(claims["csrf"])

    async def send(self, path: str, form: Mapping[str, str | Sequence[str]]) -> httpx.Response:
        """Send a form as one of our pages would."""
        data = {"csrf": self.csrf, **form}
        return await self.client.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"})


def stranger(platform: Platform) -> Browser:
    """Return the browser of somebody who is not signed in."""
    transport = httpx.ASGITransport(platform.control, raise_app_exceptions=False)
    return Browser(httpx.AsyncClient(transport=transport, base_url=ADDRESS))


async def signed_in(platform: Platform, token: str | None = None) -> Browser:
    """Return the browser of somebody who signed in with a token, the owner's unless one is given."""
    browser = stranger(platform)
    answer = await browser.client.post("/sign-in", data={"token": token or platform.token})
    assert answer.status_code == 303, answer.text
    return browser
