"""The dashboard of a known data set shows what `get_stats` answers, figure by figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.chromium import visiting
from tests.browser.talking import Talk
from tests.browser.tour import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Served

pytestmark = pytest.mark.slow

_ROWS = """rows => rows.map(row => [
  row.querySelector('th').textContent.trim(), [...row.querySelectorAll('data')].map(each => +each.value)])"""
_LATENCY = ("mean", "p50", "p95", "p99", "least", "most")


@pytest.fixture(scope="module")
def talk(served: Served) -> Iterator[Talk]:
    made = Talk(served)
    yield made
    made.close()


def rows(page: Page, place: str) -> dict[str, list[float]]:
    """Return the figures of a table's rows by what each row is called."""
    return dict(page.locator(f"{place} tbody tr").evaluate_all(_ROWS))


def whole(page: Page, served: Served, name: str) -> None:
    """Open the dashboard over all time, and wait until everything is computed."""
    Stop(name, lambda served: served.at(name, "?range=all")).go(page, served)


def figures(page: Page, card: str) -> list[float]:
    return [float(each) for each in page.locator(f"#card-{card} dd data").evaluate_all("all => all.map(e => e.value)")]


def counts(told: Any, role: str) -> dict[str, int]:
    """Return how often each class was predicted by the one version of a role."""
    return {
        label["label"]: label["count"] for held in told["models"] if held["role"] == role for label in held["labels"]
    }


def test_figures_of_detection_are_those_of_get_stats(browser: Browser, served: Served, talk: Talk) -> None:
    with visiting(browser, served.url, token=served.token) as watched:
        whole(watched.page, served, "scenes")
        metrics, judged = talk.stats("scenes", "metrics"), talk.stats("scenes", "object_detection")
        both = [metrics["champion"], metrics["shadow"]]
        assert figures(watched.page, "predictions") == [each["predictions"] for each in both]
        assert figures(watched.page, "latency") == pytest.approx([each["latency"]["mean"] for each in both])
        assert rows(watched.page, "#quantiles") == {
            role: [each["latency"][name] for name in _LATENCY]
            for role, each in zip(("Champion", "Shadow"), both, strict=True)
        }
        names = {
            "mAP 0.50:0.95": "ap_50_95",
            "mAP at 0.50": "ap_50",
            "mAP at 0.75": "ap_75",
            "Precision at 0.50": "precision",
            "Recall at 0.50": "recall",
        }
        assert rows(watched.page, "#quality") == {
            told: [judged["champion"][name], judged["shadow"][name]] for told, name in names.items()
        }


def test_figures_of_classification_are_those_of_get_stats(browser: Browser, served: Served, talk: Talk) -> None:
    with visiting(browser, served.url, token=served.token) as watched:
        whole(watched.page, served, "digits")
        (judged,) = talk.single_stats("digits", "classification")["models"]
        metrics, labels = talk.stats("digits", "metrics"), talk.stats("digits", "label_distribution")
        assert figures(watched.page, "predictions")[0] == metrics["champion"]["predictions"]
        assert rows(watched.page, "#quality") == {"Accuracy": [judged["figures"]["accuracy"]]}
        confusion = rows(watched.page, "#confusion-0")
        assert list(confusion.values()) == judged["figures"]["confusion"]
        shown = {name: values[0] for name, values in rows(watched.page, "#labels").items() if values[0]}
        assert shown == {label: count for label, count in counts(labels, "CHAMPION").items() if count}
