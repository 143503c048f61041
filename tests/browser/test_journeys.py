"""Whole ways through the dashboard: the loop from reviews to a promoted model, settings by consent, keys alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import site
from tests.browser.axe import grave_problems
from tests.browser.chromium import visiting
from tests.browser.outline import outline_problems
from tests.browser.reviewing import Table
from tests.browser.talking import Talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Served

pytestmark = pytest.mark.slow

# Training is real, and a loaded machine may be many times slower than a quiet one.
TRAINING = 300_000.0
_FOCUSED = """() => {
  const it = document.activeElement;
  // Beyond the last element, the focus is on the browser's own controls.
  if (it === document.body) return ['', true];
  const style = getComputedStyle(it);
  const name = it.labels?.[0]?.textContent ?? it.ariaLabel ?? it.textContent;
  return [name.trim().replace(/\\s+/g, ' '), it.matches(':focus-visible') && style.outlineStyle !== 'none'];
}"""


@pytest.fixture
def talk(own: Served) -> Iterator[Talk]:
    made = Talk(own)
    yield made
    made.close()


def review(page: Page, own: Served) -> None:
    """Review ten images by mouse and ten by keys."""
    tool = Table(page, own)
    tool.begin("digits")
    try:
        for number in range(10):
            page.locator(f'.label[title="{number}"]').click()
            tool.accept(by_key=False)
        for number in range(10):
            tool.press(str(number))
            tool.accept(by_key=True)
    finally:
        tool.close()


def fit(page: Page) -> None:
    """Hold a page that only a journey leads to against what every page is held against."""
    assert [*grave_problems(page), *outline_problems(page)] == []


def test_reviews_become_a_training_whose_model_a_person_promotes(browser: Browser, own: Served, talk: Talk) -> None:
    before = talk.deployment("digits")
    with visiting(browser, own.url, token=own.token) as watched:
        page = watched.page
        review(page, own)
        page.goto(own.at("digits", "/review/finish"))
        waiting = site.DIGITS.reviewed - site.DIGITS.submitted + 20
        page.get_by_role("button", name=f"Submit {waiting} to the feedback loop").click()
        page.get_by_text(f"Submitted {waiting} images to the feedback loop.").wait_for()
        page.get_by_text("A training is under way.").wait_for()
        fit(page)
        page.goto(own.at("digits"))
        page.get_by_role("button", name="Train now").wait_for(state="detached", timeout=TRAINING)
        promote = page.locator("#card-shadow").get_by_text("Promote…")
        promote.wait_for(timeout=TRAINING)
        shadow = talk.deployment("digits")["shadow_model_version_id"]
        assert shadow not in (None, before["model_version_id"])
        promote.click()
        fit(page)
        page.get_by_role("button", name="Promote to champion").click()
        page.get_by_text("is the champion now.").wait_for()
        after = talk.deployment("digits")
        assert (after["model_version_id"], after["shadow_model_version_id"]) == (shadow, None)
        assert page.locator("#card-champion").get_by_text("promoted from shadow").is_visible()
        page.goto(own.at("digits", "/settings"))
        newest = page.get_by_role("region", name="Changes of champion and shadow").locator("tbody tr")
        assert newest.filter(has_text="champion").first.get_by_role("cell", name="promoted").is_visible()
        assert watched.troubles == []


def test_settings_change_by_consent_show_as_drift_and_alerts_fire(browser: Browser, own: Served, talk: Talk) -> None:
    with visiting(browser, own.url, token=own.token) as watched:
        page = watched.page
        page.goto(own.at("digits", "/settings"))
        page.get_by_label("Confidence threshold").fill("0.55")
        page.get_by_role("button", name="Save").click()
        assert "manifests/digits.yaml" in page.get_by_role("alert").inner_text()
        assert talk.deployment("digits")["min_threshold"] == pytest.approx(0.4)
        assert page.get_by_label("Confidence threshold").input_value() == "0.55"
        page.get_by_label("Let it differ from the manifest").check()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Saved.").wait_for()
        assert talk.deployment("digits")["min_threshold"] == pytest.approx(0.55)
        assert page.locator(".field", has_text="Confidence threshold").get_by_text("drift", exact=True).is_visible()
        page.get_by_label("Settings").get_by_role("link", name="Alerts").click()
        page.get_by_label("What it watches").select_option(label="Mean latency (ms)")
        page.get_by_label("Value").fill("0")
        page.get_by_role("button", name="Add").click()
        page.get_by_text("The alert is on.").wait_for()
        page.goto(own.at("digits"))
        page.locator("#card-alerts").get_by_text("Mean latency > 0 ms").wait_for()
        page.locator("#card-alerts").get_by_text("1 firing").wait_for()


def test_everything_is_reached_with_keys_alone(browser: Browser, own: Served, talk: Talk) -> None:
    with visiting(browser, own.url) as watched:
        page = watched.page
        page.goto("/deployments")
        go_to(page, "API token")
        page.keyboard.type(own.token)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Deployments").wait_for()
        open_with_keys(page, "digits")
        open_with_keys(page, "Review")
        tool = Table(page, own)
        tool.rest()
        tool.press("3")
        image = tool.accept(by_key=True)
        assert [held["label"] for held in tool.look(image).told["reviews"][-1]["shapes"]["classifications"]] == ["3"]
        tool.close()
        open_with_keys(page, "digits")
        open_with_keys(page, "Settings")
        go_to(page, "Sample rate")
        page.keyboard.type("0.5")
        page.keyboard.press("Enter")
        page.get_by_text("Saved.").wait_for()
        assert talk.deployment("digits")["sample_rate"] == pytest.approx(0.5)


def go_to(page: Page, name: str) -> None:
    """Press Tab until something of that name has the focus; wherever it is meanwhile, it must be seen."""
    passed = []
    for _ in range(80):
        page.keyboard.press("Tab")
        focused, is_seen = page.evaluate(_FOCUSED)
        assert is_seen, f"nobody sees that '{focused}' has the focus"
        if focused.startswith(name):
            return
        passed.append(focused)
    pytest.fail(f"no Tab leads to '{name}', only to {passed}")


def open_with_keys(page: Page, name: str) -> None:
    """Follow a link with keys."""
    go_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
