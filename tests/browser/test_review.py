"""Reviewing in Chromium: ten images by keys, ten by mouse, then on to the feedback loop; and what may go wrong."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import PATIENCE, sign_in, visiting
from tests.browser.conftest import Served
from tests.browser.reviewing import Table
from tests.platform.harness import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog

    from tests.browser.reviewing import Box

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def hall(browser: Browser, furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A platform whose images these tests review; each begins with whatever still waits."""
    folder = tmp_path_factory.mktemp("review") / "platform"
    shutil.copytree(furnished, folder)
    with running_server(folder) as ready:
        yield Served.of(ready, folder)


@contextmanager
def table(browser: Browser, hall: Served, view: str = "desk") -> Iterator[Table]:
    with visiting(browser, hall.url, view=view, token=hall.token) as watched:
        made = Table(watched.page, hall)
        try:
            yield made
        finally:
            made.close()


def accepted(_table: Table, said: list[Box], _size: tuple[int, int]) -> list[Box]:
    return said


def relabelled(table: Table, said: list[Box], _size: tuple[int, int]) -> list[Box]:
    table.press("]", "3")
    return [(*box[:4], "3") if place == 0 else box for place, box in enumerate(said)]


def deleted(table: Table, said: list[Box], _size: tuple[int, int]) -> list[Box]:
    table.press("]", "Delete")
    return said[1:]


def nudged(table: Table, said: list[Box], size: tuple[int, int]) -> list[Box]:
    table.press("]", "Shift+ArrowRight", "ArrowDown")
    return [
        (min(x + 10, size[0] - w), min(y + 1, size[1] - h), w, h, label) if place == 0 else (x, y, w, h, label)
        for place, (x, y, w, h, label) in enumerate(said)
    ]


def stretched(table: Table, said: list[Box], size: tuple[int, int]) -> list[Box]:
    table.press("]", "Alt+Shift+ArrowRight", "Control+ArrowDown")
    return [
        (x, y, min(w + 10, size[0] - x), min(h + 1, size[1] - y), label) if place == 0 else (x, y, w, h, label)
        for place, (x, y, w, h, label) in enumerate(said)
    ]


def undone(table: Table, said: list[Box], _size: tuple[int, int]) -> list[Box]:
    table.press("n", "n", "7", "Control+z", "Control+z", "u")
    return said


def drawn(table: Table, said: list[Box], _size: tuple[int, int]) -> list[Box]:
    left, top = table.free((8, 6))
    table.page.locator('.label[title="5"]').click()
    table.drag((left, top), (left + 8, top + 6))
    return [*said, (left, top, 8, 6, "5")]


def pulled(table: Table, said: list[Box], size: tuple[int, int]) -> list[Box]:
    left, top = table.free((8, 6))
    table.drag((left, top), (left + 8, top + 6))
    table.drag((left + 8, top + 6), (left + 12, top + 7))
    label = table.part("shapes").locator("li").last.locator(".name").inner_text()
    return [*said, (left, top, min(12, size[0] - left), 7, label)]


def moved(table: Table, said: list[Box], size: tuple[int, int]) -> list[Box]:
    left, top = table.free((8, 6))
    table.drag((left, top), (left + 8, top + 6))
    table.drag((left + 4, top + 3), (left + 6, top + 4))
    label = table.part("shapes").locator("li").last.locator(".name").inner_text()
    return [*said, (min(left + 2, size[0] - 8), min(top + 1, size[1] - 6), 8, 6, label)]


def removed(table: Table, said: list[Box], _size: tuple[int, int]) -> list[Box]:
    if said:
        table.part("shapes").locator("li").last.click()
        table.click("remove")
    return said[:-1]


def taken_back(table: Table, said: list[Box], _size: tuple[int, int]) -> list[Box]:
    left, top = table.free((8, 6))
    table.drag((left, top), (left + 8, top + 6))
    table.click("undo")
    return said


BY_KEY = (accepted, relabelled, deleted, nudged, stretched, undone, accepted, relabelled, nudged, stretched)
BY_MOUSE = (accepted, drawn, pulled, moved, removed, taken_back, accepted, drawn, pulled, moved)


@pytest.mark.parametrize(("deeds", "by_key"), [(BY_KEY, True), (BY_MOUSE, False)], ids=["keys", "mouse"])
def test_ten_images_in_a_row_are_recorded_as_they_were_left(
    browser: Browser, hall: Served, deeds: tuple[Callable[..., list[Box]], ...], by_key: bool
) -> None:
    with table(browser, hall) as tool:
        tool.begin("scenes")
        expected: dict[str, list[Box]] = {}
        for deed in deeds:
            seen = tool.look()
            wanted = deed(tool, seen.said, seen.size)
            expected[tool.accept(by_key=by_key)] = wanted
        assert len(expected) == len(deeds)
        assert {image: tool.look(image).reviews for image in expected} == {
            image: [boxes] for image, boxes in expected.items()
        }
        assert tool.part("progress").inner_text().startswith(f"{len(deeds) + 1} of ")


def test_classes_are_said_with_number_keys_and_what_is_reviewed_is_submitted(browser: Browser, hall: Served) -> None:
    with table(browser, hall) as tool:
        tool.begin("digits")
        images = []
        for _ in range(3):
            tool.press("4")
            images.append(tool.accept(by_key=True))
        for image in images:
            told = tool.look(image).told
            assert [held["label"] for held in told["reviews"][-1]["shapes"]["classifications"]] == ["4"]
        tool.part("submit").click()
        tool.page.get_by_role("button", name="to the feedback loop").click()
        tool.page.get_by_text("for the next training").first.wait_for()
        assert {tool.look(image).told["state"] for image in images} == {"SUBMITTED"}
        tool.page.goto(hall.at("digits", f"/review/{images[0]}"))
        tool.rest()
        tool.press("5", "Enter")
        tool.page.get_by_text("cannot be changed any more").first.wait_for()
        assert tool.image_id == images[0]


def test_work_outlives_a_lost_network_and_a_lost_session_and_is_recorded_once(browser: Browser, hall: Served) -> None:
    with table(browser, hall) as tool:
        page, context = tool.page, tool.page.context
        tool.begin("scenes")
        image, before = tool.image_id, len(tool.look().said)
        tool.press("n")
        context.set_offline(True)
        tool.press("Enter")
        page.get_by_text("cannot be reached").wait_for()
        context.set_offline(False)
        context.clear_cookies()
        page.get_by_role("button", name="Save again").click()
        page.get_by_text("session has ended").wait_for()
        assert page.locator(".canvas .shape").count() == before + 1
        other = context.new_page()
        sign_in(other, hall.token)
        other.close()
        page.get_by_role("button", name="Save again").click()
        page.wait_for_url(lambda address: image not in address)
        (boxes,) = tool.look(image).reviews
        assert len(boxes) == before + 1


def test_a_second_tab_is_told_and_may_record_its_review_as_well(browser: Browser, hall: Served) -> None:
    with table(browser, hall) as first, table(browser, hall) as second:
        for tool in (first, second):
            tool.begin("scenes")
        image = first.image_id
        assert second.image_id == image
        second.press("n")
        first.accept(by_key=True)
        second.press("Enter")
        second.page.get_by_text("reviewed this image").wait_for()
        assert len(first.look(image).reviews) == 1
        second.page.get_by_role("button", name="Record mine as well").click()
        second.page.wait_for_url(lambda address: image not in address)
        earlier, later = first.look(image).reviews
        assert len(later) == len(earlier) + 1


def test_unsaved_changes_are_offered_again(browser: Browser, hall: Served) -> None:
    with table(browser, hall) as tool:
        page = tool.page
        asked: list[str] = []

        def agree(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.accept()

        page.on("dialog", agree)
        tool.begin("scenes")
        image, shapes = tool.image_id, page.locator(".canvas .shape").count()
        tool.press("n", "Escape", "j")
        page.get_by_text("kept as a draft").wait_for()
        tool.press("k")
        page.wait_for_url(f"**/{image}*")
        tool.part("restore").click()
        assert page.locator(".canvas .shape").count() == shapes + 1
        page.reload()
        tool.rest()
        assert asked == ["beforeunload"]
        assert page.locator(".canvas .shape").count() == shapes
        tool.part("discard").click()
        assert not tool.part("draft").is_visible()
        assert tool.look(image).reviews == []


def test_a_finger_draws_a_box_on_a_phone(browser: Browser, hall: Served) -> None:
    with table(browser, hall, "phone") as tool:
        tool.begin("scenes")
        count, (left, top) = tool.page.locator(".canvas .shape").count(), tool.free((20, 16))
        tool.swipe((left, top), (left + 20, top + 16))
        tool.page.locator(".canvas .shape").nth(count).wait_for()
        assert tool.part("shapes").locator("li").last.inner_text().endswith(f"20 by 16 pixels at {left}, {top}")
        tool.click("undo")
        assert tool.page.locator(".canvas .shape").count() == count


def test_without_scripts_forms_accept_and_classify(browser: Browser, hall: Served) -> None:
    context = browser.new_context(base_url=hall.url, java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    try:
        page = context.new_page()
        sign_in(page, hall.token)
        page.goto(hall.at("digits", "/review"))
        image = page.url.partition("/review/")[2][:36]
        page.get_by_role("button", name="7", exact=True).click()
        assert image not in page.url
        second = page.url.partition("/review/")[2][:36]
        page.get_by_role("button", name="Accept as shown").click()
        assert second not in page.url
    finally:
        context.close()
    with table(browser, hall) as tool:
        (review,) = tool.look(image).told["reviews"]
        assert review["shapes"]["classifications"][0]["label"] == "7"
        assert len(tool.look(second).told["reviews"]) == 1
