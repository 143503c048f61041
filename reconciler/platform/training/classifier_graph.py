"""The classifier as an ONNX graph: cells averaged in front of scikit-learn's estimator.

An image of the model's size is cut into 8 x 8 cells of equal size, of which the estimator sees the means. The exported
graph takes the whole image, so that a server needs no knowledge beyond the declared input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from reconciler.platform.training.pixels import to_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from onnx import GraphProto, ModelProto

    from reconciler.platform.inference.contract import Contract, ImageInput
    from reconciler.platform.training.estimators import Estimator

CELLS: Final = 8
OPSET: Final = 17
ML_OPSET: Final = 3
ROW: Final = "cells"


def rows_of(pngs: Sequence[bytes], wanted: ImageInput) -> NDArray[np.float32]:
    """Return what the estimator sees: one row of 64 cell averages (0..1) per image."""
    high, wide = wanted.height // CELLS, wanted.width // CELLS
    cells = to_batch(pngs, wanted).reshape(len(pngs), CELLS, high, CELLS, wide).mean(axis=(2, 4))
    return cast("NDArray[np.float32]", cells.reshape(len(pngs), -1))


def to_onnx(fitted: Estimator, contract: Contract) -> bytes:
    """Export a fitted estimator as a file that explains itself (outputs `label` and `probabilities`)."""
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
    """Put the averaging in front of the estimator, and say the outputs' shapes."""
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
    """Convert the estimator alone; `zipmap` off, since servers want arrays rather than dictionaries."""
    from skl2onnx import to_onnx as convert
    from skl2onnx.common.data_types import FloatTensorType

    return cast(
        "ModelProto",
        convert(
            fitted,
            initial_types=[(ROW, FloatTensorType([None, CELLS * CELLS]))],
            options={"zipmap": False},
            target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
        ),
    )
