"""`monitor` in every prediction format of a release: what is kept is what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from picsellia.types import schemas_prediction

from tests.conformance.player.cases import NEWER, plays
from tests.conformance.player.stage import SIZE, refused

if TYPE_CHECKING:
    from tests.conformance.player.stage import Stage

POLYGON = [[1, 1], [9, 1], [9, 6]]
COMMON = {"detection_classes": [1, 0], "detection_scores": [0.75, 0.0]}


def kept(stage: Stage, kind: str, name: str, lists: dict[str, Any]) -> dict[str, Any]:
    """Monitor a prediction in a format and return what is kept of it."""
    prediction = getattr(schemas_prediction, name)(**lists)
    deployment = stage.client.create_deployment(stage.model_version(kind), disable_serving=True)
    answer = deployment.monitor(stage.picture("white"), prediction=prediction, **SIZE)
    (entry,) = stage.seen(deployment, answer)["predictions"]
    assert (entry["is_shadow"], entry["latency"]) == (False, SIZE["latency"])
    return dict(entry["raw_predictions"])


@plays("monitor")
def a_classification_is_kept_as_sent(stage: Stage) -> None:
    assert kept(stage, "CLASSIFICATION", "ClassificationPredictionFormat", COMMON) == COMMON


@plays("monitor")
def a_detection_is_kept_as_sent(stage: Stage) -> None:
    lists = {**COMMON, "detection_boxes": [[0, 0, 4, 8], [2, 8, 8, 16]]}
    assert kept(stage, "OBJECT_DETECTION", "DetectionPredictionFormat", lists) == lists


@plays("monitor")
def a_segmentation_is_kept_as_pairs(stage: Stage) -> None:
    # The older release needs boxes too, and sends them; the newer takes and leaves them out.
    lists = {**COMMON, "detection_masks": [POLYGON, POLYGON]}
    sent = {**lists, "detection_boxes": [[1, 1, 6, 9], [1, 1, 6, 9]]}
    assert kept(stage, "SEGMENTATION", "SegmentationPredictionFormat", sent) == lists


@plays("monitor", NEWER)
def lines_are_kept_as_sent(stage: Stage) -> None:
    lists = {**COMMON, "lines": [POLYGON, POLYGON[:2]]}
    assert kept(stage, "LINE", "LinePredictionFormat", lists) == lists


@plays("monitor", NEWER)
def points_are_kept_as_sent(stage: Stage) -> None:
    lists = {**COMMON, "points": [[3, 4], [15, 7]]}
    assert kept(stage, "POINT", "PointPredictionFormat", lists) == lists


@plays("monitor", NEWER)
def keypoints_are_kept_as_sent(stage: Stage) -> None:
    lists = {**COMMON, "keypoints": [[[3, 4, 2], [5, 6, 0]], [[15, 7, 1]]]}
    assert kept(stage, "KEYPOINT", "KeypointPredictionFormat", lists) == lists


@plays("monitor", NEWER)
def masks_are_kept_as_sent(stage: Stage) -> None:
    lists = {**COMMON, "detection_masks": ["8 8 112", "0 128"]}
    assert kept(stage, "MASK", "MaskPredictionFormat", lists) == lists


@plays("monitor")
def an_image_with_nothing_on_it_is_kept(stage: Stage) -> None:
    lists: dict[str, Any] = {"detection_classes": [], "detection_scores": [], "detection_boxes": []}
    assert kept(stage, "OBJECT_DETECTION", "DetectionPredictionFormat", lists) == lists


@plays("monitor")
def lists_of_different_lengths_are_refused(stage: Stage) -> None:
    lists = {**COMMON, "detection_boxes": [[0, 0, 4, 8]]}
    with refused(ValueError):
        kept(stage, "OBJECT_DETECTION", "DetectionPredictionFormat", lists)
