"""A story small enough to be planted dozens of times: seven digits and a model that always says "0"."""

from collections.abc import Mapping, Sequence

import onnx
from onnx import TensorProto, helper

from reconciler.platform.seed import classifiers, digits
from reconciler.platform.seed.catalogue import Story
from reconciler.platform.seed.releases import Line, Recipe
from reconciler.platform.seed.samples import Collection, Sample

NAME = "tiny"


def collect() -> Collection:
    """Take a few digits of each version, so that the pilot is part of the training data here too."""
    whole = digits.collect()
    pilot = whole.versions["2026-01"][:2]
    versions = {
        "2026-01": pilot,
        "2026-06": (*pilot, *whole.versions["2026-01"][2:4]),
        "production": whole.versions["production"][:1],
        "holdout": whole.versions["holdout"][:2],
    }
    return Collection(NAME, "CLASSIFICATION", "A few digits.", digits.LABELS, versions, whole.stream[:1])


def train(_samples: Sequence[Sample], _settings: Mapping[str, int | float]) -> bytes:
    """Return a model that finds every image equally likely to be anything."""
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, 64, 64])
    answer = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 10])
    nodes = [
        helper.make_node("ReduceMean", ["image"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Unsqueeze", ["mean", "last"], ["column"]),
        helper.make_node("Mul", ["column", "nothing"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    constants = [
        helper.make_tensor("last", TensorProto.INT64, [1], [1]),
        helper.make_tensor("nothing", TensorProto.FLOAT, [10], [0.0] * 10),
    ]
    graph = helper.make_graph(nodes, "tiny", [image], [answer], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


STORY = Story(
    NAME,
    collect,
    Line(
        NAME,
        "Guesses.",
        classifiers.CONTRACT,
        classifiers.measure,
        (
            Recipe("v1", "Guessing", "2026-01", {"luck": 1}, train),
            Recipe("v2", "Guessing again", "2026-06", {"luck": 2}, train),
        ),
    ),
)
