"""The built-in trainer of classifiers: scikit-learn learns from averaged cells, the graph averages by itself.

An image is scaled to the model's size, greyed and cut into 8 x 8 cells of equal size; the model sees each cell's mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from reconciler.platform.inference.contract import ClassScores, Contract, ImageInput
from reconciler.platform.training.assignment import Refused, Trained
from reconciler.platform.training.knobs import Knobs, knobs_of
from reconciler.platform.training.pixels import to_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from onnx import GraphProto, ModelProto

    from reconciler.platform.training.assignment import Assignment, Example

CELLS: Final = 8
OPSET: Final = 17
ML_OPSET: Final = 3
ROW: Final = "cells"
# How far, in logits, a class that was never seen stays below the others.
_NEVER: Final = 30.0

# scikit-learn ships no types; an estimator is whatever offers predict and predict_proba.
Estimator = Any


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
    return Trained(_export(fitted, contract), contract.parameters(), metrics, algorithm)


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
        batch = to_batch((example.path.read_bytes() for example, _ in known), contract.input)
        high, wide = contract.input.height // CELLS, contract.input.width // CELLS
        cells = batch.reshape(len(known), CELLS, high, CELLS, wide).mean(axis=(2, 4))
        return cls(cells.reshape(len(known), -1), [place for _, place in known])

    def accuracy(self, fitted: Estimator) -> float:
        """Return the fraction of images that are told right."""
        return float((fitted.predict(self.rows) == self.classes).mean())


def _sides(assignment: Assignment) -> tuple[int, int]:
    """Return the model's image size, made of whole cells."""
    height, width = (max(CELLS, side - side % CELLS) for side in (assignment.height, assignment.width))
    return height, width


def _fit(seen: _Table, unseen: _Table, *, assignment: Assignment, knobs: Knobs) -> tuple[Estimator, str]:
    if knobs.inverse_penalty is not None:
        return _fit_linear(seen, unseen, assignment=assignment, knobs=knobs), "Logistic regression"
    return _fit_network(seen, unseen, assignment=assignment, knobs=knobs), "Network with one hidden layer"


def _fit_linear(seen: _Table, unseen: _Table, *, assignment: Assignment, knobs: Knobs) -> Estimator:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=knobs.inverse_penalty, max_iter=2000).fit(seen.rows, seen.classes)
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
    import numpy as np
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        (knobs.hidden,),
        alpha=knobs.penalty,
        batch_size=min(knobs.batch_size, len(seen.classes)),
        learning_rate_init=knobs.learning_rate,
        random_state=np.random.RandomState(knobs.seed),
    )
    # One call is one pass: the number of passes is chosen, not a limit that fit() would warn about.
    for epoch in range(1, knobs.epochs + 1):
        network.partial_fit(seen.rows, seen.classes, classes=range(len(assignment.labels)))
        assignment.progress(epoch, {"loss": float(network.loss_), "accuracy": unseen.accuracy(network)})
    return network


def _export(fitted: Estimator, contract: Contract) -> bytes:
    """Write the estimator, with the averaging in front of it, as a file that explains itself."""
    import onnx
    from onnx import helper

    core = _convert(fitted)
    # skl2onnx may list a domain twice, which the checker refuses.
    opsets = {each.domain: each.version for each in core.opset_import}
    model = helper.make_model(
        _graph(core, contract, width=len(fitted.classes_)),
        producer_name="reconciler",
        ir_version=core.ir_version,
        opset_imports=[helper.make_opsetid(*each) for each in sorted(opsets.items())],
    )
    contract.engrave(model)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _graph(core: ModelProto, contract: Contract, *, width: int) -> GraphProto:
    from onnx import TensorProto, helper

    image, high, wide = contract.input, contract.input.height // CELLS, contract.input.width // CELLS
    nodes = [
        helper.make_node("AveragePool", [image.name], ["cells_2d"], kernel_shape=[high, wide], strides=[high, wide]),
        helper.make_node("Flatten", ["cells_2d"], [ROW], axis=1),
        *core.graph.node,
    ]
    takes = helper.make_tensor_value_info(image.name, TensorProto.FLOAT, ["batch", 1, image.height, image.width])
    gives = [
        helper.make_tensor_value_info("label", TensorProto.INT64, ["batch"]),
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", width]),
    ]
    return helper.make_graph(nodes, "classifier", [takes], gives, core.graph.initializer)


def _convert(fitted: Estimator) -> ModelProto:
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    return cast(
        "ModelProto",
        to_onnx(
            fitted,
            initial_types=[(ROW, FloatTensorType([None, CELLS * CELLS]))],
            options={"zipmap": False},
            target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
        ),
    )
