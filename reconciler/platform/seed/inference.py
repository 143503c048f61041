"""Run an ONNX file on PNG images exactly as its declared contract says, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.platform.seed.pixels import to_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.seed.contract import ClassScores, Contract
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
