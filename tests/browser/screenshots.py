"""Take the pictures of the documentation: `python -m tests.browser.screenshots [NAME ...]`, or `make screenshots`."""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from PIL import Image

from tests.browser import chromium, site
from tests.browser.conftest import Served
from tests.browser.tour import PAGES
from tests.platform.harness import running_server

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser, FloatRect, Page

    from tests.browser.tour import Stop

_FREQUENT: Final = 160
IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"


def main(names: Sequence[str]) -> int:
    """Take the pictures of these stops, or of all; return the exit code."""
    lacking = chromium.missing()
    if lacking is not None:
        sys.stderr.write(f"{lacking}\n")
        return 1
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "platform"
        site.furnish(place)
        with running_server(place) as ready, chromium.running() as browser:
            served = Served.of(ready, place)
            for stop in PAGES:
                if not names or stop.name in names:
                    _take(browser, served, stop)
    return 0


def _take(browser: Browser, served: Served, stop: Stop) -> None:
    for view, theme in stop.pictures:
        token = None if stop.is_outside else served.token
        with chromium.visiting(browser, served.url, view=view, theme=theme, token=token) as watched:
            stop.go(watched.page, served)
            place = IMAGES / f"{stop.name}-{view}-{theme}.png"
            # All of it would be a ribbon on a phone.
            is_whole = stop.is_whole and view == "desk"
            clip = None if is_whole else _frame(watched.page)
            _keep(watched.page.screenshot(full_page=is_whole, clip=clip), place)
            sys.stdout.write(f"{place.relative_to(IMAGES.parents[1])}\n")


def _frame(page: Page) -> FloatRect | None:
    """Return what of the window shows anything; None for all of it."""
    size, content = page.viewport_size, page.locator("main").bounding_box()
    assert size is not None
    assert content is not None
    bottom = content["y"] + content["height"]
    if bottom >= size["height"]:
        return None
    return {"x": 0, "y": 0, "width": size["width"], "height": bottom}


def _keep(png: bytes, place: Path) -> None:
    """Write a picture with as few colours as it needs."""
    with Image.open(BytesIO(png)) as taken:
        picture = taken.convert("RGB")
        picture.quantize(palette=_palette(picture), dither=Image.Dither.NONE).save(place, optimize=True)


def _palette(picture: Image.Image) -> Image.Image:
    """Return the colours of a picture that are frequent, as they are, and some for the rest: what is rare says much."""
    counted = cast("list[tuple[int, tuple[int, int, int]]]", picture.getcolors(picture.width * picture.height))
    frequent = [colour for _, colour in sorted(counted, reverse=True)[:_FREQUENT]]
    rare = picture.quantize(256 - _FREQUENT, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*chain.from_iterable(frequent), *rare[: 3 * (256 - _FREQUENT)]])
    return palette


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
