"""The numbers on the dashboard are those of `get_stats`, exactly, for the same filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import pytest

from reconciler.platform.seed import digits, stream
from tests.platform.dashboard.figures import column, names, numbers, table
from tests.platform.monitoring_stats.sending import BEGIN, plan, send, single_stats, stats
from tests.platform.monitoring_stats.test_services import (
    Watched,
    classified,
    computed,
    label_ids,
    review,
    trained,
    watch,
)
from tests.platform.services import monitoring

if TYPE_CHECKING:
    from tests.platform.api import Api, Reply
    from tests.platform.dashboard.browsing import Browser

pytestmark = pytest.mark.anyio

SENT = plan(36)
BOXES = ((0, 0, 5, 5), (4, 2, 12, 6))


@dataclass(frozen=True)
class Seen:
    """A deployment, and one way to filter it: as pages are asked, and as the API is; with the page it comes to."""

    watched: Watched
    address: str
    query: dict[str, Any]
    page: str


@pytest.fixture(scope="module")
async def detector(api: Api) -> Watched:
    """A detector that answered for five hours, every third time with a shadow; ten images are reviewed."""
    champion, shadow = [await api.model_version("OBJECT_DETECTION") for _ in range(2)]
    told = {"model_version_id": champion["id"], "shadow_model_version_id": shadow["id"], "disable_serving": True}
    made = await api.ask("POST", api.home("deployments"), told)
    service = await monitoring(api, made["id"])
    watched = Watched({**made, **told}, service, [await send(service, sent) for sent in SENT])
    labels = await label_ids(api, watched)
    for index in range(10):
        shapes = [
            {"x": x, "y": y, "w": w - x, "h": h - y, "label_id": labels[("cat", "dog")[index % 2]]}
            for x, y, w, h in BOXES[: index % 3]
        ]
        await review(api, watched, index, {"rectangles": shapes})
    return watched


@pytest.fixture(scope="module", params=["all", "tag", "span", "model"])
async def seen(request: pytest.FixtureRequest, browser: Browser, detector: Watched) -> Seen:
    end = BEGIN + 3 * 3600
    typed = datetime.fromtimestamp(end, UTC).strftime("%Y-%m-%dT%H:%M")
    champion = detector.made["model_version_id"]
    ways: dict[str, tuple[str, dict[str, Any]]] = {
        "all": ("", {}),
        "tag": ("?tag=day", {"tags": "day"}),
        "span": (f"?range=custom&to={typed}", {"to_timestamp": end + 59.999}),
        "model": (f"?model={champion}", {"model_id": champion}),
    }
    asked, query = ways[request.param]
    address = f"/deployments/{detector.made['id']}{asked}"
    return Seen(detector, address, query, await browser.see(address))


async def _told(seen: Seen, service: str) -> Reply:
    answer = await stats(seen.watched.service, service, **seen.query)
    assert "infos" not in answer
    return dict(answer["deployment"]["data"])


async def test_cards_tell_counts_and_latencies_of_both_roles(seen: Seen) -> None:
    page, told = seen.page, await _told(seen, "metrics")
    roles = [told[role] for role in ("champion", "shadow") if told[role]]
    counts = [told[role]["predictions"] if told[role] else 0 for role in ("champion", "shadow")]
    assert numbers(page, "card-predictions") == counts
    quantiles = [told["champion"]["latency"][name] for name in ("p50", "p95")]
    assert numbers(page, "card-latency") == [*(role["latency"]["mean"] for role in roles), *quantiles]
    for place, name in enumerate(("mean", "p50", "p95", "p99", "least", "most"), start=1):
        assert column(page, "quantiles", place) == [role["latency"][name] for role in roles]


async def test_charts_over_time_tell_the_series(seen: Seen) -> None:
    page, told = seen.page, await _told(seen, "metrics")
    series: dict[float, dict[str, tuple[int, float]]] = {}
    for point in told["series"]:
        series.setdefault(point["timestamp"], {})[point["role"]] = (point["predictions"], point["latency"])
    roles = [role for role in ("CHAMPION", "SHADOW") if any(role in held for held in series.values())]
    expected = [
        [begin, *(value for role in roles for value in held.get(role, (0, None)))]
        for begin, held in sorted(series.items())
    ]
    assert len(expected) > 1
    assert [[value for _, value in row] for row in table(page, "latency-numbers")] == expected


async def test_histograms_heat_map_and_shapes_tell_the_counters(seen: Seen) -> None:
    page, told = seen.page, await _told(seen, "metrics")
    roles = [told[role] for role in ("champion", "shadow") if told[role]]
    for identifier, name in (("scores", "scores"), ("object-areas", "object_areas")):
        _agrees(page, identifier, [role[name]["counts"] for role in roles])
    _agrees(page, "latencies", [role["latency"]["histogram"]["counts"] for role in roles])
    for identifier, name in (("widths", "width"), ("heights", "height"), ("image-areas", "area")):
        _agrees(page, identifier, [told["images"][name]["counts"]])
    heat = [[value for _, value in row[1:]] for row in table(page, "heat-map-numbers")]
    assert heat == told["champion"]["heat_map"]["counts"]
    assert column(page, "ratios-numbers", 2) == [each["count"] for each in told["images"]["ratio"]]


async def test_classes_tell_predicted_and_reviewed_labels(seen: Seen) -> None:
    page, told = seen.page, await _told(seen, "label_distribution")
    reviewed = await single_stats(seen.watched.service, "label_distribution", **seen.query)
    champion = {each["label"]: each["count"] for each in told["labels"]}
    assert champion
    shown = dict(zip(names(page, "labels-numbers"), column(page, "labels-numbers", 2), strict=True))
    assert {name: count for name, count in shown.items() if count} == champion
    people = {each["label"]: each["count"] for each in reviewed["labels"]}
    last = dict(zip(names(page, "labels-numbers"), column(page, "labels-numbers", -1), strict=True))
    assert {name: last[name] for name in people} == people


async def test_quality_of_detections_tells_the_computed_figures(api: Api, browser: Browser, seen: Seen) -> None:
    told = await computed(api, seen.watched, "object_detection", **seen.query)
    page = await browser.see(seen.address)
    figures = [told[role] for role in ("champion", "shadow") if told[role]]
    expected = [[each[name] for each in figures] for name in ("ap_50_95", "ap_50", "ap_75", "precision", "recall")]
    shown = [[value for _, value in row[2:]] for row in table(page, "quality-numbers")]
    assert figures
    assert shown == expected
    by_class = {each["label"]: each["ap_50_95"] for each in told["champion"]["classes"]}
    classes = dict(zip(names(page, "quality-classes-numbers"), column(page, "quality-classes-numbers", 2), strict=True))
    assert {name: value for name, value in classes.items() if value is not None} == by_class


async def test_the_first_look_asks_for_what_nobody_computed_and_a_later_one_shows_it(
    api: Api, browser: Browser, detector: Watched
) -> None:
    path = f"/deployments/{detector.made['id']}/sections/quality?tag=night"
    first = await browser.see(path)
    assert "Being computed" in first
    assert f'data-refresh="{path}"' in first
    await anyio.to_thread.run_sync(api.platform.settle)
    later = await browser.see(path)
    assert "data-refresh" not in later
    assert table(later, "quality-numbers")


@pytest.fixture(scope="module")
async def classifier(api: Api) -> Watched:
    """A classifier that is compared with training data; six images are reviewed, two of them against its answer."""
    found = stream.of_digits()[:12]
    watched = await watch(api, "CLASSIFICATION", [classified(png, label) for _, png, label in found])
    await trained(api, watched, [sample.png for sample in digits.collect().versions["2026-06"]][:40])
    labels = await label_ids(api, watched)
    for index in range(6):
        name = digits.LABELS[(int(found[index][2]) + (index < 2)) % 10]
        await review(api, watched, index, {"classifications": [{"label_id": labels[name]}]})
    return watched


async def test_drift_tells_the_computed_tests(api: Api, browser: Browser, classifier: Watched) -> None:
    told = await computed(api, classifier, "ks_drift")
    page = await browser.see(f"/deployments/{classifier.made['id']}")
    shown = sorted(tuple(value for _, value in row[3:]) for row in table(page, "drift-numbers"))
    names_of = ("statistic", "p_value", "reference_mean", "production_mean")
    assert shown == sorted(tuple(each[name] for name in names_of) for each in told["features"])
    drifting = sum(each["drifting"] for each in told["features"])
    assert (f"Drift: {drifting} of 9 features" if drifting else "No drift: all 9 features") in page


async def test_outliers_tell_the_scores_newest_first(browser: Browser, classifier: Watched) -> None:
    told = await single_stats(classifier.service, "ae_outlier")
    page = await browser.see(f"/deployments/{classifier.made['id']}")
    assert column(page, "outliers-numbers", 1) == [each["score"] for each in told["items"]]
    verdicts = [row[2][0] for row in table(page, "outliers-numbers")]
    assert verdicts == ["yes" if each["is_outlier"] else "no" for each in told["items"]]
    for each in told["items"]:
        assert f"/predictions/{each['predicted_asset_id']}" in page


async def test_quality_of_classifications_tells_accuracy_classes_and_confusion(
    browser: Browser, classifier: Watched
) -> None:
    told = await single_stats(classifier.service, "classification")
    page = await browser.see(f"/deployments/{classifier.made['id']}")
    [figures] = [each["figures"] for each in told["models"]]
    assert column(page, "quality-numbers", 2) == [figures["accuracy"]] == [4 / 6]
    by_class = {each["label"]: each["f1"] for each in figures["classes"]}
    shown = dict(zip(names(page, "quality-classes-numbers"), column(page, "quality-classes-numbers", 2), strict=True))
    assert shown == by_class
    confusion = [[value for _, value in row[1:]] for row in table(page, "confusion-0")]
    assert confusion == figures["confusion"]


def _agrees(page: str, identifier: str, counts: list[list[int]]) -> None:
    """Assert that a table tells these counts, bin by bin, those left out that hold nothing."""
    expected = [list(row) for row in zip(*counts, strict=True) if any(row)]
    assert [[value for _, value in row[1:]] for row in table(page, f"{identifier}-numbers")] == expected
