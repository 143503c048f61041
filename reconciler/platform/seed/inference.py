"""Run an ONNX file on PNG images exactly as its declared contract says, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.platform.seed.average_precision import Detection, Judged
from reconciler.platform.seed.pixels import to_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.seed.contract import ClassScores, Contract, DetectedBoxes
    from reconciler.platform.seed.samples import Sample


def open_session(model: bytes) -> Any:  # noqa: ANN401  (onnxruntime ships no types)
    """Load a model for the processor, on one thread: the same answer whatever the machine."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def probabilities(
    model: bytes, contract: Contract, output: ClassScores, samples: Sequence[Sample]
) -> NDArray[np.float32]:
    """Return samples x classes probabilities."""
    import numpy as np

    batch = to_batch((sample.png for sample in samples), contract.input)
    (scores,) = open_session(model).run([output.scores], {contract.input.name: batch})
    return np.asarray(scores, dtype=np.float32)


def judge(model: bytes, contract: Contract, output: DetectedBoxes, samples: Sequence[Sample]) -> list[Judged]:
    """Run a detector on each image; return its answers beside the truth."""
    session = open_session(model)
    names = [output.boxes, output.classes, output.scores]
    judged = []
    for sample in samples:
        batch = to_batch([sample.png], contract.input)
        answers = zip(*session.run(names, {contract.input.name: batch}), strict=True)
        scale = _edge_scale(sample, contract)
        judged.append(Judged(sample.shapes, [_detection(contract, scale, *answer) for answer in answers]))
    return judged


def _edge_scale(sample: Sample, contract: Contract) -> tuple[float, float]:
    """Return how many image pixels one pixel of the model's input is, down and across."""
    return sample.height / contract.input.height, sample.width / contract.input.width


def _detection(
    contract: Contract, scale: tuple[float, float], box: NDArray[np.float32], label: int, score: float
) -> Detection:
    down, across = scale
    top, left, bottom, right = (float(edge) for edge in box)
    edges = (top * down, left * across, bottom * down, right * across)
    return Detection(contract.labels[int(label)], float(score), edges)
