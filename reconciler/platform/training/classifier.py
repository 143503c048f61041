"""The built-in trainer of classifiers: scikit-learn learns from averaged cells, the graph averages by itself.

An image is scaled to the model's size, greyed and cut into 8 x 8 cells of equal size; the model sees each cell's mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.platform.inference.contract import ClassScores, Contract, ImageInput
from reconciler.platform.training.assignment import Refused, Trained
from reconciler.platform.training.classifier_graph import CELLS, rows_of, to_onnx
from reconciler.platform.training.estimators import fit_linear, fit_network
from reconciler.platform.training.knobs import Knobs, knobs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.training.assignment import Assignment, Example
    from reconciler.platform.training.estimators import Estimator

# How far, in logits, a class that was never seen stays below the others.
_NEVER: Final = 30.0


def train(assignment: Assignment) -> Trained:
    """Train a classifier.

    Raises:
        Refused: when the images cannot teach it: none annotated with a class, or a single class.
    """
    from threadpoolctl import threadpool_limits

    knobs = knobs_of(assignment.parameters)
    contract = Contract(ImageInput(*_sides(assignment)), ClassScores(), assignment.labels)
    seen, unseen = (_Table.of(part, contract) for part in assignment.parts())
    if len(set(seen.classes)) < 2:
        raise Refused(f"A classifier needs images of two classes at least; all {len(seen.classes)} are of one.")
    # The order of a sum depends on the number of threads, and a model file must not.
    with threadpool_limits(limits=1):
        fitted, algorithm = _fit(seen, unseen, assignment=assignment, knobs=knobs)
    metrics = {"accuracy": unseen.accuracy(fitted), "train_accuracy": seen.accuracy(fitted)}
    return Trained(to_onnx(fitted, contract), contract.parameters(), metrics, algorithm)


class _Table:
    """Images as rows of cells, with the place of each one's class among the labels."""

    def __init__(self, rows: NDArray[np.float32], classes: list[int]) -> None:
        self.rows = rows
        self.classes = classes

    @classmethod
    def of(cls, examples: Sequence[Example], contract: Contract) -> _Table:
        """Read the images that are annotated with a class the model knows."""
        places = {label: place for place, label in enumerate(contract.labels)}
        known = [(example, places[example.label]) for example in examples if example.label in places]
        if not known:
            raise Refused("None of the images is annotated with one of the model's classes.")
        rows = rows_of([example.path.read_bytes() for example, _ in known], contract.input)
        return cls(rows, [place for _, place in known])

    def accuracy(self, fitted: Estimator) -> float:
        """Return the fraction of images that are told right."""
        return float((fitted.predict(self.rows) == self.classes).mean())


def _sides(assignment: Assignment) -> tuple[int, int]:
    """Return the model's image size, made of whole cells."""
    height, width = (max(CELLS, side - side % CELLS) for side in (assignment.height, assignment.width))
    return height, width


def _fit(seen: _Table, unseen: _Table, *, assignment: Assignment, knobs: Knobs) -> tuple[Estimator, str]:
    if knobs.inverse_penalty is not None:
        fitted = _fit_linear(seen, unseen, assignment=assignment, inverse_penalty=knobs.inverse_penalty)
        return fitted, "Logistic regression"
    return _fit_network(seen, unseen, assignment=assignment, knobs=knobs), "Network with one hidden layer"


def _fit_linear(seen: _Table, unseen: _Table, *, assignment: Assignment, inverse_penalty: float) -> Estimator:
    fitted = fit_linear(seen.rows, seen.classes, inverse_penalty=inverse_penalty)
    _widen(fitted, len(assignment.labels))
    assignment.progress(1, {"accuracy": unseen.accuracy(fitted)})
    return fitted


def _widen(fitted: Estimator, count: int) -> None:
    """Let a regression answer for every label, also for those that no image showed: practically never."""
    import numpy as np

    if len(fitted.classes_) == count:
        return
    slopes, biases = fitted.coef_, fitted.intercept_
    if len(fitted.classes_) == 2:
        # Two classes share one row, and a softmax over half of it each way says the same.
        slopes, biases = np.concatenate([-slopes, slopes]) / 2, np.concatenate([-biases, biases]) / 2
    widened, floor = np.zeros((count, slopes.shape[1])), np.full(count, biases.min() - _NEVER)
    widened[fitted.classes_], floor[fitted.classes_] = slopes, biases
    fitted.coef_, fitted.intercept_, fitted.classes_ = widened, floor, np.arange(count)


def _fit_network(seen: _Table, unseen: _Table, *, assignment: Assignment, knobs: Knobs) -> Estimator:
    def tell(epoch: int, network: Estimator) -> None:
        assignment.progress(epoch, {"loss": float(network.loss_), "accuracy": unseen.accuracy(network)})

    return fit_network(seen.rows, seen.classes, count=len(assignment.labels), knobs=knobs, tell=tell)
