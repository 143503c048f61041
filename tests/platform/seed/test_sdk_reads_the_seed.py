"""The unmodified official SDK finds the seed on a served platform, downloads it, and runs what it downloaded."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
import pytest

from reconciler.platform.seed import classifiers, detectors
from reconciler.platform.seed.plant import seed
from reconciler.platform.training.pixels import to_batch
from tests.platform.harness import running_server
from tests.platform.seed.inspection import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from picsellia import Client

    from reconciler.platform.seed.catalogue import Story
    from reconciler.platform.seed.releases import Release
    from reconciler.platform.seed.samples import Collection

pytestmark = [
    pytest.mark.slow,
    # The SDK's own dependency, beartype, is asked by the SDK for names it has deprecated.
    pytest.mark.filterwarnings('ignore:Deprecated attribute "Beartype:DeprecationWarning'),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, trained_stories: list[Story]) -> Iterator[Client]:
    from picsellia import Client

    logging.getLogger("picsellia").setLevel(logging.ERROR)
    folder = tmp_path_factory.mktemp("sdk") / "platform"
    with opened(folder) as platform:
        seed(platform, stories=trained_stories)
    with running_server(folder) as ready:
        yield Client(api_token=ready["token"], host=ready["url"])


def test_it_lists_datasets_versions_and_labels(
    client: Client, digit_images: Collection, scene_images: Collection
) -> None:
    assert {dataset.name for dataset in client.list_datasets()} == {"digits", "digit-scenes"}
    for images in (digit_images, scene_images):
        versions = client.get_dataset(images.name).list_versions()
        assert {version.version for version in versions} == set(images.versions)
        assert {version.type.value for version in versions} == {images.kind}
        for version in versions:
            assert len(version.list_assets()) == len(images.versions[version.version])
            assert [label.name for label in version.list_labels()] == list(images.labels)


def test_it_downloads_every_image_of_a_version_byte_for_byte(
    client: Client, digit_images: Collection, tmp_path: Path
) -> None:
    assets = client.get_dataset("digits").get_version("production").list_assets()
    assets.download(tmp_path)
    downloaded = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert downloaded == {sample.filename: sample.png for sample in digit_images.versions["production"]}


def test_it_finds_images_by_their_true_label(client: Client, digit_images: Collection) -> None:
    threes = client.get_dataset("digits").get_version("2026-06").list_assets(custom_metadata={"label": "3"})
    wanted = {sample.filename for sample in digit_images.versions["2026-06"] if sample.label == "3"}
    assert {asset.filename for asset in threes} == wanted


def test_it_finds_projects_tags_and_what_a_model_was_trained_on(client: Client) -> None:
    for name in ("digits", "digit-scenes"):
        attached = client.get_project(name).list_dataset_versions()
        assert {version.version for version in attached} == {"2026-01", "2026-06", "production", "holdout"}
        trained_on = client.get_dataset(name).get_version("2026-06")
        recorded = client.get_model(name).get_version("v2").get_context().retrieve_datasets()
        assert {alias: version.id for alias, version in recorded.items()} == {"train": trained_on.id}
    assert {tag.name for tag in client.list_deployment_tags()} == {"line-3", "production"}


def test_a_downloaded_classifier_runs_and_reaches_what_is_written_about_it(
    client: Client, digit_images: Collection, digit_releases: dict[str, Release], tmp_path: Path
) -> None:
    unseen = digit_images.versions["holdout"]
    batch = to_batch((sample.png for sample in unseen), classifiers.CONTRACT.input)
    for name, release in digit_releases.items():
        version = client.get_model("digits").get_version(name)
        (file,) = version.list_files()
        file.download(tmp_path / name)
        weights = (tmp_path / name / file.filename).read_bytes()
        assert weights == release.onnx
        (scores,) = onnxruntime.InferenceSession(weights).run(["probabilities"], {"image": batch})
        said = [version.labels[str(index)] for index in scores.argmax(axis=1)]
        right = np.mean([label == sample.label for label, sample in zip(said, unseen, strict=True)])
        assert release.metrics == {"accuracy": right}
        assert version.get_context().parameters == release.settings


def test_a_downloaded_detector_runs_on_a_downloaded_scene(
    client: Client, scene_images: Collection, tmp_path: Path
) -> None:
    asset = client.get_dataset("digit-scenes").get_version("holdout").list_assets(limit=1)[0]
    asset.download(tmp_path)
    version = client.get_model("digit-scenes").get_version("v2")
    version.get_file("model-latest").download(tmp_path)
    batch = to_batch([(tmp_path / asset.filename).read_bytes()], detectors.CONTRACT.input)
    session = onnxruntime.InferenceSession((tmp_path / "model.onnx").read_bytes())
    boxes, classes, scores = session.run(["boxes", "classes", "scores"], {"image": batch})
    assert len(boxes) == len(classes) == len(scores) > 0
    assert set(version.labels) == {str(index) for index in range(10)}
    assert {sample.filename for sample in scene_images.versions["holdout"]} >= {asset.filename}
