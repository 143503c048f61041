"""The stops of a tour through every page: what tests check and pictures are taken of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.chromium import Theme
    from tests.browser.conftest import Served


@dataclass(frozen=True)
class Stop:
    """One page.

    Attributes:
        name: what its picture is called.
        address: its path on a served platform.
        is_outside: whether it is for those who are not signed in.
        status: the HTTP status it is answered with.
        before: what is done before it is looked at.
        pictures: in which widths and themes the documentation shows it.
        is_whole: whether its pictures show all of it, however long it is.
    """

    name: str
    address: Callable[[Served], str]
    is_outside: bool = False
    status: int = 200
    before: Callable[[Page], object] | None = None
    pictures: tuple[tuple[str, Theme], ...] = ()
    is_whole: bool = False

    def go(self, page: Page, served: Served) -> None:
        """Go there, and wait until it has come to rest."""
        answer = page.goto(self.address(served))
        assert answer is not None
        assert answer.status == self.status
        if self.before is not None:
            self.before(page)
        page.wait_for_load_state("networkidle")

    def expects(self, trouble: str) -> bool:
        """Whether a trouble is what the page is about: Chromium calls an answer of 404 an error."""
        return self.status != 200 and f"status of {self.status}" in trouble


def _settings(tail: str) -> Callable[[Served], str]:
    return lambda served: served.at("digits", f"/settings{tail}")


_DESK: Final[tuple[tuple[str, Theme], ...]] = (("desk", "light"), ("desk", "dark"))
_EVERYWHERE: Final[tuple[tuple[str, Theme], ...]] = (*_DESK, ("phone", "light"), ("phone", "dark"))

PAGES: Final = (
    Stop("sign-in", lambda _: "/sign-in", is_outside=True),
    Stop("not-found", lambda _: "/no-such-page", status=404),
    Stop("deployments", lambda _: "/deployments", pictures=_EVERYWHERE),
    Stop("nothing-found", lambda _: "/deployments?search=nothing-like-it"),
)
