"""Small ONNX models whose answers can be worked out by hand, declared as the platform's own models are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
from onnx import TensorProto, helper

from reconciler.platform.inference.contract import ClassScores, Contract, DetectedBoxes, ImageInput

if TYPE_CHECKING:
    from collections.abc import Sequence

SIDE = 8
LABELS = ("cat", "dog")

Box = tuple[float, float, float, float]


def brightness(labels: tuple[str, str] = LABELS, *, gain: float = 1.0) -> bytes:
    """A classifier: the second class has the image's mean brightness (0 to 1) times `gain` as its score.

    The first class has what is missing to 1.
    """
    nodes = [
        helper.make_node("ReduceMean", ["image"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Unsqueeze", ["mean", "last"], ["column"]),
        helper.make_node("Mul", ["column", "gain"], ["bright"]),
        helper.make_node("Sub", ["one", "bright"], ["dark"]),
        helper.make_node("Concat", ["dark", "bright"], ["probabilities"], axis=1),
    ]
    constants = [
        helper.make_tensor("last", TensorProto.INT64, [1], [1]),
        helper.make_tensor("gain", TensorProto.FLOAT, [1], [gain]),
        helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0]),
    ]
    answer = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 2])
    contract = Contract(ImageInput(SIDE, SIDE), ClassScores(), labels)
    return _model(nodes, constants, [answer], contract)


def boxes(found: Sequence[tuple[Box, int, float]], labels: tuple[str, ...] = LABELS) -> bytes:
    """A detector that finds the same boxes (top, left, bottom, right in its input's pixels) on every image."""
    constants = [
        helper.make_tensor(
            "all_boxes", TensorProto.FLOAT, [len(found), 4], [edge for box, _, _ in found for edge in box]
        ),
        helper.make_tensor("all_classes", TensorProto.INT64, [len(found)], [index for _, index, _ in found]),
        helper.make_tensor("all_scores", TensorProto.FLOAT, [len(found)], [score for _, _, score in found]),
        helper.make_tensor("nothing", TensorProto.FLOAT, [1], [0.0]),
    ]
    nodes = [
        # The image must be used, and must not count.
        helper.make_node("ReduceMean", ["image"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "nothing"], ["zero"]),
        helper.make_node("Add", ["all_boxes", "zero"], ["boxes"]),
        helper.make_node("Identity", ["all_classes"], ["classes"]),
        helper.make_node("Add", ["all_scores", "zero"], ["scores"]),
    ]
    answers = [
        helper.make_tensor_value_info("boxes", TensorProto.FLOAT, ["n", 4]),
        helper.make_tensor_value_info("classes", TensorProto.INT64, ["n"]),
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n"]),
    ]
    return _model(nodes, constants, answers, Contract(ImageInput(SIDE, SIDE, batch=1), DetectedBoxes(), labels))


def _model(
    nodes: Sequence[onnx.NodeProto],
    constants: Sequence[onnx.TensorProto],
    answers: Sequence[onnx.ValueInfoProto],
    contract: Contract,
) -> bytes:
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, SIDE, SIDE])
    graph = helper.make_graph(nodes, "by_hand", [image], answers, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    contract.engrave(model)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())
