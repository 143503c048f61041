"""A sliding-window detector: scikit-learn learns what a window shows and where in it the digit's box lies.

The classifier knows ten digits and background; ridge regression gives the box. Backgrounds to learn from are partly
random and partly those that a small scout network mistakes for digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from reconciler.platform.seed import windows
from reconciler.platform.seed.windows import BACKGROUND

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.seed.samples import Sample

RANDOM_BACKGROUNDS: Final = 30
MISTAKEN_BACKGROUNDS: Final = 20
SCOUT: Final = {"hidden": 32, "epochs": 4}

Estimator = Any


@dataclass(frozen=True, slots=True)
class Examples:
    """Windows to learn from: what they look like, what they show, and the box within."""

    looks: NDArray[np.float32]
    shown: NDArray[np.int64]
    boxes: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Detector:
    """A fitted pair: a network with one hidden layer, and a ridge regression on that layer's output."""

    network: Estimator
    boxes: Estimator

    def probabilities(self, looks: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return windows x (digits, background) probabilities."""
        import numpy as np

        return np.asarray(self.network.predict_proba(looks))

    def relative_boxes(self, looks: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return windows x (top, left, bottom, right) in pixels from each window's origin."""
        import numpy as np

        return np.asarray(self.boxes.predict(hidden_layer(self.network, looks)))


def fit(samples: Sequence[Sample], *, hidden: int, epochs: int, seed: int) -> Detector:
    """Fit a detector on scenes, with exactly `epochs` passes over the chosen windows."""
    from sklearn.linear_model import Ridge

    first = _examples(samples, seed)
    scout = _fit_network(first, seed=seed, **SCOUT)
    whole = _with_mistaken(samples, first, scout)
    network = _fit_network(whole, seed=seed, hidden=hidden, epochs=epochs)
    digits = whole.shown != BACKGROUND
    ridge = Ridge(alpha=1.0).fit(hidden_layer(network, whole.looks[digits]), whole.boxes[digits])
    return Detector(network, ridge)


def hidden_layer(network: Estimator, looks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what the network's hidden layer answers (rectified)."""
    import numpy as np

    return np.asarray(np.maximum(looks @ network.coefs_[0] + network.intercepts_[0], 0), dtype=np.float32)


def _fit_network(examples: Examples, *, hidden: int, epochs: int, seed: int) -> Estimator:
    import numpy as np
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier((hidden,), alpha=1e-2, batch_size=64, random_state=np.random.RandomState(seed))
    # One call is one pass: the number of passes is chosen, not a limit that fit() would warn about.
    for _ in range(epochs):
        network.partial_fit(examples.looks, examples.shown, classes=range(BACKGROUND + 1))
    return network


def _examples(samples: Sequence[Sample], seed: int) -> Examples:
    """Choose every window that shows a digit, and some random backgrounds of each scene."""
    import numpy as np

    rng = np.random.default_rng(seed)
    chosen = []
    for sample in samples:
        shown, boxes = windows.assign(sample.shapes)
        background = rng.choice(np.flatnonzero(shown == BACKGROUND), RANDOM_BACKGROUNDS, replace=False)
        rows = np.concatenate([np.flatnonzero((shown >= 0) & (shown != BACKGROUND)), background])
        chosen.append(Examples(windows.windows(sample)[rows], shown[rows], boxes[rows]))
    return _join(chosen)


def _with_mistaken(samples: Sequence[Sample], examples: Examples, scout: Estimator) -> Examples:
    """Add the backgrounds of each scene that the scout is least sure about."""
    import numpy as np

    added = [examples]
    for sample in samples:
        shown, boxes = windows.assign(sample.shapes)
        rows = np.flatnonzero(shown == BACKGROUND)
        looks = windows.windows(sample)[rows]
        order = np.argsort(scout.predict_proba(looks)[:, BACKGROUND], kind="stable")[:MISTAKEN_BACKGROUNDS]
        added.append(Examples(looks[order], shown[rows][order], boxes[rows][order]))
    return _join(added)


def _join(parts: Sequence[Examples]) -> Examples:
    import numpy as np

    return Examples(
        np.concatenate([part.looks for part in parts]),
        np.concatenate([part.shown for part in parts]),
        np.concatenate([part.boxes for part in parts]),
    )
