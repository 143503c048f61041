"""The built-in trainer: it learns, honours every parameter, and its files answer as what was fitted does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import pytest

from reconciler.platform.inference.contract import INPUT_KEY, LABELS_KEY, OUTPUT_KEY
from reconciler.platform.seed import digits, scenes
from reconciler.platform.training import builtin
from reconciler.platform.training.assignment import Assignment, Example, Refused
from reconciler.platform.training.knobs import Knobs, knobs_of
from reconciler.platform.training.windows import Grid, fitting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from reconciler.platform.seed.samples import Sample

QUICK = {"epochs": 20, "batch_size": 16, "hidden": 16, "learning_rate": 0.01, "seed": 3}


def examples(folder: Path, samples: Sequence[Sample]) -> list[Example]:
    """Write samples to disk, as the store keeps them."""
    made = []
    for sample in samples:
        path = folder / sample.filename
        path.write_bytes(sample.png)
        truth = tuple(
            (shape.label, shape.box and (shape.box.left, shape.box.top, *_size(shape.box))) for shape in sample.shapes
        )
        made.append(Example(path, sample.filename, sample.width, sample.height, truth))  # type: ignore[arg-type]
    return made


def _size(box: Any) -> tuple[int, int]:
    return box.right - box.left, box.bottom - box.top


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    versions, folder = digits.collect().versions, tmp_path_factory.mktemp("digits")
    datasets = {
        "train": examples(folder, versions["2026-01"]),
        "test": examples(folder, versions["holdout"][:100]),
    }
    return Assignment("CLASSIFICATION", digits.LABELS, QUICK, datasets)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    versions, folder = scenes.collect().versions, tmp_path_factory.mktemp("scenes")
    datasets = {
        "train": examples(folder, versions["2026-01"]),
        "test": examples(folder, versions["holdout"][:12]),
    }
    parameters = {"epochs": 15, "batch_size": 64, "hidden": 32, "penalty": 0.01, "seed": 3}
    return Assignment("OBJECT_DETECTION", digits.LABELS, parameters, datasets, height=96, width=96)


def layers(model: bytes) -> Mapping[str, tuple[int, ...]]:
    return {item.name: tuple(item.dims) for item in onnx.load_from_string(model).graph.initializer}


def test_a_classifier_learns_and_its_file_explains_itself(told: Assignment) -> None:
    epochs: list[tuple[int, Mapping[str, float]]] = []
    trained = builtin.train(replace(told, progress=lambda epoch, metrics: epochs.append((epoch, metrics))))
    assert trained.metrics["accuracy"] > 0.7
    assert [epoch for epoch, _ in epochs] == list(range(1, 21))
    assert epochs[-1][1]["loss"] < epochs[0][1]["loss"]
    session = onnxruntime.InferenceSession(trained.model)
    batch = np.random.default_rng(0).random((5, 1, 64, 64), dtype=np.float32)
    (scores,) = session.run(["probabilities"], {"image": batch})
    assert scores.shape == (5, 10)
    assert np.allclose(scores.sum(axis=1), 1, atol=1e-5)
    properties = {item.key for item in onnx.load_from_string(trained.model).metadata_props}
    assert properties == {INPUT_KEY, OUTPUT_KEY, LABELS_KEY}
    assert trained.declared["input"]["shape"] == ["batch", 1, 64, 64]  # type: ignore[index]


def test_the_same_seed_gives_the_same_file_and_every_parameter_another(told: Assignment) -> None:
    first = builtin.train(told).model
    assert builtin.train(told).model == first
    for change in ({"seed": 4}, {"epochs": 19}, {"batch_size": 8}, {"lr": 0.02, "learning_rate": None}, {"alpha": 5}):
        assert builtin.train(replace(told, parameters={**QUICK, **change})).model != first, change
    wider = layers(builtin.train(replace(told, parameters={**QUICK, "hidden": 17})).model)
    assert (64, 17) in wider.values()


@pytest.mark.parametrize("kept", [("3", "8"), ("1", "4", "7")])
def test_a_regression_answers_for_labels_that_nobody_showed(told: Assignment, kept: tuple[str, ...]) -> None:
    some = {alias: [item for item in held if item.label in kept] for alias, held in told.datasets.items()}
    trained = builtin.train(replace(told, datasets=some, parameters={"inverse_penalty": 1.0}))
    assert (trained.algorithm, trained.metrics["accuracy"] > 0.9) == ("Logistic regression", True)
    (scores,) = onnxruntime.InferenceSession(trained.model).run(
        ["probabilities"], {"image": np.random.default_rng(1).random((4, 1, 64, 64), dtype=np.float32)}
    )
    assert scores.shape == (4, 10)
    assert {str(place) for place in scores.argmax(axis=1)} <= set(kept)


def test_two_classes_are_told_by_two_probabilities(told: Assignment) -> None:
    some = {alias: [item for item in held if item.label in {"0", "1"}] for alias, held in told.datasets.items()}
    trained = builtin.train(replace(told, datasets=some, labels=("0", "1")))
    assert trained.metrics["accuracy"] > 0.9
    (scores,) = onnxruntime.InferenceSession(trained.model).run(
        ["probabilities"], {"image": np.zeros((1, 1, 64, 64), dtype=np.float32)}
    )
    assert scores.shape == (1, 2)


def test_images_of_one_class_or_of_none_are_refused(told: Assignment) -> None:
    one = {alias: [item for item in held if item.label == "0"] for alias, held in told.datasets.items()}
    with pytest.raises(Refused, match="two classes"):
        builtin.train(replace(told, datasets=one))
    with pytest.raises(Refused, match="None of the images"):
        builtin.train(replace(told, labels=("cat",)))
    with pytest.raises(Refused, match="None of the images is annotated with a box"):
        builtin.train(replace(told, kind="OBJECT_DETECTION"))


def test_a_detector_finds_what_it_never_saw(shown: Assignment) -> None:
    trained = builtin.train(shown)
    found = [(answer, seen) for seen in trained.answers for answer in seen.found if answer.score > 0.3]
    near = [
        any(max(abs(a - b) for a, b in zip(answer.edges, edges, strict=True)) < 8 for _, edges in seen.truth)
        for answer, seen in found
    ]
    assert len(near) >= 8
    assert np.mean(near) > 0.75
    assert builtin.train(shown).model == trained.model


def test_a_detector_of_one_class_on_wide_images_answers_within_them(shown: Assignment) -> None:
    single = {
        alias: [replace(item, truth=tuple(("digit", box) for _, box in item.truth)) for item in held[:8]]
        for alias, held in shown.datasets.items()
    }
    trained = builtin.train(
        replace(shown, labels=("digit",), datasets=single, width=192, parameters={"epochs": 3, "hidden": 8})
    )
    session = onnxruntime.InferenceSession(trained.model)
    boxes, classes, scores = session.run(None, {"image": np.zeros((1, 1, 96, 192), dtype=np.float32)})
    assert len(boxes) == len(classes) == len(scores)
    edges = np.array([answer.edges for seen in trained.answers for answer in seen.found])
    assert (edges >= 0).all()
    assert (edges <= [96, 192, 96, 192]).all()


def test_one_dataset_is_split_and_several_are_told_apart_by_name() -> None:
    def named(*names: str) -> Assignment:
        held = {name: [Example(None, name, 1, 1, ())] * 10 for name in names}  # type: ignore[arg-type]
        return Assignment("CLASSIFICATION", (), {}, held)

    seen, unseen = named("anything").parts()
    assert (len(seen), len(unseen)) == (8, 2)
    for names, expected in (
        (("train", "test"), ("train", "test")),
        (("eval", "train"), ("train", "eval")),
        (("Train", "val", "test"), ("Train", "test")),
        (("b", "a", "c"), ("a", "b")),
    ):
        seen, unseen = named(*names).parts()
        assert (seen[0].filename, unseen[0].filename) == expected


def test_windows_grow_with_what_they_are_to_show() -> None:
    assert fitting(96, 96, [20, 22, 24], 10) == Grid(96, 96, 2, 10)
    assert fitting(96, 96, [11, 12], 10).shrink == 1
    assert fitting(100, 60, [47], 1).shrink in {4, 5}


@pytest.mark.parametrize(
    ("parameters", "knobs"),
    [
        ({}, Knobs()),
        ({"epochs": 3.0, "note": "ours"}, Knobs(epochs=3)),
        ({"num_epochs": 5, "batchSize": 4, "weight_decay": 0.5}, Knobs(epochs=5, batch_size=4, penalty=0.5)),
    ],
)
def test_known_parameters_are_honoured_and_others_left_alone(parameters: dict[str, Any], knobs: Knobs) -> None:
    assert knobs_of(parameters) == knobs


@pytest.mark.parametrize(
    "parameters", [{"epochs": "3"}, {"epochs": True}, {"epochs": 1.5}, {"lr": 0}, {"hidden": 10**9}, {"seed": -1}]
)
def test_parameters_that_make_no_sense_are_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="must be"):
        knobs_of(parameters)
