"""Fitting a sliding-window detector: scikit-learn learns what a window shows and where in it the object's box lies.

A network knows the classes and the background; ridge regression gives the box. Backgrounds to learn from are partly
random and partly those that a small scout network mistakes for objects.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from reconciler.platform.training.estimators import fit_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.training.estimators import Estimator, Progress
    from reconciler.platform.training.knobs import Knobs
    from reconciler.platform.training.windows import Edges, Grid

RANDOM_BACKGROUNDS: Final = 30
MISTAKEN_BACKGROUNDS: Final = 20
# Hidden neurons and passes of the scout.
_SCOUT: Final = (32, 4)


@dataclass(frozen=True)
class Fitted:
    """A network with one hidden layer, and a ridge regression on that layer's output."""

    network: Estimator
    boxes: Estimator


@dataclass(frozen=True)
class Scene:
    """One image as the grid sees it: the windows' looks, what each shows, the boxes within."""

    looks: NDArray[np.float32]
    shown: NDArray[np.int64]
    boxes: NDArray[np.float32]

    @classmethod
    def of(cls, pixels: NDArray[np.uint8], truth: Sequence[tuple[int, Edges]], grid: Grid) -> Scene:
        """Look at an image of the model's size (height x width), of which is known what it shows."""
        shown, boxes = grid.assign(truth)
        return cls(grid.looks(pixels), shown, boxes)

    def some(self, rows: NDArray[np.int64]) -> Scene:
        """Return some of the windows."""
        return Scene(self.looks[rows], self.shown[rows], self.boxes[rows])


def fit(scenes: Sequence[Scene], *, background: int, knobs: Knobs, tell: Progress) -> Fitted:
    """Fit a detector with exactly `knobs.epochs` passes over the chosen windows; the scout's are told as number 0."""
    import numpy as np
    from sklearn.linear_model import Ridge

    classes = background + 1
    first = _chosen(scenes, background, knobs.seed)
    hidden, epochs = _SCOUT
    small = replace(knobs, hidden=hidden, epochs=epochs)
    scout = fit_network(first.looks, first.shown, count=classes, knobs=small, tell=lambda _, net: tell(0, net))
    whole = _joined([first, *(_mistaken(scene, scout, background) for scene in scenes)])
    network = fit_network(whole.looks, whole.shown, count=classes, knobs=knobs, tell=tell)
    objects = whole.shown != background
    layer = np.maximum(whole.looks[objects] @ network.coefs_[0] + network.intercepts_[0], 0)
    return Fitted(network, Ridge(alpha=1.0).fit(layer, whole.boxes[objects]))


def _chosen(scenes: Sequence[Scene], background: int, seed: int) -> Scene:
    """Choose every window that shows an object, and some random backgrounds of each image."""
    import numpy as np

    rng = np.random.default_rng(seed)
    parts = []
    for scene in scenes:
        empty = np.flatnonzero(scene.shown == background)
        some = rng.choice(empty, min(RANDOM_BACKGROUNDS, len(empty)), replace=False)
        parts.append(
            scene.some(np.concatenate([np.flatnonzero((scene.shown >= 0) & (scene.shown < background)), some]))
        )
    return _joined(parts)


def _mistaken(scene: Scene, scout: Estimator, background: int) -> Scene:
    """Choose the backgrounds that the scout is least sure about."""
    import numpy as np

    empty = np.flatnonzero(scene.shown == background)
    if not len(empty):
        return scene.some(empty)
    order = np.argsort(scout.predict_proba(scene.looks[empty])[:, background], kind="stable")
    return scene.some(empty[order[:MISTAKEN_BACKGROUNDS]])


def _joined(parts: Sequence[Scene]) -> Scene:
    import numpy as np

    return Scene(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("looks", "shown", "boxes")))
