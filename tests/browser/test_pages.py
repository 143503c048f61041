"""Every page: no request leaves the host, no script fails, nothing is out of reach; phone and desk, light and dark."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.browser.axe import grave_problems
from tests.browser.chromium import VIEWS, visiting
from tests.browser.tour import PAGES, Stop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Served

pytestmark = pytest.mark.slow

LOOKS = [("desk", "light"), ("desk", "dark"), ("phone", "light"), ("phone", "dark")]


@pytest.mark.parametrize("stop", PAGES, ids=lambda stop: stop.name)
def test_a_page_is_fit_for_everybody(browser: Browser, served: Served, stop: Stop) -> None:
    found: list[str] = []
    for view, theme in LOOKS:
        token = None if stop.is_outside else served.token
        with visiting(browser, served.url, view=view, theme=theme, token=token) as watched:  # type: ignore[arg-type]
            stop.go(watched.page, served)
            found += [f"{view} {theme}: {each}" for each in [*grave_problems(watched.page), *_shape(watched.page)]]
            found += [f"{view} {theme}: {each}" for each in watched.troubles if not stop.expects(each)]
    assert found == []


@pytest.mark.parametrize("view", VIEWS)
def test_the_content_is_the_first_thing_the_keyboard_can_skip_to(browser: Browser, served: Served, view: str) -> None:
    with visiting(browser, served.url, view=view, token=served.token) as watched:
        watched.page.keyboard.press("Tab")
        assert watched.page.evaluate("document.activeElement.textContent") == "Skip to the content"
        watched.page.keyboard.press("Enter")
        assert watched.page.evaluate("document.activeElement.id") == "content"


def test_the_theme_is_chosen_with_a_button_and_kept(browser: Browser, served: Served) -> None:
    with visiting(browser, served.url, theme="light", token=served.token) as watched:
        ground = "getComputedStyle(document.body.parentElement).backgroundColor"
        light = watched.page.evaluate(ground)
        watched.page.get_by_role("button", name="Switch between light and dark").click()
        dark = watched.page.evaluate(ground)
        assert light != dark
        watched.page.reload()
        assert watched.page.evaluate(ground) == dark


def _shape(page: Page) -> list[str]:
    """Return what is wrong with a page's outline: its width, its title, its headings."""
    found = []
    width, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    if width > seen:
        found.append(f"the page is {width} pixels wide, {seen} are there")
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(each => +each.tagName[1])")
    if levels.count(1) != 1:
        found.append(f"there are {levels.count(1)} first headings")
    if any(after > before + 1 for before, after in pairwise(levels)):
        found.append(f"headings skip a level: {levels}")
    if not page.title():
        found.append("there is no title")
    return found
