"""The outlier score: how badly an auto-encoder that knows the training images reproduces an image.

The auto-encoder is linear, fitted by principal components on the views of the training images (see
`intake.viewing`), each value of a view measured in standard deviations of the training data; each block of the view has
components of its own. Its code is limited to the range that the training images reach, so that it cannot reproduce what
lies far out along a component either. Of the view's four blocks the third is passed over: the fourth tells as much.

    error(image, block) = mean over the block of (standardised view - decode(clip(encode(standardised view))))²
    strangeness(image, block) = (log error - usual) / spread
    score(image) = log(1 + sum over the blocks of exp(strangeness))

`usual` and `spread` are mean and standard deviation of the block's log error on training images that the auto-encoder
was not fitted on: what is hard to reproduce counts for less than what is always reproduced alike. A higher score is
stranger. Scores have no unit and no upper end.

A model that was fitted before views had a fourth block looks at the first three, and judges later images by them. It is
the other way round that cannot be: an image from that time is not scored by a later model.

An image is an outlier when its score is above the cut-off, which `OUTLIER_SHARE` of unseen images like the training
images exceed. An auto-encoder knows its own images better than any other, so nothing is taken from errors on them: the
training images are dealt to `FOLDS` folds, and each is judged by a fit on the others (cross-conformal prediction; Vovk,
"Cross-conformal predictors", 2015). Of images unlike the training images more are outliers. Fitting is deterministic.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from reconciler.platform.intake import viewing
from reconciler.platform.intake.viewing import BLOCKS

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[np.float64]

# The share of unseen images, like the training images, that are called outliers.
OUTLIER_SHARE: Final = 0.05
# The share of the variance that the code keeps, and the most components it may have.
KEPT_VARIANCE: Final = 0.9
MOST_COMPONENTS: Final = 64
# The least deviation of a view's value (shares, octaves): what never varies in training data must not blow up rounding.
LEAST_DEVIATION: Final = 0.02
# Of how many parts of the training images each is judged by a fit on the others; fewer images than `FEWEST` judge
# themselves.
FOLDS: Final = 5
FEWEST: Final = 20
# Errors below are rounding, and blocks that vary less are taken to vary this much (in natural logarithms).
_LEAST_ERROR: Final = 1e-6
_LEAST_SPREAD: Final = 0.1
_CODE_MARGIN: Final = 0.1


@dataclass(frozen=True)
class _Gaze:
    """The values of a view that a model looks at, block by block.

    `weights`, squared and summed over a block, make its mean; `starts` and `ends` tell blocks among the values seen.
    """

    columns: NDArray[np.intp]
    weights: Array
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]


def _gaze(*blocks: int) -> _Gaze:
    first = np.cumsum([0, *BLOCKS])
    sizes = np.asarray([BLOCKS[block] for block in blocks])
    columns = np.concatenate([np.arange(first[block], first[block + 1]) for block in blocks])
    ends = np.cumsum(sizes)
    return _Gaze(columns, np.concatenate([np.full(size, size**-0.5) for size in sizes]), ends - sizes, ends)


_GAZE: Final = _gaze(0, 1, 3)
# Of models fitted before there was a fourth block.
_EARLIER: Final = _gaze(0, 1, 2)


@dataclass(frozen=True)
class OutlierModel:
    """A fitted auto-encoder: standardisation, components (rows), range of the code; what is usual; the cut-off."""

    mean: Array
    deviation: Array
    components: Array
    lowest: Array
    highest: Array
    usual: Array
    spread: Array
    cutoff: float

    def scores(self, views: Array) -> Array:
        """Return the score of each view (images x values, as `intake.viewing.table` tells them)."""
        return self._scores(self.errors(views))

    def told(self, packed: Sequence[bytes]) -> list[float | None]:
        """Return the score of each packed view, or None for those that lack blocks that the model looks at."""
        found: list[float | None] = [None] * len(packed)
        for size in {len(each) for each in packed}:
            alike = [index for index, each in enumerate(packed) if len(each) == size]
            views = viewing.table([packed[index] for index in alike])
            if views.shape[1] > self._gaze.columns[-1]:
                for index, score in zip(alike, self.scores(views).tolist(), strict=True):
                    found[index] = score
        return found

    def errors(self, views: Array) -> Array:
        """Return the logarithm of the error of each block of each view (images x blocks)."""
        gaze = self._gaze
        standardised = (views[:, gaze.columns] - self.mean) / self.deviation * gaze.weights
        code = np.clip(standardised @ self.components.T, self.lowest, self.highest)
        squares = np.square(standardised - code @ self.components)
        return np.log(np.add.reduceat(squares, gaze.starts, axis=1) + _LEAST_ERROR)

    def calibrated(self, unseen: Array) -> "OutlierModel":
        """Return the model that takes these errors for those of unseen images like the training images."""
        spread = np.maximum(unseen.std(axis=0), _LEAST_SPREAD)
        model = replace(self, usual=unseen.mean(axis=0), spread=spread)
        return replace(model, cutoff=_exceeded(model._scores(unseen), OUTLIER_SHARE))

    @property
    def _gaze(self) -> _Gaze:
        return _GAZE if len(self.mean) == len(_GAZE.columns) else _EARLIER

    def _scores(self, errors: Array) -> Array:
        strangeness = (errors - self.usual) / self.spread
        return np.asarray(np.logaddexp(0.0, np.logaddexp.reduce(strangeness, axis=1)))

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
        usual=arrays["usual"],
        spread=arrays["spread"],
        cutoff=float(arrays["cutoff"]),
    )


def fit(views: Array) -> OutlierModel:
    """Fit an auto-encoder on at least one view; the same views in the same order give the same model."""
    model = _fit(views)
    return model.calibrated(_unseen(views) if len(views) >= FEWEST else model.errors(views))


def _unseen(views: Array) -> Array:
    """Return the errors of each view, judged by a fit on the folds that it is not in."""
    fold = np.arange(len(views)) % FOLDS
    errors = np.empty((len(views), len(_GAZE.starts)))
    for number in range(FOLDS):
        errors[fold == number] = _fit(views[fold != number]).errors(views[fold == number])
    return errors


def _exceeded(scores: Array, share: float) -> float:
    """Return the score that one more of the same kind exceeds with at most that probability, where there are enough."""
    rank = min(int(np.ceil((len(scores) + 1) * (1 - share))), len(scores))
    return float(np.sort(scores)[rank - 1])


def _fit(views: Array) -> OutlierModel:
    seen = views[:, _GAZE.columns]
    mean, deviation = seen.mean(axis=0), np.maximum(seen.std(axis=0), LEAST_DEVIATION)
    standardised = (seen - mean) / deviation * _GAZE.weights
    components = _block_by_block(standardised)
    code = standardised @ components.T
    margin = (code.max(axis=0) - code.min(axis=0)) * _CODE_MARGIN
    lowest, highest = code.min(axis=0) - margin, code.max(axis=0) + margin
    plain = np.zeros(len(_GAZE.starts))
    return OutlierModel(mean, deviation, components, lowest, highest, plain, plain + 1.0, 0.0)


def _block_by_block(standardised: Array) -> Array:
    """Return the components of each block on its own, as rows over all values that are looked at."""
    values = standardised.shape[1]
    rows = [
        np.pad(_components(standardised[:, start:end]), ((0, 0), (start, values - end)))
        for start, end in zip(_GAZE.starts, _GAZE.ends, strict=True)
    ]
    return np.concatenate(rows)


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
