"""Collections and trained models, made once for the whole session: they are pure and read-only."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from reconciler.platform.seed import catalogue, releases
from reconciler.platform.seed.catalogue import Story
from reconciler.platform.seed.releases import Recipe, Release
from reconciler.platform.seed.samples import Collection, Sample


@pytest.fixture(scope="session")
def digit_images() -> Collection:
    return catalogue.DIGITS.collect()


@pytest.fixture(scope="session")
def digit_releases(digit_images: Collection) -> dict[str, Release]:
    line = catalogue.DIGITS.line
    return {recipe.version: releases.make(line, recipe, images=digit_images) for recipe in line.recipes}


@pytest.fixture(scope="session")
def scene_images() -> Collection:
    return catalogue.DIGIT_SCENES.collect()


@pytest.fixture(scope="session")
def scene_releases(scene_images: Collection) -> dict[str, Release]:
    line = catalogue.DIGIT_SCENES.line
    return {recipe.version: releases.make(line, recipe, images=scene_images) for recipe in line.recipes}


@pytest.fixture(scope="session")
def trained_stories(
    digit_images: Collection,
    scene_images: Collection,
    digit_releases: dict[str, Release],
    scene_releases: dict[str, Release],
) -> list[Story]:
    """The whole catalogue, where generating and training recall what this session has generated and trained."""
    return [
        _recalling(catalogue.DIGITS, digit_images, digit_releases),
        _recalling(catalogue.DIGIT_SCENES, scene_images, scene_releases),
    ]


def _recalling(story: Story, images: Collection, trained: Mapping[str, Release]) -> Story:
    recipes = tuple(_recall(recipe, trained[recipe.version].onnx) for recipe in story.line.recipes)
    return replace(story, collect=lambda: images, line=replace(story.line, recipes=recipes))


def _recall(recipe: Recipe, onnx: bytes) -> Recipe:
    def train(_samples: Sequence[Sample], _settings: Mapping[str, int | float]) -> bytes:
        return onnx

    return replace(recipe, train=train)
