"""Real images and what is measured on them, once for the whole session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from reconciler.platform.intake import outliers
from reconciler.platform.intake.measuring import measure
from reconciler.platform.monitoring.arrays import features_of, views_of
from reconciler.platform.seed import digits, scenes
from tests.platform.monitoring_stats import interleaved

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.intake.outliers import OutlierModel
    from reconciler.platform.seed.samples import Sample
    from reconciler.platform.store.measurements import Measured

MOST = 240


@dataclass(frozen=True)
class Pictures:
    """One dataset's training images and images that no dataset version holds, with what is measured on them."""

    trained: list[Measured]
    stream: list[bytes]
    fresh: list[Measured]

    @property
    def trained_views(self) -> NDArray[np.float64]:
        return views_of([each.view for each in self.trained])

    @property
    def fresh_views(self) -> NDArray[np.float64]:
        return views_of([each.view for each in self.fresh])

    @cached_property
    def model(self) -> OutlierModel:
        """The outlier model of the training images."""
        return outliers.fit(self.trained_views)

    @property
    def features(self) -> NDArray[np.float64]:
        """Features of all images, training and fresh alike."""
        return features_of([each.features for each in (*self.trained, *self.fresh)])


def measured(png: bytes) -> Measured:
    found = measure(png)
    assert found is not None
    return found


def _pictures(trained: list[bytes], stream: list[bytes]) -> Pictures:
    known = [measured(png) for png in trained[: 2 * MOST]]
    return Pictures(known, stream[:MOST], [measured(png) for png in stream[:MOST]])


def _pngs(samples: Iterable[Sample]) -> list[bytes]:
    return [sample.png for sample in samples]


@pytest.fixture(scope="session")
def digit_pictures() -> Pictures:
    collection = digits.collect()
    return _pictures(_pngs(collection.versions["2026-06"]), _pngs(collection.stream))


@pytest.fixture(scope="session")
def unseen_digit_pictures(digit_pictures: Pictures) -> Pictures:
    """The same training images, and clean ones that no score was looked at for while the outlier model was made."""
    stream = _pngs(digits.collect().versions["holdout"])[: MOST // 2]
    return replace(digit_pictures, stream=stream, fresh=[measured(png) for png in stream])


@pytest.fixture(scope="session")
def scene_pictures() -> Pictures:
    """Scenes whose training images show one half of the photographs and whose clean images show the other."""
    collection = scenes.collect()
    return _pictures(_pngs(collection.versions["2026-06"]), _pngs(collection.stream))


@pytest.fixture(scope="session")
def interleaved_pictures() -> Pictures:
    """Scenes whose training images and clean images lie interleaved over the photographs."""
    return _pictures(interleaved.training_scenes(1), interleaved.clean_scenes(1))
