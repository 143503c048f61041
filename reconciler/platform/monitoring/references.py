"""The reference of a deployment: a sample of the training images' features, and the outlier model fitted on them.

Both are kept in one npz file: `features` (images x features, at most `drift.SAMPLE` images, drawn evenly) and the
arrays of the outlier model. The summary that is reported beside it tells how many images could be read, and mean and
deviation over them of each feature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciler.platform.intake import outliers
from reconciler.platform.intake.measuring import FEATURES
from reconciler.platform.intake.outliers import OutlierModel
from reconciler.platform.monitoring import drift
from reconciler.platform.monitoring.arrays import features_of, views_of
from reconciler.platform.store.measurements import Measured

_FEATURES = "features"
# The most images that the outlier model is fitted on: they are in memory together.
MOST_FITTED = 10_000


@dataclass(frozen=True)
class Reference:
    """What production is compared with."""

    features: NDArray[np.float64]
    outliers: OutlierModel

    @property
    def columns(self) -> Mapping[str, NDArray[np.float64]]:
        """The values of each feature, by name."""
        return dict(zip(FEATURES, self.features.T, strict=True))


def compute(measured: Sequence[Measured]) -> Reference:
    """Return the reference that these training images make; at least one is needed."""
    features = features_of([each.features for each in measured])
    views = views_of([measured[index].view for index in _evenly(len(measured), MOST_FITTED)])
    return Reference(features[_evenly(len(features), drift.SAMPLE)], outliers.fit(views))


def summarize(measured: Sequence[Measured]) -> dict[str, object]:
    """Return mean and standard deviation, over images, of each feature."""
    features = features_of([each.features for each in measured])
    spread = {
        name: {"mean": float(values.mean()), "deviation": float(values.std())}
        for name, values in zip(FEATURES, features.T, strict=True)
    }
    return {"images": len(measured), **spread}


def to_bytes(reference: Reference) -> bytes:
    """Return a reference as a file."""
    return outliers.pack({_FEATURES: reference.features, **reference.outliers.to_npz()})


def from_bytes(content: bytes) -> Reference:
    """Return the reference that a file of ours holds."""
    arrays = outliers.unpack(content)
    return Reference(arrays.pop(_FEATURES), outliers.from_npz(arrays))


def _evenly(count: int, most: int) -> NDArray[np.int64]:
    """Return at most so many of the indices below `count`, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))
