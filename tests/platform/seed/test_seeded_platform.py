"""The whole demo, planted once: what the store holds is what was generated, measured and reported."""

import inspect
from collections import Counter
from collections.abc import Iterator

import onnxruntime
import pytest

from reconciler.platform.app import Platform
from reconciler.platform.seed import catalogue
from reconciler.platform.seed.catalogue import Story
from reconciler.platform.seed.classifiers import CONTRACT
from reconciler.platform.seed.plant import seed
from reconciler.platform.seed.report import SeedReport
from reconciler.platform.seed.samples import Collection, Shape
from reconciler.platform.store import datalakes, datasets, finding, models, objects
from reconciler.platform.store.finding import Wanted
from reconciler.platform.store.material import Mark
from reconciler.platform.store.paging import PageRequest
from reconciler.platform.store.tables.models import ModelVersion
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import Framework, InferenceType, UploadStatus
from reconciler.platform.training.pixels import to_batch
from tests.platform.seed.inspection import opened, summary, truth


@pytest.fixture(scope="module")
def planted(
    tmp_path_factory: pytest.TempPathFactory, trained_stories: list[Story]
) -> Iterator[tuple[Platform, SeedReport]]:
    with opened(tmp_path_factory.mktemp("seeded")) as platform:
        yield platform, seed(platform, stories=trained_stories)


def test_a_seed_plants_the_whole_catalogue_unless_told_otherwise(trained_stories: list[Story]) -> None:
    assert inspect.signature(seed).parameters["stories"].default is catalogue.STORIES
    assert [story.name for story in trained_stories] == [story.name for story in catalogue.STORIES]


def _release(unit: Unit, model: str, version: str) -> ModelVersion:
    return models.find_version(unit, models.find_by_name(unit, unit.actor.organization_id, model), name=version)


def _weights(unit: Unit, version: ModelVersion) -> bytes:
    file = models.find_file(unit, version, "model-latest")
    connector = datalakes.default(unit, unit.actor.organization_id).connector_id
    return objects.content(unit, connector, file.object_name)


def test_the_report_tells_what_there_is(planted: tuple[Platform, SeedReport]) -> None:
    _, report = planted
    assert {dataset.name: [(v.name, v.images) for v in dataset.versions] for dataset in report.datasets} == {
        "digits": [("2026-01", 100), ("2026-06", 719), ("production", 89), ("holdout", 360)],
        "digit-scenes": [("2026-01", 40), ("2026-06", 240), ("production", 20), ("holdout", 80)],
    }
    assert [(model.name, [v.name for v in model.versions]) for model in report.models] == [
        ("digits", ["v1", "v2"]),
        ("digit-scenes", ["v1", "v2"]),
    ]
    assert report.projects == ("digits", "digit-scenes")
    assert report.tags == ("line-3", "production")


def test_stored_images_are_the_generated_images(
    planted: tuple[Platform, SeedReport], digit_images: Collection, scene_images: Collection
) -> None:
    platform, _ = planted
    with platform.store.read(platform.owner) as unit:
        home = platform.owner.organization_id
        connector = datalakes.default(unit, home).connector_id
        for images in (digit_images, scene_images):
            dataset = datasets.find_by_name(unit, home, images.name)
            for name, samples in images.versions.items():
                version = datasets.find_version(unit, dataset, name)
                held = finding.list_assets(unit, version, Wanted(), PageRequest()).items
                stored = {
                    asset.data.filename: objects.content(unit, connector, asset.data.object_name) for asset in held
                }
                assert stored == {sample.filename: sample.png for sample in samples}


def test_every_data_is_done_and_tells_its_size_and_its_truth(
    planted: tuple[Platform, SeedReport], digit_images: Collection, scene_images: Collection
) -> None:
    platform, _ = planted
    truth = {
        sample.filename: sample
        for images in (digit_images, scene_images)
        for samples in images.versions.values()
        for sample in samples
    }
    with platform.store.read(platform.owner) as unit:
        lake = datalakes.default(unit, platform.owner.organization_id)
        wanted = Wanted(filenames=sorted(truth)[:900])
        page = finding.list_data(unit, lake, wanted, PageRequest())
        assert len(page.items) == 900
        for datum in page.items:
            sample = truth[datum.filename]
            assert datum.upload_status is UploadStatus.DONE
            assert (datum.width, datum.height) == (sample.width, sample.height)
            assert datum.custom_metadata is not None
            told = datum.custom_metadata.get("objects", [{"label": datum.custom_metadata.get("label")}])
            assert isinstance(told, list)
            assert [each["label"] for each in told] == [shape.label for shape in sample.shapes]


def test_trainers_read_of_every_image_what_is_true_of_it(
    planted: tuple[Platform, SeedReport], digit_images: Collection, scene_images: Collection
) -> None:
    platform, _ = planted
    with platform.store.read(platform.owner) as unit:
        for images in (digit_images, scene_images):
            dataset = datasets.find_by_name(unit, platform.owner.organization_id, images.name)
            for name, samples in images.versions.items():
                read = truth(unit, datasets.find_version(unit, dataset, name))
                assert read == {sample.filename: [_mark(shape) for shape in sample.shapes] for sample in samples}


def _mark(shape: Shape) -> Mark:
    box = shape.box
    return Mark(shape.label, box and (box.left, box.top, box.right - box.left, box.bottom - box.top))


def test_stored_models_reach_on_the_stored_holdout_what_is_written_about_them(
    planted: tuple[Platform, SeedReport], digit_images: Collection
) -> None:
    platform, report = planted
    unseen = digit_images.versions["holdout"]
    batch = to_batch((sample.png for sample in unseen), CONTRACT.input)
    with platform.store.read(platform.owner) as unit:
        for reported in report.models[0].versions:
            version = _release(unit, "digits", reported.name)
            session = onnxruntime.InferenceSession(_weights(unit, version))
            (scores,) = session.run(["probabilities"], {"image": batch})
            labels = version.labels or {}
            said = [labels[str(index)] for index in scores.argmax(axis=1)]
            accuracy = sum(a == sample.label for a, sample in zip(said, unseen, strict=True)) / len(unseen)
            assert reported.metrics == {"accuracy": accuracy}
            assert f"accuracy {accuracy:.3f}" in version.description


def test_v2_beats_v1_in_both_models(planted: tuple[Platform, SeedReport]) -> None:
    _, report = planted
    for model in report.models:
        weak, good = (version.metrics for version in model.versions)
        assert set(weak) == set(good)
        assert all(weak[name] < good[name] for name in weak)


def test_versions_are_typed_numbered_and_know_what_they_were_trained_on(
    planted: tuple[Platform, SeedReport], digit_images: Collection, scene_images: Collection
) -> None:
    platform, _ = planted
    with platform.store.read(platform.owner) as unit:
        for story, images in zip(catalogue.STORIES, (digit_images, scene_images), strict=True):
            for number, recipe in enumerate(story.line.recipes):
                version = _release(unit, story.line.model, recipe.version)
                assert version.version == number
                assert (version.type, version.framework) == (InferenceType(images.kind), Framework.ONNX)
                (used,) = models.context(unit, version).datas
                dataset = datasets.find_by_name(unit, platform.owner.organization_id, images.name)
                trained_on = datasets.find_version(unit, dataset, recipe.trained_on)
                shown = Counter(s.label for sample in images.versions[recipe.trained_on] for s in sample.shapes)
                assert (used["name"], used["version_id"]) == ("train", str(trained_on.id))
                assert used["repartition"] == dict(shown)


def test_dataset_versions_are_typed_labelled_and_attached_to_the_project(
    planted: tuple[Platform, SeedReport], digit_images: Collection, scene_images: Collection
) -> None:
    platform, _ = planted
    for images in (digit_images, scene_images):
        told = summary(platform, images)
        assert told["attached"] == sorted(images.versions)
        assert told["tags"] == ["line-3", "production"]
        versions = told["versions"]
        assert isinstance(versions, dict)
        for version in versions.values():
            assert version["type"] == images.kind
            assert version["labels"] == list(images.labels)
            assert version["description"]
