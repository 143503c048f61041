"""The gallery in Chromium: filters that apply themselves, images picked by mouse and by keys, and shapes laid bare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import PATIENCE, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Served

pytestmark = pytest.mark.slow


def states(page: Page) -> list[str]:
    """Return how far the review of each image on the page has come."""
    return [tile.get_attribute("data-state") or "" for tile in page.locator(".tile").all()]


def test_reviewed_images_are_filtered_picked_and_submitted(browser: Browser, own: Served) -> None:
    with visiting(browser, own.url, token=own.token) as watched:
        page = watched.page
        page.goto(own.at("digits", "/predictions"))
        assert page.get_by_role("button", name="Submit to feedback loop").is_hidden()
        page.get_by_role("checkbox", name="reviewed").check()
        page.get_by_role("link", name="reviewed (remove)").wait_for()
        count = len(states(page))
        assert set(states(page)) == {"reviewed"}
        boxes = page.locator(".pick input")
        boxes.nth(0).click()
        boxes.nth(2).click(modifiers=["Shift"])
        assert page.locator("#picked").inner_text() == "3 selected"
        page.get_by_role("button", name="Select all on this page").press("Enter")
        assert page.locator("#picked").inner_text() == f"{count} selected"
        page.get_by_role("button", name="Select none").press(" ")
        assert page.locator("#picked").inner_text() == "Nothing selected"
        boxes.nth(1).focus()
        page.keyboard.press(" ")
        page.get_by_role("button", name="Submit to feedback loop").press("Enter")
        told = page.get_by_role("status").filter(has_text="Submitted")
        told.wait_for(timeout=PATIENCE)
        assert told.inner_text() == "Submitted 1 image to the feedback loop."
        assert len(states(page)) == count - 1
        assert "state=reviewed" in page.url
        assert watched.troubles == []


def test_layers_of_shapes_are_switched_and_lit_up_and_arrows_go_on(browser: Browser, served: Served) -> None:
    with visiting(browser, served.url, token=served.token) as watched:
        page = watched.page
        page.goto(served.at("scenes", "/predictions?role=both"))
        page.locator(".tile .frame").first.click()
        page.get_by_role("heading", name="Champion").wait_for(timeout=PATIENCE)
        layer = page.locator(".marks.champion")
        assert layer.is_visible()
        page.locator("table.shapes[data-layer=champion] tbody tr").first.hover()
        assert "is-lit" in (layer.locator(".mark").first.get_attribute("class") or "")
        page.get_by_role("checkbox", name=re.compile("^Champion")).uncheck()
        assert layer.is_hidden()
        assert page.locator(".marks.shadow").is_visible()
        before = page.url
        page.locator("h2").first.click()
        page.keyboard.press("ArrowRight")
        page.wait_for_url(lambda url: url != before, timeout=PATIENCE)
        page.keyboard.press("ArrowLeft")
        page.wait_for_url(before, timeout=PATIENCE)
        assert watched.troubles == []
