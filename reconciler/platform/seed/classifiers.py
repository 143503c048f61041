"""Two ways to learn digits, both scikit-learn's: a linear model and a small network; and their journey to ONNX.

The exported graph takes the whole 64 x 64 image: it averages each 8 x 8 block back to the cell it came from, so
that a server needs no knowledge beyond the declared input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from reconciler.platform.inference.contract import ClassScores, Contract, ImageInput
from reconciler.platform.seed.digits import BLOCK, CELLS, LABELS, SIDE
from reconciler.platform.seed.inference import probabilities
from reconciler.platform.training.pixels import to_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from onnx import GraphProto, ModelProto, NodeProto

    from reconciler.platform.seed.releases import Metrics
    from reconciler.platform.seed.samples import Sample

OPSET: Final = 17
ML_OPSET: Final = 3
CELL_ROW: Final = "cells"
CLASS_SCORES: Final = ClassScores()
CONTRACT: Final = Contract(ImageInput(SIDE, SIDE), CLASS_SCORES, LABELS)

# scikit-learn ships no types; an estimator is whatever offers predict and predict_proba.
Estimator = Any


def features(samples: Sequence[Sample]) -> NDArray[np.float32]:
    """Return what the models see: one row of 64 cell averages (0..1) per image."""
    batch = to_batch((sample.png for sample in samples), CONTRACT.input)
    cells = batch.reshape(len(samples), CELLS, BLOCK, CELLS, BLOCK)
    return cast("NDArray[np.float32]", cells.mean(axis=(2, 4)).reshape(len(samples), -1))


def targets(samples: Sequence[Sample]) -> NDArray[np.int64]:
    """Return the class index of each image."""
    import numpy as np

    return np.array([LABELS.index(sample.label) for sample in samples], dtype=np.int64)


def fit_linear(samples: Sequence[Sample], *, inverse_penalty: float) -> Estimator:
    """Fit multinomial logistic regression; a smaller `inverse_penalty` means stronger regularisation."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=inverse_penalty, max_iter=2000).fit(features(samples), targets(samples))


def fit_network(samples: Sequence[Sample], *, hidden: int, epochs: int, seed: int) -> Estimator:
    """Fit a network with one hidden layer for exactly `epochs` passes over the images."""
    import numpy as np
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier((hidden,), alpha=1e-3, batch_size=32, random_state=np.random.RandomState(seed))
    inputs, wanted = features(samples), targets(samples)
    # One call is one pass: the number of passes is chosen, not a limit that fit() would warn about.
    for _ in range(epochs):
        network.partial_fit(inputs, wanted, classes=range(len(LABELS)))
    return network


def to_onnx(estimator: Estimator) -> bytes:
    """Export a fitted estimator as a self-describing ONNX file (outputs `label` and `probabilities`)."""
    import onnx
    from onnx import helper

    core = _convert(estimator)
    # skl2onnx may list a domain twice, which the checker refuses.
    opsets = {each.domain: each.version for each in core.opset_import}
    model = helper.make_model(
        _whole_graph(core),
        producer_name="reconciler",
        ir_version=core.ir_version,
        opset_imports=[helper.make_opsetid(*each) for each in sorted(opsets.items())],
    )
    CONTRACT.engrave(model)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _whole_graph(core: ModelProto) -> GraphProto:
    """Put the averaging in front of the estimator, and say the outputs' shapes."""
    from onnx import TensorProto, helper

    image = helper.make_tensor_value_info(CONTRACT.input.name, TensorProto.FLOAT, ["batch", 1, SIDE, SIDE])
    answers = [
        helper.make_tensor_value_info("label", TensorProto.INT64, ["batch"]),
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", len(LABELS)]),
    ]
    nodes = [*_average_cells(), *core.graph.node]
    return helper.make_graph(nodes, "digits", [image], answers, core.graph.initializer)


def _convert(estimator: Estimator) -> ModelProto:
    """Convert the estimator alone; `zipmap` off, since servers want arrays rather than dictionaries."""
    from skl2onnx import to_onnx as convert
    from skl2onnx.common.data_types import FloatTensorType

    return cast(
        "ModelProto",
        convert(
            estimator,
            initial_types=[(CELL_ROW, FloatTensorType([None, CELLS * CELLS]))],
            options={"zipmap": False},
            target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
        ),
    )


def _average_cells() -> list[NodeProto]:
    """Return the nodes in front of the estimator: image to one row of cell averages."""
    from onnx import helper

    block = [BLOCK, BLOCK]
    return [
        helper.make_node("AveragePool", [CONTRACT.input.name], ["cells_2d"], kernel_shape=block, strides=block),
        helper.make_node("Flatten", ["cells_2d"], [CELL_ROW], axis=1),
    ]


def measure(model: bytes, samples: Sequence[Sample]) -> Metrics:
    """Run an exported model with ONNX Runtime; `accuracy` is the fraction of images whose likeliest class is true."""
    scores = probabilities(model, samples, contract=CONTRACT, output=CLASS_SCORES)
    return {"accuracy": float((scores.argmax(axis=1) == targets(samples)).mean())}
