"""Collections and trained models, made once for the whole session: they are pure and read-only."""

import pytest

from reconciler.platform.seed import catalogue, releases
from reconciler.platform.seed.releases import Release
from reconciler.platform.seed.samples import Collection


@pytest.fixture(scope="session")
def digit_images() -> Collection:
    return catalogue.DIGITS.collect()


@pytest.fixture(scope="session")
def digit_releases(digit_images: Collection) -> dict[str, Release]:
    line = catalogue.DIGITS.line
    return {recipe.version: releases.make(line, recipe, digit_images) for recipe in line.recipes}


@pytest.fixture(scope="session")
def scene_images() -> Collection:
    return catalogue.DIGIT_SCENES.collect()


@pytest.fixture(scope="session")
def scene_releases(scene_images: Collection) -> dict[str, Release]:
    line = catalogue.DIGIT_SCENES.line
    return {recipe.version: releases.make(line, recipe, scene_images) for recipe in line.recipes}
