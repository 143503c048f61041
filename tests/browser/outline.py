"""What a page looks like to machines that read it aloud, and whether it fits its window."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
_LEVELS = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(e => e.checkVisibility()).map(e => +e.tagName[1])"


def outline_problems(page: Page) -> list[str]:
    """Return what is wrong with a page's outline: its width, its title, its headings."""
    found = []
    width, seen = page.evaluate(_WIDTHS)
    if width > seen:
        found.append(f"the page is {width} pixels wide, {seen} are there")
    levels = page.evaluate(_LEVELS)
    if levels.count(1) != 1:
        found.append(f"there are {levels.count(1)} first headings")
    if any(after > before + 1 for before, after in pairwise(levels)):
        found.append(f"headings skip a level: {levels}")
    if not page.title():
        found.append("there is no title")
    return found
