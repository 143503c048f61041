"""`get_stats` over HTTP on real images: drift, outliers, reviews, and what is said of aggregates out of date."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import anyio.to_thread
import jsonschema
import numpy as np
import pytest
from scipy import stats as scipy_stats

from reconciler.platform.intake.measuring import FEATURES
from reconciler.platform.monitoring.arrays import features_of
from reconciler.platform.monitoring.matching import FoundBox, Judged, TrueBox
from reconciler.platform.seed import digits, stream
from reconciler.platform.shapes.statistics_queries import AggregateService, PredictionService
from reconciler.platform.store import aggregates, measurements
from reconciler.platform.store.extents import Box
from reconciler.platform.store.scopes import Scope
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.predictions import PredictedAsset
from tests.platform.api import restricted
from tests.platform.monitoring_stats.conftest import measured
from tests.platform.monitoring_stats.corruptions import corrupt
from tests.platform.monitoring_stats.evaluator import independent
from tests.platform.monitoring_stats.sending import single_stats, stats
from tests.platform.services import Service, monitoring
from tests.platform.test_openapi import document
from tests.platform.test_training_data import fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.platform.api import Api, Reply

pytestmark = pytest.mark.anyio

IMAGES = 24


@dataclass(frozen=True)
class Watched:
    """A deployment that digits were sent to."""

    made: Reply
    service: Service
    recorded: list[Reply]

    @property
    def path(self) -> str:
        return f"/api/deployment/{self.made['id']}"


def request_of(png: bytes, raw: Reply, size: int = digits.SIDE, **more: object) -> dict[str, Any]:
    told = {"filename": "a.png", "content_type": "IMAGE/PNG", "height": size, "width": size, "latency": 0.5}
    return {**told, "image": base64.b64encode(png).decode(), "raw_predictions": raw, **more}


async def watch(api: Api, kind: str, requests: Sequence[dict[str, Any]], **more: object) -> Watched:
    release = await api.model_version(kind, labels={str(n): name for n, name in enumerate(digits.LABELS)})
    made = await api.ask(
        "POST", api.home("deployments"), {"model_version_id": release["id"], "disable_serving": True, **more}
    )
    service = await monitoring(api, made["id"])
    path = f"/api/deployment/{made['id']}/predictions"
    recorded = [await service.ask("POST", path, 201, json=request) for request in requests]
    return Watched(made, service, recorded)


def classified(png: bytes, label: str) -> dict[str, Any]:
    return request_of(png, {"detection_classes": [int(label)], "detection_scores": [0.9]})


async def trained(api: Api, watched: Watched, images: list[bytes]) -> None:
    version = await api.dataset_version()
    fill(api, version, images)
    path = f"/deployment/{watched.made['id']}/pipeline/td"
    await api.ask("POST", f"{path}/setup", {"dataset_version_id": version["id"]})
    await anyio.to_thread.run_sync(api.platform.settle)
    assert (await api.ask("GET", f"{path}/check"))["status"] == "SUCCESS"


async def computed(api: Api, watched: Watched, name: str, **query: object) -> Reply:
    """Compute an aggregate, wait for its job, and return the data, which must be up to date."""
    params = {"service": name, **query}
    answer = await watched.service.ask("POST", f"{watched.path}/stats/compute", 202, params=params)
    await anyio.to_thread.run_sync(api.platform.settle)
    assert (await api.ask("GET", f"/v2/job/{answer['job']['id']}"))["status"] == "SUCCEEDED"
    told = await stats(watched.service, name, **query)
    assert "infos" not in told
    return dict(told["deployment"]["data"])


async def review(api: Api, watched: Watched, index: int, told: Reply) -> None:
    path = f"/predicted/asset/{watched.recorded[index]['predicted_asset_id']}/reviews"
    await api.ask("POST", path, told)


async def label_ids(api: Api, watched: Watched) -> dict[str, str]:
    listed = await api.ask("GET", f"/deployment/{watched.made['id']}/labels")
    return {label["name"]: label["id"] for label in listed["items"]}


@pytest.fixture(scope="module")
async def digits_watched(api: Api) -> Watched:
    """Never-seen digits, the last of them spoiled by noise, compared with digits that a model was trained on."""
    seen = stream.of_digits()[:IMAGES]
    requests = [classified(png, label) for _, png, label in seen]
    requests.append(classified(corrupt(seen[0][1], "noise", 0), seen[0][2]))
    watched = await watch(api, "CLASSIFICATION", requests)
    await trained(api, watched, [sample.png for sample in digits.collect().versions["2026-06"]][:80])
    return watched


async def test_drift_is_scipys_on_the_stated_features(api: Api, digits_watched: Watched) -> None:
    excluded = digits_watched.recorded[-1]["id"]
    data = await computed(api, digits_watched, "ks_drift", excludes=excluded)
    reference = features_of([measured(s.png).features for s in digits.collect().versions["2026-06"][:80]])
    production = features_of([measured(png).features for _, png, _ in stream.of_digits()[:IMAGES]])
    assert [each["feature"] for each in data["features"]] == list(FEATURES)
    assert (data["reference_images"], data["production_images"]) == (80, IMAGES)
    for column, each in enumerate(data["features"]):
        expected = scipy_stats.ks_2samp(reference[:, column], production[:, column])
        assert each["statistic"] == pytest.approx(expected.statistic)
        assert each["p_value"] == pytest.approx(expected.pvalue)
        assert each["threshold"] == 0.05 / len(FEATURES)
        assert each["reference_mean"] == pytest.approx(reference[:, column].mean())
    assert data["drifting"] == any(each["p_value"] < each["threshold"] for each in data["features"])


async def test_the_spoiled_image_is_the_outlier(digits_watched: Watched) -> None:
    data = await single_stats(digits_watched.service, "ae_outlier")
    scores = {item["id"]: item["score"] for item in data["items"]}
    spoiled = digits_watched.recorded[-1]["id"]
    assert (data["count"], len(scores)) == (IMAGES + 1, IMAGES + 1)
    assert max(scores, key=lambda identifier: scores[identifier]) == spoiled
    flagged = {item["id"] for item in data["items"] if item["is_outlier"]}
    assert spoiled in flagged
    assert flagged == {identifier for identifier, score in scores.items() if score > data["cutoff"]}


async def test_an_unreadable_image_counts_and_has_no_score(api: Api) -> None:
    raw = {"detection_classes": [1], "detection_scores": [0.5]}
    watched = await watch(api, "CLASSIFICATION", [request_of(b"no image", raw)])
    await trained(api, watched, [png for _, png, _ in stream.of_digits()[:2]])
    data = await single_stats(watched.service, "ae_outlier")
    assert [(each["score"], each["is_outlier"]) for each in data["items"]] == [(None, None)]
    drift = await computed(api, watched, "ks_drift")
    assert (drift["drifting"], drift["production_images"]) == (None, 0)
    assert "no image" in drift["reason"]


async def test_reviews_of_classes_are_compared_with_what_was_predicted(api: Api, digits_watched: Watched) -> None:
    names = await label_ids(api, digits_watched)
    truth = ["1", "2", *(label for _, _, label in stream.of_digits()[2:6])]
    for index, label in enumerate(truth):
        await review(api, digits_watched, index, {"classifications": [{"label_id": names[label]}]})
    predicted = [label for _, _, label in stream.of_digits()[:6]]
    data = await single_stats(digits_watched.service, "classification")
    assert data["count"] == 6
    found = {item["id"]: (item["reviewed"], item["predicted"], item["right"]) for item in data["items"]}
    for index, pair in enumerate(zip(truth, predicted, strict=True)):
        assert found[digits_watched.recorded[index]["id"]] == (*pair, pair[0] == pair[1])
    figures = data["models"][0]["figures"]
    assert figures["accuracy"] == np.mean([one == other for one, other in zip(truth, predicted, strict=True)])
    told = await single_stats(digits_watched.service, "label_distribution")
    assert (told["reviews"], told["objects"]) == (6, 6)
    assert {each["label"]: each["count"] for each in told["labels"]} == {
        label: truth.count(label) for label in set(truth)
    }


FOUND = {
    "detection_classes": [1, 1, 2],
    "detection_scores": [0.9, 0.6, 0.8],
    "detection_boxes": [[10, 10, 30, 30], [40, 40, 60, 60], [5, 40, 25, 60]],
}
SHADOW = {**FOUND, "detection_boxes": [[10, 10, 26, 30], [0, 0, 9, 9], [5, 42, 25, 62]]}
REVIEWED = [("1", (10, 10, 20, 20)), ("2", (40, 6, 20, 20)), ("3", (0, 50, 10, 10))]


def judged(raw: dict[str, list[Any]], reviewed: Sequence[tuple[str, tuple[int, ...]]]) -> Judged:
    truth = [TrueBox(label, Box(y, x, y + high, x + wide)) for label, (x, y, wide, high) in reviewed]
    rows = zip(raw["detection_classes"], raw["detection_scores"], raw["detection_boxes"], strict=True)
    return Judged(truth, [FoundBox(str(number), score, Box(*box)) for number, score, box in rows])


async def test_average_precision_over_reviews_is_an_independent_evaluators(api: Api) -> None:
    shadow = await api.model_version("OBJECT_DETECTION")
    both = {"shadow_raw_predictions": SHADOW, "shadow_latency": 0.1}
    requests = [request_of(png, FOUND, **both) for _, png, _ in stream.of_digits()[:3]]
    watched = await watch(api, "OBJECT_DETECTION", requests, shadow_model_version_id=shadow["id"])
    names = await label_ids(api, watched)
    reviews = {0: REVIEWED, 1: []}
    for index, reviewed in reviews.items():
        boxes = [{"label_id": names[label], **dict(zip("xywh", box, strict=True))} for label, box in reviewed]
        await review(api, watched, index, {"rectangles": boxes})
    data = await computed(api, watched, "object_detection")
    assert data["reviews"] == 2
    for role, raw in (("champion", FOUND), ("shadow", SHADOW)):
        expected = independent([judged(raw, each) for each in reviews.values()], ["1", "2", "3"])
        assert {name: data[role][name] for name in expected} == pytest.approx(expected)
    single = await single_stats(watched.service, "object_detection", includes=watched.recorded[0]["id"])
    champion, other = single["items"]
    assert (champion["objects"], champion["predictions"], champion["right"]) == (3, 3, 2)
    assert (champion["precision"], champion["recall"]) == pytest.approx((2 / 3, 2 / 3))
    assert (other["role"], other["right"]) == ("SHADOW", 2)
    # Another look at a reviewed image replaces the first.
    await review(api, watched, 0, {"rectangles": []})
    assert (await computed(api, watched, "object_detection"))["champion"]["objects"] == 0


async def test_an_aggregate_is_missing_then_fresh_then_told_to_be_out_of_date(api: Api) -> None:
    png = stream.of_digits()[0][1]
    watched = await watch(api, "CLASSIFICATION", [classified(png, "1")])
    missing = await stats(watched.service, "ks_drift")
    assert missing["deployment"] == {"deployment_id": watched.made["id"], "data": None}
    assert "never computed" in missing["infos"]["info"]
    # Asking started the computation.
    await anyio.to_thread.run_sync(api.platform.settle)
    fresh = await stats(watched.service, "ks_drift")
    assert "infos" not in fresh
    assert fresh["deployment"]["data"]["production_images"] == 1
    await watched.service.ask("POST", f"{watched.path}/predictions", 201, json=classified(png, "1"))
    stale = await stats(watched.service, "ks_drift")
    assert stale["deployment"] == fresh["deployment"]
    assert "have changed since" in stale["infos"]["info"]
    assert (await computed(api, watched, "ks_drift"))["production_images"] == 2
    await trained(api, watched, [png])
    assert "have changed since" in (await stats(watched.service, "ks_drift"))["infos"]["info"]


async def test_what_leaves_a_span_that_ends_now_makes_it_out_of_date(api: Api) -> None:
    old = {**classified(stream.of_digits()[0][1], "1"), "timestamp": 1_600_000_000.0}
    watched = await watch(api, "CLASSIFICATION", [old])
    with api.platform.store.read(api.platform.owner) as unit:
        # A longer span still holds what has left a shorter one.
        within, left = (
            aggregates.fingerprint(unit, UUID(watched.made["id"]), Scope(since=since)) for since in (10**9, 10**6)
        )
    assert within != left


async def test_two_requests_for_one_computation_wait_for_one_job(api: Api) -> None:
    watched = await watch(api, "CLASSIFICATION", [])
    with api.platform.store.write(api.platform.owner) as unit:
        deployment = unit.find(Deployment, UUID(watched.made["id"]))
        jobs = [
            aggregates.request(unit, deployment, service, Scope(tags=tags)).id
            for service, tags in (("ks_drift", ("a", "b")), ("ks_drift", ("b", "a")), ("metrics", ("a", "b")))
        ]
    assert jobs[0] == jobs[1] != jobs[2]
    await anyio.to_thread.run_sync(api.platform.settle)


async def test_an_aggregate_that_cannot_be_computed_says_why_and_keeps_its_last_value(api: Api) -> None:
    watched = await watch(api, "CLASSIFICATION", [classified(stream.of_digits()[0][1], "1")])
    await computed(api, watched, "ks_drift")
    identity = {"deployment_id": watched.made["id"], "service": "ks_drift", "key": Scope().key}
    with api.platform.store.write(api.platform.owner) as unit:
        aggregates.fail(unit, identity, "It rained.")
        measurements.note_review(unit, unit.find(PredictedAsset, UUID(watched.recorded[0]["predicted_asset_id"])))
    told = await stats(watched.service, "ks_drift")
    assert told["deployment"]["data"]["production_images"] == 1
    assert "It rained." in told["infos"]["info"]
    await anyio.to_thread.run_sync(api.platform.settle)
    assert "infos" not in await stats(watched.service, "ks_drift")


async def test_every_answer_fits_its_published_schema(api: Api, digits_watched: Watched) -> None:
    found = await document(api.platform.monitoring)
    single = {
        "ae_outlier": "OutlierScores",
        "metrics": "PredictionsMetrics",
        "object_detection": "ReviewedDetections",
        "classification": "ReviewedClassifications",
        "label_distribution": "ReviewedLabels",
    }
    for service in PredictionService:
        data = await single_stats(digits_watched.service, service)
        validate(found, single[service], {"deployment": {"deployment_id": digits_watched.made["id"], "data": data}})
    together = {
        "label_distribution": "LabelDistribution",
        "object_detection": "DetectionStats",
        "metrics": "PredictionsAggregate",
        "ks_drift": "DriftStats",
    }
    for service in AggregateService:
        await computed(api, digits_watched, service)
        validate(found, together[service], await stats(digits_watched.service, service))


def validate(found: dict[str, Any], name: str, answer: Reply) -> None:
    schema = {"$ref": f"#/components/schemas/Statistics_{name}_", "components": found["components"]}
    jsonschema.Draft202012Validator(schema).validate(answer)


@pytest.mark.parametrize(
    ("tail", "query", "expected"),
    [
        ("/stats", {"service": "ae_outlier"}, 422),
        ("/predictions/stats", {"service": "ks_drift"}, 422),
        ("/stats", {}, 422),
        ("/stats", {"service": "metrics", "model_id": "nobody"}, 422),
        ("/stats", {"service": "metrics", "from_timestamp": "nan"}, 422),
        ("/stats", {"service": "metrics", "to_timestamp": 1e300}, 422),
        ("/stats", {"service": "metrics", "since": -1}, 422),
        ("/stats", {"service": "metrics", "tags": "a\x00b"}, 422),
        ("/stats", {"service": "metrics", "unheard": "of"}, 200),
    ],
)
async def test_malformed_queries_are_refused_and_unknown_keys_ignored(
    digits_watched: Watched, tail: str, query: dict[str, object], expected: int
) -> None:
    await digits_watched.service.ask("GET", f"{digits_watched.path}{tail}", expected, params=query)


async def test_statistics_of_another_deployment_are_out_of_reach(api: Api, digits_watched: Watched) -> None:
    other = await watch(api, "CLASSIFICATION", [])
    for method, tail in (("GET", "/predictions/stats"), ("GET", "/stats"), ("POST", "/stats/compute")):
        path, query = f"{other.path}{tail}", {"service": "label_distribution"}
        await digits_watched.service.ask(method, path, 403, params=query)
        assert (
            await other.service.client.request(method, path, params=query, headers={"Authorization": ""})
        ).status_code == 401


async def test_a_read_only_token_may_read_statistics(api: Api, digits_watched: Watched) -> None:
    service = await monitoring(restricted(api.platform), digits_watched.made["id"])
    assert (await single_stats(service, "metrics"))["count"] == IMAGES + 1


async def test_a_platform_that_announces_nothing_computes_when_it_is_read(sdk_only: Api) -> None:
    watched = await watch(sdk_only, "CLASSIFICATION", [])
    path = f"{watched.path}/stats/compute"
    await watched.service.ask("POST", path, 404, params={"service": "ks_drift"})
    assert (await stats(watched.service, "ks_drift"))["deployment"]["data"] is None
    await anyio.to_thread.run_sync(sdk_only.platform.settle)
    assert "infos" not in await stats(watched.service, "ks_drift")
