"""Every page: no request leaves the host, no script fails, nothing is out of reach; phone and desk, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from starlette.routing import Match, Route

from reconciler.platform.dashboard.app import build
from tests.browser.axe import grave_problems
from tests.browser.chromium import VIEWS, visiting
from tests.browser.outline import outline_problems
from tests.browser.tour import PAGES, Stop

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.chromium import Watched
    from tests.browser.conftest import Served

pytestmark = pytest.mark.slow

# What scripts ask for, parts of pages and files: nobody looks at them alone.
PARTS: Final = ("assets", "images", "thumbnails", "glance", "{deployment_id}/alerts", "sheet")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("stop", PAGES, ids=lambda stop: stop.name)
def test_a_page_is_fit_for_everybody(browser: Browser, served: Served, stop: Stop, view: str) -> None:
    token = None if stop.is_outside else served.token
    with visiting(browser, served.url, view=view, token=token) as watched:
        stop.go(watched.page, served)
        found = [*outline_problems(watched.page), *_problems(watched)]
    assert [each for each in found if not stop.expects(each)] == []


def test_no_page_is_left_out_of_the_tour(served: Served) -> None:
    stops = [stop.address(served).partition("?")[0] for stop in PAGES]
    shown = [each for each in build().routes if isinstance(each, Route) and "GET" in (each.methods or ())]
    missed = [each.path for each in shown if not _is_part(each.path) and not any(_leads(each, at) for at in stops)]
    # Both lead on to other pages at once.
    assert missed == ["/", "/deployments/{deployment_id}/review"]


@pytest.mark.parametrize("view", VIEWS)
def test_the_content_is_the_first_thing_the_keyboard_can_skip_to(browser: Browser, served: Served, view: str) -> None:
    with visiting(browser, served.url, view=view, token=served.token) as watched:
        watched.page.goto("/deployments")
        watched.page.keyboard.press("Tab")
        assert watched.page.evaluate("document.activeElement.textContent") == "Skip to the content"
        watched.page.keyboard.press("Enter")
        assert watched.page.evaluate("document.activeElement.id") == "content"


def test_the_theme_is_chosen_with_a_button_and_kept(browser: Browser, served: Served) -> None:
    with visiting(browser, served.url, theme="light", token=served.token) as watched:
        watched.page.goto("/deployments")
        ground = "getComputedStyle(document.body.parentElement).backgroundColor"
        light = watched.page.evaluate(ground)
        watched.page.get_by_role("button", name="Switch between light and dark").click()
        dark = watched.page.evaluate(ground)
        assert light != dark
        watched.page.reload()
        assert watched.page.evaluate(ground) == dark


def _problems(watched: Watched) -> list[str]:
    """Return what is wrong with a page in either theme, and what went wrong while it was shown."""
    found = [f"light: {each}" for each in grave_problems(watched.page)]
    watched.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    # Nothing but colours differs.
    found += [f"dark: {each}" for each in grave_problems(watched.page, of_colours=True)]
    return found + watched.troubles


def _is_part(path: str) -> bool:
    return any(path.endswith(f"/{part}") or f"/{part}/" in path for part in PARTS)


def _leads(route: Route, path: str) -> bool:
    return route.matches({"type": "http", "method": "GET", "path": path, "headers": []})[0] is Match.FULL
