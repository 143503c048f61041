"""Really trained models answer through serving what they answer when they are run by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from reconciler.platform.seed import catalogue, classifiers, detectors, inference, releases, stream
from reconciler.platform.training.pixels import to_batch
from tests.platform.api import fresh
from tests.platform.services import give_file, serving

if TYPE_CHECKING:
    from reconciler.platform.seed.catalogue import Story
    from tests.platform.api import Api, Reply

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

IMAGES = 6


async def deployed(api: Api, story: Story) -> tuple[Reply, bytes]:
    """Train a story's first version, deploy it, and return the deployment with the model file."""
    release = releases.make(story.line, story.line.recipes[0], images=story.collect())
    version = await api.model_version(release.kind, labels=dict(release.labels), parameters=dict(release.parameters))
    give_file(api, version["id"], release.onnx)
    body = {"name": fresh("deployment"), "model_version_id": version["id"]}
    return await api.ask("POST", api.home("deployments"), body), release.onnx


async def answers(api: Api, deployment: Reply, images: list[tuple[str, bytes]]) -> list[Reply]:
    service = await serving(api, deployment["id"])
    path = f"/api/deployments/{deployment['id']}/predict"
    return [await service.ask("POST", path, 200, files={"media": image}) for image in images]


async def test_digits_are_classified_with_the_models_own_probabilities(api: Api) -> None:
    made, onnx = await deployed(api, catalogue.DIGITS)
    samples = catalogue.DIGITS.collect().stream[:IMAGES]
    expected = inference.probabilities(onnx, samples, contract=classifiers.CONTRACT, output=classifiers.CLASS_SCORES)
    found = await answers(api, made, [(sample.filename, sample.png) for sample in samples])
    assert [answer["detection_classes"] for answer in found] == [[int(row.argmax())] for row in expected]
    assert [answer["detection_scores"][0] for answer in found] == pytest.approx(expected.max(axis=1).tolist(), abs=1e-5)


async def test_digits_in_scenes_are_found_where_the_model_finds_them(api: Api) -> None:
    made, onnx = await deployed(api, catalogue.DIGIT_SCENES)
    samples = stream.of_scenes()[:IMAGES]
    found = await answers(api, made, [(sample.filename, sample.png) for sample in samples])
    assert sum(len(answer["detection_boxes"]) for answer in found) > 0
    session, wanted = inference.open_session(onnx), detectors.CONTRACT.input
    for answer, sample in zip(found, samples, strict=True):
        batch = to_batch([sample.png], wanted)
        boxes, classes, scores = session.run(["boxes", "classes", "scores"], {wanted.name: batch})
        down, across = sample.height / wanted.height, sample.width / wanted.width
        edges = np.asarray(boxes) * [down, across, down, across]
        assert answer["detection_classes"] == classes.tolist()
        assert answer["detection_scores"] == pytest.approx(scores.tolist(), abs=1e-5)
        # Times 1 / 255 is not quite divided by 255. Whole pixels, and none beyond the image:
        inside = edges.clip(0, [sample.height, sample.width, sample.height, sample.width])
        assert np.abs(np.array(answer["detection_boxes"]) - inside).max(initial=0) <= 0.5
