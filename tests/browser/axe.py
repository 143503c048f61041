"""axe-core, run in a page: what is hard or impossible to use for people with other eyes, hands or tools."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT: Final = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
_GRAVE = ("serious", "critical")
_RUN = "async rules => (await axe.run(document, {resultTypes: ['violations'], ...rules})).violations"


def grave_problems(page: Page, *, of_colours: bool = False) -> list[str]:
    """Return each serious or critical problem of a page, or of its colours alone, with the elements that have it."""
    if not page.evaluate("'axe' in window"):
        # Run by the debugger, not by the page: its content policy forbids scripts of others.
        page.evaluate(_source())
    found = page.evaluate(_RUN, {"runOnly": ["color-contrast"]} if of_colours else {})
    return [_told(each) for each in found if each["impact"] in _GRAVE]


def _told(problem: dict[str, Any]) -> str:
    where = "; ".join(node["html"][:160] for node in problem["nodes"][:5])
    return f"{problem['id']} ({problem['impact']}): {problem['help']}: {where}"


@cache
def _source() -> str:
    return SCRIPT.read_text()
