"""The trained classifiers: ONNX answers as scikit-learn does, v2 beats v1, and every number is measured."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest

from reconciler.platform.inference.contract import INPUT_KEY, LABELS_KEY, OUTPUT_KEY
from reconciler.platform.seed import catalogue, classifiers, releases
from reconciler.platform.seed.releases import Recipe, Release
from reconciler.platform.seed.samples import Collection
from reconciler.platform.training.estimators import Estimator
from reconciler.platform.training.pixels import to_batch


def _train(recipe: Recipe, images: Collection) -> Estimator:
    samples, settings = images.versions[recipe.trained_on], recipe.settings
    if "hidden" in settings:
        hidden, epochs, seed = (int(settings[name]) for name in ("hidden", "epochs", "seed"))
        return classifiers.fit_network(samples, hidden=hidden, epochs=epochs, seed=seed)
    return classifiers.fit_linear(samples, inverse_penalty=settings["inverse_penalty"])


@pytest.mark.parametrize("recipe", catalogue.DIGITS.line.recipes, ids=lambda recipe: recipe.version)
def test_the_onnx_file_answers_as_the_scikit_learn_model_does(recipe: Recipe, digit_images: Collection) -> None:
    estimator = _train(recipe, digit_images)
    unseen = digit_images.versions["holdout"]
    session = onnxruntime.InferenceSession(classifiers.to_onnx(estimator))
    batch = to_batch((sample.png for sample in unseen), classifiers.CONTRACT.input)
    labels, scores = session.run(["label", "probabilities"], {"image": batch})
    assert (labels == estimator.predict(classifiers.features(unseen))).all()
    np.testing.assert_allclose(scores, estimator.predict_proba(classifiers.features(unseen)), atol=1e-5)


def test_one_image_and_many_images_get_the_same_answers(
    digit_images: Collection, digit_releases: dict[str, Release]
) -> None:
    some = digit_images.stream[:20]
    session = onnxruntime.InferenceSession(digit_releases["v2"].onnx)
    together = to_batch((sample.png for sample in some), classifiers.CONTRACT.input)
    (scores,) = session.run(["probabilities"], {"image": together})
    alone = [session.run(["probabilities"], {"image": together[n : n + 1]})[0][0] for n in range(len(some))]
    np.testing.assert_allclose(scores, np.stack(alone), atol=1e-6)


def test_v2_is_better_than_v1_on_images_neither_has_seen(digit_releases: dict[str, Release]) -> None:
    weak, good = (digit_releases[version].metrics["accuracy"] for version in ("v1", "v2"))
    assert 0.6 < weak < good - 0.05
    assert good > 0.93


def test_production_data_with_150_reviewed_images_train_a_better_model_than_v1(
    digit_images: Collection, digit_releases: dict[str, Release]
) -> None:
    """What the retraining story lives on: the feedback loop's images are worth more than the pilot's."""
    enriched = (*digit_images.versions["production"], *digit_images.stream[:150])
    retrained = classifiers.to_onnx(classifiers.fit_linear(enriched, inverse_penalty=1.0))
    reached = classifiers.measure(retrained, digit_images.versions["holdout"])
    assert reached["accuracy"] > digit_releases["v1"].metrics["accuracy"] + 0.05


def test_accuracy_is_the_share_of_right_answers_of_onnx_runtime(
    digit_images: Collection, digit_releases: dict[str, Release]
) -> None:
    unseen = digit_images.versions["holdout"]
    for release in digit_releases.values():
        session = onnxruntime.InferenceSession(release.onnx)
        right = 0
        for sample in unseen:
            batch = to_batch([sample.png], classifiers.CONTRACT.input)
            (scores,) = session.run(["probabilities"], {"image": batch})
            right += release.labels[str(int(scores[0].argmax()))] == sample.label
        assert release.metrics["accuracy"] == right / len(unseen)


def test_training_again_gives_the_same_file(digit_images: Collection, digit_releases: dict[str, Release]) -> None:
    line = catalogue.DIGITS.line
    for recipe in line.recipes:
        assert releases.make(line, recipe, images=digit_images) == digit_releases[recipe.version]


def test_parameters_and_description_tell_the_measurement(
    digit_images: Collection, digit_releases: dict[str, Release]
) -> None:
    for release in digit_releases.values():
        measured, training = release.parameters["measured"], release.parameters["training"]
        assert measured == {"dataset": "digits", "version": "holdout", "images": 360, "metrics": release.metrics}
        assert isinstance(training, dict)
        assert training["version"] == release.trained_on
        assert training["images"] == len(digit_images.versions[release.trained_on])
        assert f"accuracy {release.metrics['accuracy']:.3f}" in release.description


def test_the_file_declares_what_the_parameters_declare(digit_releases: dict[str, Release]) -> None:
    for release in digit_releases.values():
        model = onnx.load_from_string(release.onnx)
        told = {entry.key: json.loads(entry.value) for entry in model.metadata_props}
        assert told == {
            INPUT_KEY: release.parameters["input"],
            OUTPUT_KEY: release.parameters["output"],
            LABELS_KEY: dict(release.labels),
        }


def test_the_declared_tensors_are_the_files_tensors(digit_releases: dict[str, Release]) -> None:
    for release in digit_releases.values():
        session = onnxruntime.InferenceSession(release.onnx)
        declared_input, declared_output = release.parameters["input"], release.parameters["output"]
        assert isinstance(declared_input, dict)
        assert isinstance(declared_output, dict)
        (taken,) = session.get_inputs()
        assert taken.name == declared_input["name"]
        assert taken.type == "tensor(float)"
        assert list(taken.shape) == declared_input["shape"]
        assert declared_output["scores"] in {each.name for each in session.get_outputs()}


def test_parameters_survive_json(digit_releases: dict[str, Release]) -> None:
    for release in digit_releases.values():
        assert json.loads(json.dumps(release.parameters)) == release.parameters
