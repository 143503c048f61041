"""`get_stats`: all nine services over what was sent and reviewed, and every filter."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from picsellia.types.enums import ServiceMetrics

from tests.conformance.player.cases import plays
from tests.conformance.player.stage import SIZE, awaited, boxed, says

if TYPE_CHECKING:
    from picsellia.sdk.deployment import Deployment

    from tests.conformance.player.stage import Stage

HOUR = 3600.0
BEGIN = 1_700_000_400.0
LATENCIES = (0.125, 0.25, 0.5, 1.0)


@dataclass(frozen=True)
class Watched:
    """A deployment with what was sent to it."""

    deployment: Deployment
    ids: list[str]

    def ask(self, service: ServiceMetrics, **filters: Any) -> dict[str, Any]:
        """Return an up-to-date answer; what an aggregate has to compute first is asked for again."""
        bodies: list[dict[str, Any]] = []

        def is_up_to_date() -> bool:
            bodies.append(self.deployment.get_stats(service, **filters))
            return "infos" not in bodies[-1]

        assert awaited(is_up_to_date), bodies[-1]
        assert bodies[-1]["deployment"]["deployment_id"] == str(self.deployment.id)
        return bodies[-1]

    def read(self, service: ServiceMetrics, **filters: Any) -> dict[str, Any]:
        """Return the data of an answer."""
        return dict(self.ask(service, **filters)["deployment"]["data"])


def classified(stage: Stage) -> Watched:
    """Four images an hour apart, by day and by night; two are reviewed, one of them differently; compared with data."""
    deployment = stage.deploy()
    answers = [
        deployment.monitor(
            stage.picture(("white", "black")[place % 2]),
            prediction=says((1, 0)[place % 2]),
            timestamp=BEGIN + place * HOUR,
            tags=[("day", "night")[place % 2]],
            **{**SIZE, "latency": LATENCIES[place]},
        )
        for place in range(4)
    ]
    stage.review(deployment, answers[0], "bright")
    stage.review(deployment, answers[1], "bright")
    assert stage.is_trained(deployment)
    return Watched(deployment, [answer["id"] for answer in answers])


def detected(stage: Stage) -> Watched:
    """Two images with a box each; one is reviewed, and its box is right."""
    deployment = stage.deploy("OBJECT_DETECTION")
    answers = [
        deployment.monitor(stage.picture("white"), prediction=boxed([0, 0, 4, 8]), timestamp=BEGIN, **SIZE)
        for _ in range(2)
    ]
    stage.review(deployment, answers[0], "dark", x=0, y=0, w=8, h=4)
    return Watched(deployment, [answer["id"] for answer in answers])


def shown(name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return an answer for whoever checks it against its published schema."""
    return {"schema": name, "body": body}


@plays("get_stats")
def predictions_outlying_score_is_told_of_each_image(stage: Stage) -> dict[str, Any]:
    watched = stage.once("classified", classified)
    body = watched.ask(ServiceMetrics.PREDICTIONS_OUTLYING_SCORE)
    items = body["deployment"]["data"]["items"]
    assert [item["id"] for item in items] == watched.ids[::-1]
    assert all(item["score"] >= 0 and item["is_outlier"] in {True, False} for item in items)
    return shown("OutlierScores", body)


@plays("get_stats")
def predictions_data_are_told_of_each_image(stage: Stage) -> dict[str, Any]:
    watched = stage.once("classified", classified)
    body = watched.ask(ServiceMetrics.PREDICTIONS_DATA)
    items = body["deployment"]["data"]["items"]
    told = [(item["id"], item["timestamp"], item["predictions"][0]["latency"]) for item in items[::-1]]
    moments = [BEGIN + place * HOUR for place in range(4)]
    assert told == list(zip(watched.ids, moments, LATENCIES))  # noqa: B905  (the older release's style of Python)
    assert {(item["width"], item["height"]) for item in items} == {(16, 8)}
    return shown("PredictionsMetrics", body)


@plays("get_stats")
def reviews_object_detection_stats_compare_boxes_with_reviews(stage: Stage) -> dict[str, Any]:
    watched = stage.once("detected", detected)
    body = watched.ask(ServiceMetrics.REVIEWS_OBJECT_DETECTION_STATS)
    (item,) = body["deployment"]["data"]["items"]
    assert (item["id"], item["precision"], item["recall"]) == (watched.ids[0], 1.0, 1.0)
    return shown("ReviewedDetections", body)


@plays("get_stats")
def reviews_classification_stats_compare_classes_with_reviews(stage: Stage) -> dict[str, Any]:
    watched = stage.once("classified", classified)
    body = watched.ask(ServiceMetrics.REVIEWS_CLASSIFICATION_STATS)
    told = [(item["reviewed"], item["predicted"], item["right"]) for item in body["deployment"]["data"]["items"]]
    assert told == [("bright", "dark", False), ("bright", "bright", True)]
    (figures,) = body["deployment"]["data"]["models"]
    assert figures["figures"]["accuracy"] == 0.5
    return shown("ReviewedClassifications", body)


@plays("get_stats")
def reviews_label_distribution_stats_count_reviewed_labels(stage: Stage) -> dict[str, Any]:
    body = stage.once("classified", classified).ask(ServiceMetrics.REVIEWS_LABEL_DISTRIBUTION_STATS)
    data = body["deployment"]["data"]
    assert (data["reviews"], data["labels"]) == (2, [{"label": "bright", "count": 2}])
    return shown("ReviewedLabels", body)


@plays("get_stats")
def aggregated_label_distribution_counts_predicted_labels(stage: Stage) -> dict[str, Any]:
    body = stage.once("classified", classified).ask(ServiceMetrics.AGGREGATED_LABEL_DISTRIBUTION)
    data = body["deployment"]["data"]
    assert data["predictions"] == 4
    assert data["labels"] == [{"label": "dark", "count": 2}, {"label": "bright", "count": 2}]
    return shown("LabelDistribution", body)


@plays("get_stats")
def aggregated_object_detection_stats_tell_the_mean_average_precision(stage: Stage) -> dict[str, Any]:
    body = stage.once("detected", detected).ask(ServiceMetrics.AGGREGATED_OBJECT_DETECTION_STATS)
    champion = body["deployment"]["data"]["champion"]
    assert (champion["ap_50_95"], champion["precision"], champion["recall"]) == (1.0, 1.0, 1.0)
    assert (champion["objects"], champion["predictions"]) == (1, 1)
    return shown("DetectionStats", body)


@plays("get_stats")
def aggregated_predictions_data_reconcile_with_what_was_sent(stage: Stage) -> dict[str, Any]:
    body = stage.once("classified", classified).ask(ServiceMetrics.AGGREGATED_PREDICTIONS_DATA)
    data = body["deployment"]["data"]
    assert data["count"] == data["champion"]["predictions"] == 4
    latency = data["champion"]["latency"]
    assert (latency["mean"], latency["least"], latency["most"]) == (sum(LATENCIES) / 4, 0.125, 1.0)
    return shown("PredictionsAggregate", body)


@plays("get_stats")
def aggregated_drifting_predictions_compare_with_the_training_data(stage: Stage) -> dict[str, Any]:
    body = stage.once("classified", classified).ask(ServiceMetrics.AGGREGATED_DRIFTING_PREDICTIONS)
    data = body["deployment"]["data"]
    assert (data["reference_images"], data["production_images"]) == (stage.told["training_images"], 4)
    assert data["drifting"] == any(feature["p_value"] < feature["threshold"] for feature in data["features"])
    return shown("DriftStats", body)


@plays("get_stats")
def every_filter_selects_predictions(stage: Stage) -> None:
    watched = stage.once("classified", classified)
    ids, version, other = (
        watched.ids,
        stage.model_version("CLASSIFICATION"),
        stage.model_version("CLASSIFICATION", "v2"),
    )
    expected = [
        ({"model_version": version}, ids),
        ({"model_version": other}, []),
        ({"from_timestamp": BEGIN + HOUR}, ids[1:]),
        ({"to_timestamp": BEGIN + HOUR}, ids[:2]),
        ({"from_timestamp": BEGIN + HOUR, "to_timestamp": BEGIN + 2 * HOUR}, ids[1:3]),
        ({"since": 3600}, []),
        ({"since": int(time.time() - BEGIN + HOUR)}, ids),
        ({"includes": ids[1:3]}, ids[1:3]),
        ({"excludes": ids[1:3]}, [ids[0], ids[3]]),
        ({"tags": ["night"]}, [ids[1], ids[3]]),
        ({"tags": ["night"], "excludes": ids[:2]}, [ids[3]]),
    ]
    for filters, chosen in expected:
        items = watched.read(ServiceMetrics.PREDICTIONS_DATA, **filters)["items"]
        assert [item["id"] for item in items] == chosen[::-1], filters
        assert watched.read(ServiceMetrics.AGGREGATED_PREDICTIONS_DATA, **filters)["count"] == len(chosen), filters


@plays("get_stats")
def a_deployment_without_predictions_answers_with_nothing_counted(stage: Stage) -> None:
    empty = Watched(stage.deploy(), [])
    assert empty.read(ServiceMetrics.PREDICTIONS_DATA)["items"] == []
    assert empty.read(ServiceMetrics.AGGREGATED_PREDICTIONS_DATA)["count"] == 0
    assert empty.read(ServiceMetrics.AGGREGATED_DRIFTING_PREDICTIONS)["drifting"] is None
