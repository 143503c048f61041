"""The trained detectors: the ONNX graph answers as scikit-learn over cut windows does, and v2 beats v1."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from reconciler.platform.inference.contract import INPUT_KEY, LABELS_KEY, OUTPUT_KEY
from reconciler.platform.monitoring.matching import overlaps
from reconciler.platform.seed import catalogue, detectors, releases
from reconciler.platform.seed.inference import judge
from reconciler.platform.seed.releases import Release
from reconciler.platform.seed.samples import Collection, Sample, Shape
from reconciler.platform.training.detector_graph import FAINTEST, MOST, OVERLAP
from reconciler.platform.training.pixels import decode_gray, encode_png, to_batch
from reconciler.platform.training.windowed import Fitted
from reconciler.platform.training.windows import FAR, NEAR, UNCLEAR, WINDOW

Answer = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]


def _by_hand(detector: Fitted, sample: Sample) -> Answer:
    """Cut the windows, ask scikit-learn about each, and suppress: the meaning of the graph, spelled out."""
    looks = detectors.scene_of(sample).looks
    odds = detector.network.predict_proba(looks)[:, : detectors.GRID.background]
    layer = np.maximum(looks @ detector.network.coefs_[0] + detector.network.intercepts_[0], 0)
    boxes = np.clip(detector.boxes.predict(layer) + detectors.GRID.origins(), 0, 96)
    best = odds.max(axis=1)
    kept: list[int] = []
    for place in np.argsort(-best, kind="stable"):
        if best[place] <= FAINTEST or len(kept) == MOST:
            break
        if not kept or overlaps(boxes[[place]], boxes[kept]).max() <= OVERLAP:
            kept.append(int(place))
    return boxes[kept], odds[kept].argmax(axis=1), best[kept]


def test_the_onnx_graph_answers_as_scikit_learn_over_cut_windows(scene_images: Collection) -> None:
    detector = detectors.fit(scene_images.versions["2026-01"], hidden=16, epochs=4, seed=1)
    session = onnxruntime.InferenceSession(detectors.to_onnx(detector))
    answers = 0
    for sample in scene_images.versions["holdout"][:20]:
        batch = to_batch([sample.png], detectors.CONTRACT.input)
        boxes, classes, scores = session.run(["boxes", "classes", "scores"], {"image": batch})
        expected_boxes, expected_classes, expected_scores = _by_hand(detector, sample)
        np.testing.assert_allclose(scores, expected_scores, atol=1e-3)
        np.testing.assert_allclose(boxes, expected_boxes, atol=0.05)
        assert (classes == expected_classes).all()
        answers += len(scores)
    assert answers > 20


def test_v2_finds_more_than_v1_on_scenes_neither_has_seen(scene_releases: dict[str, Release]) -> None:
    weak, good = (scene_releases[version].metrics for version in ("v1", "v2"))
    assert 0.2 < weak["ap_50"] < good["ap_50"] - 0.1
    assert weak["ap_50_95"] < good["ap_50_95"] - 0.1
    assert good["ap_50"] > 0.65


def test_training_again_gives_the_same_file(scene_images: Collection, scene_releases: dict[str, Release]) -> None:
    line = catalogue.DIGIT_SCENES.line
    assert releases.make(line, line.recipes[0], images=scene_images) == scene_releases["v1"]


def test_the_file_declares_what_the_parameters_declare(scene_releases: dict[str, Release]) -> None:
    for release in scene_releases.values():
        told = {entry.key: json.loads(entry.value) for entry in onnx.load_from_string(release.onnx).metadata_props}
        assert told == {
            INPUT_KEY: release.parameters["input"],
            OUTPUT_KEY: release.parameters["output"],
            LABELS_KEY: dict(release.labels),
        }


def test_the_declared_tensors_are_the_files_tensors(scene_releases: dict[str, Release]) -> None:
    for release in scene_releases.values():
        session = onnxruntime.InferenceSession(release.onnx)
        declared_input, declared_output = release.parameters["input"], release.parameters["output"]
        assert isinstance(declared_input, dict)
        assert isinstance(declared_output, dict)
        (taken,) = session.get_inputs()
        assert (taken.name, list(taken.shape)) == (declared_input["name"], declared_input["shape"])
        offered = {each.name for each in session.get_outputs()}
        assert {declared_output[role] for role in ("boxes", "classes", "scores")} == offered


def test_an_empty_scene_gets_empty_lists_and_answers_come_best_first(
    scene_images: Collection, scene_releases: dict[str, Release]
) -> None:
    session = onnxruntime.InferenceSession(scene_releases["v2"].onnx)
    black = np.zeros((1, 1, 96, 96), dtype=np.float32)
    assert [answer.shape for answer in session.run(None, {"image": black})] == [(0, 4), (0,), (0,)]
    for sample in scene_images.stream[:20]:
        batch = to_batch([sample.png], detectors.CONTRACT.input)
        boxes, classes, scores = session.run(["boxes", "classes", "scores"], {"image": batch})
        assert (np.diff(scores) <= 0).all()
        assert ((scores > 0) & (scores <= 1)).all()
        assert ((classes >= 0) & (classes < 10)).all()
        assert ((boxes >= 0) & (boxes <= 96)).all()
        assert (boxes[:, :2] < boxes[:, 2:]).all()


def test_boxes_come_back_in_the_pixels_of_the_image_that_was_sent(
    scene_images: Collection, scene_releases: dict[str, Release]
) -> None:
    sample = scene_images.stream[0]
    pixels = decode_gray(sample.png)
    doubled = Sample("big.png", encode_png(pixels.repeat(2, axis=0).repeat(2, axis=1)), 192, 192, sample.shapes)
    weights = scene_releases["v2"].onnx
    judged = judge(weights, [sample, doubled], contract=detectors.CONTRACT, output=detectors.DETECTED)
    small, big = (each.found for each in judged)
    assert small[0].label == big[0].label
    np.testing.assert_allclose(np.array(big[0].box), np.array(small[0].box) * 2, atol=4)


def test_a_window_shows_the_digit_it_is_centred_on_and_background_far_away() -> None:
    grid = detectors.GRID
    shown, boxes = grid.assign([(7, (40, 40, 56, 56))])
    begin = grid.origins()
    centres = begin[:, :2] + WINDOW * grid.shrink / 2
    apart = np.abs(centres - 48).max(axis=1) / grid.shrink
    assert set(shown[apart <= NEAR]) == {7}
    assert set(shown[apart > FAR]) == {grid.background}
    assert set(shown[(apart > NEAR) & (apart <= FAR)]) == {UNCLEAR}
    np.testing.assert_allclose((boxes + begin)[shown == 7], [[40, 40, 56, 56]] * int((shown == 7).sum()))


def test_a_shape_without_a_box_cannot_be_assigned() -> None:
    pixels = encode_png(np.zeros((96, 96), dtype=np.uint8))
    with pytest.raises(ValueError, match="needs a box"):
        detectors.scene_of(Sample("scene.png", pixels, 96, 96, (Shape("7"),)))
