"""Chromium, as it is installed, and pages in it that watch themselves."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from tests.browser.axe import SCRIPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

Theme = Literal["light", "dark"]

VIEWS: Final = {"desk": (1440, 900), "phone": (390, 844)}
# Nothing of Chromium's own may talk to the world: what is counted below is ours.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")
# A loaded machine may be many times slower than a quiet one.
PATIENCE: Final = 60_000.0


def missing() -> str | None:
    """Return what is missing for tests in a browser; None where everything is there."""
    if _executable() is None:
        return "Chromium is not installed"
    return None if SCRIPT.exists() else "axe-core is not installed (`make install` with npm does)"


@contextmanager
def running() -> Iterator[Browser]:
    """Start Chromium, end it at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_executable(), args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A page, and what went wrong in it: nothing may."""

    page: Page
    home: str
    troubles: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Note requests to other hosts, errors of scripts and violations of the content policy."""
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("console", self._said)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.troubles.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url).netloc
        if host != urlsplit(self.home).netloc and not request.url.startswith(("blob:", "data:", "about:")):
            self.troubles.append(f"request to {request.url}")


@contextmanager
def visiting(
    browser: Browser, home: str, *, view: str = "desk", theme: Theme = "light", token: str | None = None
) -> Iterator[Watched]:
    """Open a page in a browser profile of its own, signed in if a token is given."""
    width, height = VIEWS[view]
    context: BrowserContext = browser.new_context(
        base_url=home,
        viewport={"width": width, "height": height},
        color_scheme=theme,
        reduced_motion="reduce",
        has_touch=view == "phone",
    )
    context.set_default_timeout(PATIENCE)
    try:
        if token is not None:
            # As the form does, without a page: most tests are of what comes after it.
            context.request.post("/sign-in", form={"token": token}).dispose()
        watched = Watched(context.new_page(), home)
        watched.listen()
        yield watched
    finally:
        context.close()


def sign_in(page: Page, token: str) -> None:
    """Sign in as a person does."""
    page.goto("/sign-in")
    page.get_by_label("API token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/deployments*")


def _executable() -> str | None:
    given = os.environ.get("CHROMIUM")
    return given or next((found for name in _NAMES if (found := shutil.which(name))), None)
