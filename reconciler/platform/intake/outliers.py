"""The outlier score: how badly an auto-encoder that knows the training images reproduces an image.

The auto-encoder is linear, fitted by principal components on the views of the training images (see
`intake.measuring`), each value of a view measured in standard deviations of the training data. Its code is limited to
the range that the training images reach, so that it cannot reproduce what lies far out along a component either.

    score(image) = mean over the view's values of (standardised view - decode(clip(encode(standardised view))))²

where the mean gives each block of the view the same weight, however many values it has. A higher score is stranger.
Scores have no unit and no upper end. An image is an outlier when its score is above the cut-off, the score that
`OUTLIER_SHARE` of the training images are assumed to exceed. The cut-off is taken on every fourth training image, on
which the auto-encoder is not fitted: it knows its own images better than any other. Fitting is deterministic.
"""

import io
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from reconciler.platform.intake.measuring import BLOCKS

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[np.float64]

# The share of training images assumed to be outliers themselves.
OUTLIER_SHARE: Final = 0.01
# The share of the variance that the code keeps, and the most components it may have.
KEPT_VARIANCE: Final = 0.9
MOST_COMPONENTS: Final = 64
# The least deviation of a view's value (0..1): what never varies in training data must not blow up rounding.
LEAST_DEVIATION: Final = 0.02
# One image in so many is held out to take the cut-off on; with fewer images than `FEWEST` none is.
HELD_OUT: Final = 4
FEWEST: Final = 20
_CODE_MARGIN: Final = 0.1
# Squared and summed over a view, they make the mean in which each block has the same weight.
_WEIGHTS: Final = np.concatenate([np.full(size, (size * len(BLOCKS)) ** -0.5) for size in BLOCKS])


@dataclass(frozen=True)
class OutlierModel:
    """A fitted auto-encoder: the standardisation, the components (rows), the code's range, and the cut-off."""

    mean: Array
    deviation: Array
    components: Array
    lowest: Array
    highest: Array
    cutoff: float

    def scores(self, views: Array) -> Array:
        """Return the score of each view (images x view, values 0..1)."""
        standardised = (views - self.mean) / self.deviation * _WEIGHTS
        code = np.clip(standardised @ self.components.T, self.lowest, self.highest)
        return np.asarray(np.square(standardised - code @ self.components).sum(axis=1))

    def to_npz(self) -> dict[str, Array]:
        """Return the model as named arrays."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}


def from_npz(arrays: dict[str, Array]) -> OutlierModel:
    """Return the model that `to_npz` gave."""
    return OutlierModel(
        mean=arrays["mean"],
        deviation=arrays["deviation"],
        components=arrays["components"],
        lowest=arrays["lowest"],
        highest=arrays["highest"],
        cutoff=float(arrays["cutoff"]),
    )


def fit(views: Array) -> OutlierModel:
    """Fit an auto-encoder on at least one view; the same views in the same order give the same model."""
    held_out = np.arange(len(views)) % HELD_OUT == HELD_OUT - 1
    if len(views) < FEWEST:
        held_out[:] = False
    model = _fit(views[~held_out])
    judged = model.scores(views[held_out] if held_out.any() else views)
    return replace(model, cutoff=float(np.quantile(judged, 1 - OUTLIER_SHARE)))


def _fit(views: Array) -> OutlierModel:
    mean, deviation = views.mean(axis=0), np.maximum(views.std(axis=0), LEAST_DEVIATION)
    standardised = (views - mean) / deviation * _WEIGHTS
    components = _components(standardised)
    code = standardised @ components.T
    margin = (code.max(axis=0) - code.min(axis=0)) * _CODE_MARGIN
    lowest, highest = code.min(axis=0) - margin, code.max(axis=0) + margin
    return OutlierModel(mean, deviation, components, lowest, highest, 0.0)


def _components(standardised: Array) -> Array:
    """Return the directions that carry `KEPT_VARIANCE` of the variance, strongest first, as rows."""
    # Of both Gram matrices, which share their spectrum, the smaller one is far quicker to take apart.
    many, long = standardised.shape
    strengths, vectors = np.linalg.eigh(standardised.T @ standardised if many > long else standardised @ standardised.T)
    strengths, vectors = np.maximum(strengths[::-1], 0.0), vectors[:, ::-1]
    total = float(strengths.sum())
    if total == 0.0:
        return np.asarray(standardised[:0])
    # A code as long as the number of images would reproduce each of them.
    most = min(MOST_COMPONENTS, max(len(standardised) // 4, 1))
    kept = min(int(np.searchsorted(np.cumsum(strengths) / total, KEPT_VARIANCE)) + 1, most)
    directions = vectors[:, :kept].T if many > long else vectors[:, :kept].T @ standardised
    return np.asarray(directions / np.linalg.norm(directions, axis=1, keepdims=True))


def pack(arrays: dict[str, Array]) -> bytes:
    """Return named arrays as the bytes of a compressed npz file."""
    buffer = io.BytesIO()
    # Declared with keywords of its own, which names of arrays are not.
    save: Callable[..., None] = np.savez_compressed
    save(buffer, **arrays)
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, Array]:
    """Return the named arrays of an npz file of ours."""
    with np.load(io.BytesIO(content), allow_pickle=False) as loaded:
        return {name: loaded[name] for name in loaded.files}
