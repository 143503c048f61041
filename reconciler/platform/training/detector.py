"""The built-in trainer of detectors: scikit-learn learns what a window shows and where in it the object's box lies.

A network knows the classes and the background; ridge regression gives the box. Backgrounds to learn from are partly
random and partly those that a small scout network mistakes for objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from reconciler.platform.inference.contract import Contract, DetectedBoxes, ImageInput
from reconciler.platform.training import detector_graph, windows
from reconciler.platform.training.assignment import Found, Refused, Seen, Trained
from reconciler.platform.training.knobs import Knobs, knobs_of
from reconciler.platform.training.pixels import decode_gray, to_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.training.assignment import Assignment, Example
    from reconciler.platform.training.windows import Edges, Grid

RANDOM_BACKGROUNDS: Final = 30
MISTAKEN_BACKGROUNDS: Final = 20
_SCOUT: Final = {"hidden": 32, "epochs": 4}

# scikit-learn ships no types.
Estimator = Any


@dataclass(frozen=True)
class Fitted:
    """A network with one hidden layer, and a ridge regression on that layer's output."""

    network: Estimator
    boxes: Estimator


@dataclass(frozen=True)
class _Scene:
    """One image as the grid sees it: the windows' looks, what each shows, the boxes within."""

    looks: NDArray[np.float32]
    shown: NDArray[np.int64]
    boxes: NDArray[np.float32]

    def some(self, rows: NDArray[np.int64]) -> _Scene:
        return _Scene(self.looks[rows], self.shown[rows], self.boxes[rows])


def train(assignment: Assignment) -> Trained:
    """Train a detector.

    Raises:
        Refused: when no image is annotated with a box of a class the model knows.
    """
    from threadpoolctl import threadpool_limits

    knobs = knobs_of(assignment.parameters)
    contract = Contract(ImageInput(assignment.height, assignment.width, batch=1), DetectedBoxes(), assignment.labels)
    seen, unseen = assignment.parts()
    grid = _grid(seen, contract)
    # The order of a sum depends on the number of threads, and a model file must not.
    with threadpool_limits(limits=1):
        fitted = _fit([_scene(example, grid, contract) for example in seen], assignment=assignment, knobs=knobs)
    model = detector_graph.to_onnx(fitted.network, fitted.boxes, grid=grid, contract=contract)
    answers = _answers(model, unseen, contract)
    return Trained(model, contract.parameters(), {}, "Sliding window with one hidden layer", answers)


def _grid(examples: Sequence[Example], contract: Contract) -> Grid:
    boxes = [edges for example in examples for _, edges in _truth(example, contract)]
    if not boxes:
        raise Refused("None of the images is annotated with a box of one of the model's classes.")
    sizes = [max(bottom - top, right - left) for top, left, bottom, right in boxes]
    return windows.fitting(contract.input.height, contract.input.width, sizes, len(contract.labels))


def _truth(example: Example, contract: Contract) -> list[tuple[int, Edges]]:
    """Return the boxes of known classes in pixels of the model's input."""
    down = contract.input.height / max(1, example.height)
    across = contract.input.width / max(1, example.width)
    places = {label: place for place, label in enumerate(contract.labels)}
    return [
        (places[label], (box[1] * down, box[0] * across, (box[1] + box[3]) * down, (box[0] + box[2]) * across))
        for label, box in example.truth
        if box is not None and label in places
    ]


def _scene(example: Example, grid: Grid, contract: Contract) -> _Scene:
    size = (contract.input.width, contract.input.height)
    shown, boxes = grid.assign(_truth(example, contract))
    return _Scene(grid.looks(decode_gray(example.path.read_bytes(), size)), shown, boxes)


def _fit(scenes: Sequence[_Scene], *, assignment: Assignment, knobs: Knobs) -> Fitted:
    import numpy as np
    from sklearn.linear_model import Ridge

    classes = len(assignment.labels)
    first = _chosen(scenes, classes, knobs.seed)
    scout = _network(first, Knobs(seed=knobs.seed, **_SCOUT), classes, lambda _epoch, _loss: assignment.progress(0, {}))
    whole = _joined([first, *(_mistaken(scene, scout, classes) for scene in scenes)])
    network = _network(whole, knobs, classes, lambda epoch, loss: assignment.progress(epoch, {"loss": loss}))
    objects = whole.shown != classes
    hidden = np.maximum(whole.looks[objects] @ network.coefs_[0] + network.intercepts_[0], 0)
    return Fitted(network, Ridge(alpha=1.0).fit(hidden, whole.boxes[objects]))


def _network(seen: _Scene, knobs: Knobs, classes: int, progress: Callable[[int, float], None]) -> Estimator:
    import numpy as np
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        (knobs.hidden,),
        alpha=knobs.penalty,
        batch_size=min(knobs.batch_size, len(seen.shown)),
        learning_rate_init=knobs.learning_rate,
        random_state=np.random.RandomState(knobs.seed),
    )
    # One call is one pass: the number of passes is chosen, not a limit that fit() would warn about.
    for epoch in range(1, knobs.epochs + 1):
        network.partial_fit(seen.looks, seen.shown, classes=range(classes + 1))
        progress(epoch, float(network.loss_))
    return network


def _chosen(scenes: Sequence[_Scene], background: int, seed: int) -> _Scene:
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


def _mistaken(scene: _Scene, scout: Estimator, background: int) -> _Scene:
    """Choose the backgrounds that the scout is least sure about."""
    import numpy as np

    empty = np.flatnonzero(scene.shown == background)
    if not len(empty):
        return scene.some(empty)
    order = np.argsort(scout.predict_proba(scene.looks[empty])[:, background], kind="stable")
    return scene.some(empty[order[:MISTAKEN_BACKGROUNDS]])


def _joined(parts: Sequence[_Scene]) -> _Scene:
    import numpy as np

    return _Scene(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("looks", "shown", "boxes")))


def _answers(model: bytes, unseen: Sequence[Example], contract: Contract) -> list[Seen]:
    """Run the exported model on images it never saw."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    answers = []
    for example in unseen:
        batch = to_batch([example.path.read_bytes()], contract.input)
        boxes, classes, scores = session.run(["boxes", "classes", "scores"], {contract.input.name: batch})
        rows = zip(classes.tolist(), scores.tolist(), boxes.tolist(), strict=True)
        found = [Found(contract.labels[place], score, tuple(edges)) for place, score, edges in rows]
        truth = [(contract.labels[place], edges) for place, edges in _truth(example, contract)]
        answers.append(Seen(truth, found))
    return answers
