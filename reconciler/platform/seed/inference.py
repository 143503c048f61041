"""Run an ONNX file on PNG images exactly as its declared contract says, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.platform.training.pixels import to_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.inference.contract import ClassScores, Contract, DetectedBoxes, ImageInput
    from reconciler.platform.monitoring.matching import Judged
    from reconciler.platform.seed.samples import Sample, Shape
    from reconciler.platform.store.extents import Box


def open_session(model: bytes) -> Any:  # noqa: ANN401  (onnxruntime ships no types)
    """Load a model for the processor, on one thread: the same answer whatever the machine."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def probabilities(
    model: bytes, samples: Sequence[Sample], *, contract: Contract, output: ClassScores
) -> NDArray[np.float32]:
    """Return samples x classes probabilities."""
    import numpy as np

    batch = to_batch((sample.png for sample in samples), contract.input)
    (scores,) = open_session(model).run([output.scores], {contract.input.name: batch})
    return np.asarray(scores, dtype=np.float32)


def judge(model: bytes, samples: Sequence[Sample], *, contract: Contract, output: DetectedBoxes) -> list[Judged]:
    """Run a detector on each image; return its answers, in the image's own pixels, beside the truth."""
    from reconciler.platform.monitoring.matching import FoundBox, Judged, TrueBox

    session = open_session(model)
    names = [output.boxes, output.classes, output.scores]
    judged = []
    for sample in samples:
        batch = to_batch([sample.png], contract.input)
        boxes, classes, scores = session.run(names, {contract.input.name: batch})
        edges = _in_image_pixels(boxes, sample, contract.input)
        labels = [contract.labels[index] for index in classes]
        answers = [FoundBox(*each) for each in zip(labels, scores.tolist(), edges, strict=True)]
        judged.append(Judged([TrueBox(shape.label, _edges(shape)) for shape in sample.shapes], answers))
    return judged


def _edges(shape: Shape) -> Box:
    from reconciler.platform.store.extents import Box

    if shape.box is None:
        raise ValueError(f"only boxed objects can be matched, not {shape}")
    return Box(shape.box.top, shape.box.left, shape.box.bottom, shape.box.right)


def _in_image_pixels(boxes: NDArray[np.float32], sample: Sample, wanted: ImageInput) -> list[Box]:
    from reconciler.platform.store.extents import Box

    down, across = sample.height / wanted.height, sample.width / wanted.width
    return [
        Box(top * down, left * across, bottom * down, right * across) for top, left, bottom, right in boxes.tolist()
    ]
