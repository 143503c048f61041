"""What strangers send: names that are scripts stay text on every page, and forms on pages of others change nothing."""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.chromium import VIEWS, visiting
from tests.browser.outline import outline_problems
from tests.browser.talking import Talk
from tests.platform.services import png

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Served

pytestmark = pytest.mark.slow

SCRIPT: Final = "\"'><script>window.hacked = 1</script><img src=x onerror=window.hacked=1>{{ 7 * 7 }}"
RIGHT_TO_LEFT: Final = "\u202e\u0645\u0631\u062d\u0628\u0627 \U0001f9d1\u200d\U0001f680 "
LONGEST: Final = 255
PAGES: Final = (
    "",
    "/predictions?role=both",
    "/predictions/{image}",
    "/review/{image}",
    "/review/finish",
    "/settings",
    "/settings/training-data",
    "/settings/alerts",
)
THREATS: Final = ("another-site", "another-port")
_ORIGINS: Final = {"another-site": "http://stranger.test", "another-port": "http://127.0.0.1:9"}


def nasty(name: str) -> str:
    """Return a name of the greatest length that would do harm wherever it is not shown as text."""
    begin = f"{name} {SCRIPT}{RIGHT_TO_LEFT}"
    return begin + "W" * (LONGEST - len(begin))


@pytest.fixture
def talk(own: Served) -> Iterator[Talk]:
    made = Talk(own)
    yield made
    made.close()


def plant(talk: Talk) -> tuple[str, str]:
    """Make a deployment all of whose words are hostile; return its id and that of the image it saw."""
    like = talk.deployment("digits")
    home = f"/organization/{talk.served.organization_id}"
    body = {"model_version_id": like["model_version_id"], "name": nasty("deployment"), "disable_serving": True}
    made = talk.ask("POST", f"{home}/deployments", body)["id"]
    tag = talk.ask("POST", f"{home}/tags", {"name": nasty("tag"), "target_type": "DEPLOYMENT"})
    talk.ask("POST", f"/tag/{tag['id']}/attach", [made])
    fields = ["name", "threshold", nasty("field")]
    management = {"catalog": nasty("catalog"), "revision": nasty("revision"), "file": nasty("file"), "line": 1}
    talk.ask("PUT", f"/deployment/{made}/management", {**management, "fields": fields})
    seen = {
        # Names of files are printable and hold no folder.
        "filename": "".join(each for each in nasty("file") if each.isprintable() and each != "/"),
        "content_type": "IMAGE/PNG",
        "height": 8,
        "width": 16,
        "image": base64.b64encode(png(255)).decode(),
        "latency": 0.25,
        "raw_predictions": {"detection_classes": [1], "detection_scores": [0.9]},
        "source": nasty("source"),
        "tags": [nasty("seen"), nasty("twice")],
        "metadata": {nasty("key"): nasty("value")},
        "custom_metadata": {nasty("key"): {"deeper": [nasty("value"), None, 1.5]}},
    }
    return made, talk.monitor(made, seen)


def harm(page: Page) -> list[str]:
    """Return what a page suffers from its words."""
    ran = page.evaluate("window.hacked !== undefined")
    return [*(["a word ran as a script"] if ran else []), *outline_problems(page)]


def test_hostile_words_are_text_on_every_page(browser: Browser, own: Served, talk: Talk) -> None:
    deployment, image = plant(talk)
    paths = ["/deployments", *(f"/deployments/{deployment}{tail.format(image=image)}" for tail in PAGES)]
    found = []
    for view in VIEWS:
        with visiting(browser, own.url, view=view, token=own.token) as watched:
            for path in paths:
                watched.page.goto(path)
                watched.page.wait_for_load_state("networkidle")
                found += [f"{view} {path}: {each}" for each in harm(watched.page)]
                said = watched.page.locator("body").text_content() or ""
                found += [] if SCRIPT in said else [f"{view} {path}: it does not say the name"]
            found += watched.troubles
    assert found == []


@pytest.mark.parametrize("threat", THREATS)
def test_a_form_on_a_page_of_others_changes_nothing(browser: Browser, own: Served, talk: Talk, threat: str) -> None:
    home = _ORIGINS[threat]
    fields = {"name": "taken over", "min_threshold": "0.9", "sample_rate": "1", "drift": "yes"}
    inputs = "".join(f'<input name="{name}" value="{value}">' for name, value in fields.items())
    goal = html.escape(own.url + own.at("quiet", "/settings"))
    form = f'<form method="post" action="{goal}">{inputs}<button>Win</button></form>'
    with visiting(browser, own.url, token=own.token) as watched:
        watched.page.route(f"{home}/", lambda route: route.fulfill(content_type="text/html", body=form))
        watched.page.goto(f"{home}/")
        with watched.page.expect_navigation() as led:
            watched.page.get_by_role("button", name="Win").click()
        assert led.value.status == 403
        watched.page.get_by_text("comes from a page of another site").wait_for()
    assert talk.deployment("quiet")["name"] == "quiet"


def test_a_request_of_ours_without_the_secret_of_its_session_changes_nothing(
    browser: Browser, own: Served, talk: Talk
) -> None:
    send = "async path => (await fetch(path, {method: 'POST', body: new URLSearchParams({name: 'taken over'})})).status"
    with visiting(browser, own.url, token=own.token) as watched:
        watched.page.goto("/deployments")
        assert watched.page.evaluate(send, own.at("quiet", "/settings")) == 403
    assert talk.deployment("quiet")["name"] == "quiet"
