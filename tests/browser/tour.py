"""The stops of a tour through every page: what tests check and pictures are taken of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.chromium import Theme
    from tests.browser.conftest import Served

    Address = Callable[[Served], str]
    Looks = tuple[tuple[str, Theme], ...]


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
    address: Address
    is_outside: bool = False
    status: int = 200
    before: Callable[[Page], object] | None = None
    pictures: Looks = ()
    is_whole: bool = False

    def go(self, page: Page, served: Served) -> None:
        """Go there, and wait until it has come to rest."""
        answer = page.goto(self.address(served))
        assert answer is not None
        assert answer.status == self.status
        self.settle(page)

    def settle(self, page: Page) -> None:
        """Wait until everything that is computed after the page has arrived, then do what is done before looking."""
        page.wait_for_load_state("networkidle")
        page.wait_for_selector("[data-refresh], [aria-busy=true]", state="detached")
        if self.before is not None:
            self.before(page)

    def expects(self, trouble: str) -> bool:
        """Whether a trouble is what the page is about: Chromium calls an answer of 404 an error."""
        return self.status != 200 and f"status of {self.status}" in trouble


def _of(name: str, tail: str = "") -> Address:
    return lambda served: served.at(name, tail)


def _one(name: str, room: str, place: int = -1) -> Address:
    """Return where one prediction of a deployment is shown; the newest one comes last."""
    return lambda served: served.at(name, f"/{room}/{served.predictions[name][place]}")


def _open_help(page: Page) -> None:
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_role("heading", name="Keyboard shortcuts").wait_for()


def _submit_nothing(page: Page) -> None:
    page.get_by_role("button", name="Submit to feedback loop").click()
    page.get_by_role("alert").wait_for()


def _unfold(page: Page) -> None:
    """Open everything that is folded."""
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")


_DESK: Final[Looks] = (("desk", "light"), ("desk", "dark"))
_PHONE: Final[Looks] = (("phone", "light"),)

PAGES: Final = (
    Stop("sign-in", lambda _: "/sign-in", is_outside=True),
    Stop("not-found", lambda _: "/no-such-page", status=404),
    Stop("not-there", lambda _: "/deployments/00000000-0000-0000-0000-000000000000", status=404),
    Stop("deployments", lambda _: "/deployments", pictures=(*_DESK, *_PHONE)),
    Stop("nothing-found", lambda _: "/deployments?search=nothing-like-it"),
    Stop("dashboard-digits", _of("digits"), pictures=_DESK, is_whole=True),
    Stop("dashboard-scenes", _of("scenes"), pictures=(*_DESK, *_PHONE), is_whole=True),
    # What the first page of the README shows: as much as fits on a screen.
    Stop("glance", _of("digits"), pictures=(("desk", "light"),)),
    Stop("dashboard-unfolded", _of("scenes", "?range=all"), before=_unfold),
    Stop("dashboard-quiet", _of("quiet")),
    Stop("dashboard-narrowed", _of("digits", "?range=24h&tag=no-such-tag")),
    Stop("dashboard-section", _of("scenes", "/sections/quality")),
    Stop("gallery-digits", _of("digits", "/predictions")),
    Stop("gallery-scenes", _of("scenes", "/predictions?role=both"), pictures=_DESK),
    Stop("gallery-narrowed", _of("digits", "/predictions?least=0.5&tag=day&state=REVIEWED")),
    Stop("gallery-empty-filter", _of("digits", "/predictions?tag=no-such-tag")),
    Stop("gallery-wrong-filter", _of("digits", "/predictions?least=seven")),
    Stop("gallery-quiet", _of("quiet", "/predictions")),
    Stop("prediction-digits", _one("digits", "predictions", 0)),
    Stop("prediction-scenes", _one("scenes", "predictions", 11), pictures=_DESK, is_whole=True),
    Stop("review-digits", _one("digits", "review"), pictures=(*_DESK, *_PHONE)),
    Stop("review-scenes", _one("scenes", "review", 32), pictures=(*_DESK, *_PHONE)),
    Stop("review-help", _one("scenes", "review"), before=_open_help),
    Stop("review-end", _of("digits", "/review/finish")),
    Stop("review-nothing", _of("quiet", "/review/finish")),
    Stop("settings", _of("digits", "/settings"), pictures=_DESK),
    Stop("settings-training-data", _of("digits", "/settings/training-data")),
    Stop("settings-feedback-loop", _of("digits", "/settings/feedback-loop")),
    Stop("settings-continuous-training", _of("digits", "/settings/continuous-training"), pictures=_DESK),
    Stop("settings-continuous-deployment", _of("digits", "/settings/continuous-deployment")),
    Stop("settings-alerts", _of("digits", "/settings/alerts")),
    *(
        Stop(f"settings-{each}-quiet", _of("quiet", f"/settings/{each}"))
        for each in ("training-data", "feedback-loop", "continuous-training", "continuous-deployment", "alerts")
    ),
)
