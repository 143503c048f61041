"""One person's review tool: what is done by mouse and by keys, and what should have come of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

    from tests.browser.conftest import Served

Box = tuple[int, int, int, int, str]
"""Left, top, width, height in pixels, and the name of the label."""

# Where nothing but the image is under the mouse, in image pixels; and what is there to take hold of.
_PLACES = """([width, height]) => {
  const canvas = document.querySelector('[data-part="canvas"]');
  const at = (x, y) => new DOMPoint(x, y).matrixTransform(canvas.getScreenCTM());
  const hit = (point) => document.elementFromPoint(point.x, point.y);
  const under = (x, y) => hit(at(x, y))?.closest('.shape, .canvas');
  for (let y = 1; y + height < canvas.viewBox.baseVal.height; y += 3)
    for (let x = 1; x + width < canvas.viewBox.baseVal.width; x += 3)
      if (under(x, y) === canvas) return [x, y];
  return null;
}"""
_ON_SCREEN = """([x, y]) => {
  const canvas = document.querySelector('[data-part="canvas"]');
  const point = new DOMPoint(x, y).matrixTransform(canvas.getScreenCTM());
  return [point.x, point.y];
}"""


@dataclass(frozen=True)
class Seen:
    """An image as the API tells it."""

    told: Any

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.told["width"], self.told["height"]

    @property
    def said(self) -> list[Box]:
        """What the champion said."""
        (champion,) = (held for held in self.told["predictions"] if not held["is_shadow"])
        return [_box(shape, shape["label"]["name"]) for shape in champion["shapes"]["rectangles"]]

    @property
    def reviews(self) -> list[list[Box]]:
        """What people said, oldest first."""
        return [
            [_box(shape, shape["label"]) for shape in held["shapes"]["rectangles"]] for held in self.told["reviews"]
        ]


@dataclass(frozen=True)
class Table:
    """The review tool in a page, and the API beside it."""

    page: Page
    served: Served

    def begin(self, name: str, query: str = "") -> None:
        """Open the tool on the newest image that waits."""
        self.page.goto(self.served.at(name, f"/review{query}"))
        self.rest()

    def rest(self) -> None:
        """Wait until the tool is there and nothing is under way."""
        self.page.locator("#review:not([hidden]):not(.is-busy)").wait_for()

    @property
    def image_id(self) -> str:
        """The image on the table."""
        return self.page.url.partition("/review/")[2][:36]

    def look(self, image_id: str | None = None) -> Seen:
        """Return what the API tells of an image, the one on the table unless one is given."""
        path = f"{self.served.url}/api/predicted/asset/{image_id or self.image_id}"
        headers = {"Authorization": f"Bearer {self.served.token}"}
        answer = self._client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return Seen(answer.json())

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def part(self, name: str) -> Any:
        """Return a part of the tool."""
        return self.page.locator(f'[data-part="{name}"]')

    def click(self, does: str) -> None:
        """Press a button of the tool by what it does."""
        self.page.locator(f'[data-do="{does}"]').first.click()

    def accept(self, *, by_key: bool) -> str:
        """Accept what is shown, wait for the next image, and return the id of the one accepted."""
        before = self.image_id
        if by_key:
            self.press("Enter")
        else:
            self.click("accept")
        self.page.wait_for_url(lambda address: before not in address)
        self.rest()
        return before

    def drag(self, start: Sequence[float], end: Sequence[float]) -> None:
        """Drag from one pixel of the image to another."""
        (from_x, from_y), (to_x, to_y) = (self.page.evaluate(_ON_SCREEN, list(point)) for point in (start, end))
        mouse = self.page.mouse
        mouse.move(from_x, from_y)
        mouse.down()
        mouse.move((from_x + to_x) / 2, (from_y + to_y) / 2)
        mouse.move(to_x, to_y)
        mouse.up()

    def swipe(self, start: Sequence[float], end: Sequence[float]) -> None:
        """Draw a finger from one pixel of the image to another."""
        (from_x, from_y), (to_x, to_y) = (self.page.evaluate(_ON_SCREEN, list(point)) for point in (start, end))
        hand = self.page.context.new_cdp_session(self.page)
        places = {"touchStart": (from_x, from_y), "touchMove": (to_x, to_y)}
        for kind, (x, y) in places.items():
            hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def free(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return a pixel from which a box of that size can be drawn: no shape is there to take hold of."""
        found: list[int] = self.page.evaluate(_PLACES, list(size))
        return found[0], found[1]

    @cached_property
    def _client(self) -> httpx.Client:
        return httpx.Client(timeout=60)

    def close(self) -> None:
        """Let go of the API."""
        self._client.close()


def _box(shape: Any, label: str) -> Box:
    return shape["x"], shape["y"], shape["w"], shape["h"], label
