"""Real images and what is measured on them, once for the whole session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from reconciler.platform.intake.measuring import measure
from reconciler.platform.monitoring.arrays import features_of, views_of
from reconciler.platform.seed import digits, scenes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.seed.samples import Collection
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

    @property
    def features(self) -> NDArray[np.float64]:
        """Features of all images, training and fresh alike."""
        return features_of([each.features for each in (*self.trained, *self.fresh)])


def measured(png: bytes) -> Measured:
    found = measure(png)
    assert found is not None
    return found


def _pictures(collection: Collection) -> Pictures:
    stream = [sample.png for sample in collection.stream][:MOST]
    trained = [measured(sample.png) for sample in collection.versions["2026-06"]][: 2 * MOST]
    return Pictures(trained, stream, [measured(png) for png in stream])


@pytest.fixture(scope="session")
def digit_pictures() -> Pictures:
    return _pictures(digits.collect())


@pytest.fixture(scope="session")
def scene_pictures() -> Pictures:
    return _pictures(scenes.collect())
