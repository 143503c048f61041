"""Planting is idempotent, survives interruption anywhere, and leaves alone what others have made of it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.platform.app import Platform
from reconciler.platform.seed.plant import seed
from reconciler.platform.store import assets, data, datalakes, datasets, models, objects, projects
from reconciler.platform.store.unit import Actor, Unit
from tests.platform.seed import tiny
from tests.platform.seed.inspection import every_blob, every_row, opened, summary


class PoweredOff(Exception):
    """The process died before a transaction was committed."""


@dataclass
class Failing:
    """A platform whose n-th writing transaction dies just before its commit."""

    platform: Platform
    dies_at: int
    begun: int = 0

    @property
    def store(self) -> "Failing":
        return self

    @property
    def owner(self) -> Actor:
        return self.platform.owner

    @contextmanager
    def read(self, actor: Actor) -> Iterator[Unit]:
        with self.platform.store.read(actor) as unit:
            yield unit

    @contextmanager
    def write(self, actor: Actor) -> Iterator[Unit]:
        self.begun += 1
        with self.platform.store.write(actor) as unit:
            yield unit
            if self.begun == self.dies_at:
                raise PoweredOff


def test_planting_twice_is_planting_once(tmp_path: Path) -> None:
    with opened(tmp_path) as platform:
        first = seed(platform, stories=[tiny.STORY])
        rows, blobs = every_row(platform), every_blob(tmp_path)
        second = seed(platform, stories=[tiny.STORY])
        assert (every_row(platform), every_blob(tmp_path)) == (rows, blobs)
    assert not first.already_there
    assert second.already_there
    assert [version.images for dataset in second.datasets for version in dataset.versions] == [2, 4, 1, 2]
    assert [version.added for dataset in second.datasets for version in dataset.versions] == [0, 0, 0, 0]
    assert not any(version.added for model in second.models for version in model.versions)


def test_a_seed_that_finds_everything_in_place_says_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    with opened(tmp_path) as platform:
        seed(platform, progress=said.append, stories=[tiny.STORY])
        assert any("tiny/2026-06: 4 images" in line for line in said)
        assert any(line.startswith("tiny v2: accuracy") for line in said)
        said.clear()
        seed(platform, progress=said.append, stories=[tiny.STORY])
    assert said == []


def test_a_seed_interrupted_at_any_transaction_completes_when_run_again(tmp_path: Path) -> None:
    with opened(tmp_path / "empty"):
        """Migrate once; each trial begins with a copy."""
    with opened(shutil.copytree(tmp_path / "empty", tmp_path / "whole")) as platform:
        whole = Failing(platform, dies_at=0)
        seed(whole, stories=[tiny.STORY])
        expected = summary(platform, tiny.collect())
    assert whole.begun > 8
    for dies_at in range(1, whole.begun + 1):
        with opened(shutil.copytree(tmp_path / "empty", tmp_path / str(dies_at))) as platform:
            with pytest.raises(PoweredOff):
                seed(Failing(platform, dies_at), stories=[tiny.STORY])
            report = seed(platform, stories=[tiny.STORY])
            assert not report.already_there
            assert summary(platform, tiny.collect()) == expected
            assert seed(platform, stories=[tiny.STORY]).already_there


def test_images_that_others_added_to_a_version_stay(tmp_path: Path) -> None:
    with opened(tmp_path) as platform:
        seed(platform, stories=[tiny.STORY])
        (filename, png), *_ = [(sample.filename, sample.png) for sample in tiny.collect().stream]
        with platform.store.write(platform.owner) as unit:
            lake = datalakes.default(unit, platform.owner.organization_id)
            objects.put(unit, lake.connector_id, "reviewed.png", png, content_type="image/png")
            datum = data.register(unit, lake, data.NewData(filename, "reviewed.png", "image/png"))
            dataset = datasets.find_by_name(unit, lake.organization_id, tiny.NAME)
            assets.add(unit, datasets.find_version(unit, dataset, "production"), [datum.id])
        report = seed(platform, stories=[tiny.STORY])
    assert report.already_there
    assert {version.name: version.images for version in report.datasets[0].versions}["production"] == 2


def test_a_locked_version_that_lacks_nothing_is_no_obstacle(tmp_path: Path) -> None:
    with opened(tmp_path) as platform:
        seed(platform, stories=[tiny.STORY])
        with platform.store.write(platform.owner) as unit:
            dataset = datasets.find_by_name(unit, platform.owner.organization_id, tiny.NAME)
            datasets.find_version(unit, dataset, "holdout").locked = True
        assert seed(platform, stories=[tiny.STORY]).already_there


def test_a_model_version_that_is_gone_is_trained_again(tmp_path: Path) -> None:
    with opened(tmp_path) as platform:
        seed(platform, stories=[tiny.STORY])
        with platform.store.write(platform.owner) as unit:
            model = models.find_by_name(unit, platform.owner.organization_id, tiny.NAME)
            models.delete_version(unit, models.find_version(unit, model, name="v2"))
        report = seed(platform, stories=[tiny.STORY])
    assert [(version.name, version.added) for version in report.models[0].versions] == [("v1", False), ("v2", True)]
    assert report.added == 1


def test_a_version_of_that_name_made_by_somebody_else_is_left_as_it_is(tmp_path: Path) -> None:
    with opened(tmp_path) as platform:
        with platform.store.write(platform.owner) as unit:
            model = models.create(unit, platform.owner.organization_id, tiny.NAME)
            models.create_version(unit, model, models.Release(name="v1"))
        report = seed(platform, stories=[tiny.STORY])
    (mine, planted) = report.models[0].versions
    assert (mine.name, mine.metrics, mine.added) == ("v1", {}, False)
    assert (planted.name, set(planted.metrics), planted.added) == ("v2", {"accuracy"}, True)


def test_a_project_somebody_made_gets_the_versions_it_lacks(tmp_path: Path) -> None:
    with opened(tmp_path) as platform:
        with platform.store.write(platform.owner) as unit:
            projects.create(unit, platform.owner.organization_id, tiny.NAME, "Mine.")
        seed(platform, stories=[tiny.STORY])
        with platform.store.read(platform.owner) as unit:
            project = projects.find_by_name(unit, platform.owner.organization_id, tiny.NAME)
            assert project.description == "Mine."
            assert len(projects.attached(unit, project)) == 4
