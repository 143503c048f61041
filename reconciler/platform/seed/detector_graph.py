"""The detector as an ONNX graph: every window of the scene at once, by convolution, then suppression.

A standardised window times weights is (window · weights - mean · sum of weights) / deviation: so one convolution over
the whole scene and two running averages do what cutting windows would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.platform.inference.contract import Contract, DetectedBoxes, ImageInput
from reconciler.platform.seed import windows
from reconciler.platform.seed.digits import LABELS
from reconciler.platform.seed.inference import judge
from reconciler.platform.seed.scenes import SIDE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.seed.detectors import Detector
    from reconciler.platform.seed.releases import Metrics
    from reconciler.platform.seed.samples import Sample

DETECTED: Final = DetectedBoxes()
CONTRACT: Final = Contract(ImageInput(SIDE, SIDE, batch=1), DETECTED, LABELS)

# Two windows on one digit overlap more than this; two digits, which keep a gap, do not.
OVERLAP: Final = 0.3
# Fainter answers are not worth a threshold's attention.
FAINTEST: Final = 0.05
MOST: Final = 50

_GRAPH: Final = """
<ir_version: 8, opset_import: ["" : 17], producer_name: "reconciler">
digit_scenes (float[1, 1, SIDE, SIDE] image) => (float[n, 4] boxes, int64[n] classes, float[n] scores)
{
    small = AveragePool <kernel_shape = [SHRINK, SHRINK], strides = [SHRINK, SHRINK]> (image)
    padded = Pad <mode = "edge"> (small, padding)

    mean = AveragePool <kernel_shape = [WINDOW, WINDOW]> (padded)
    squares = Mul (padded, padded)
    mean_of_squares = AveragePool <kernel_shape = [WINDOW, WINDOW]> (squares)
    square_of_mean = Mul (mean, mean)
    spread = Sub (mean_of_squares, square_of_mean)
    variance = Relu (spread)
    variance_above_floor = Add (variance, floor)
    deviation = Sqrt (variance_above_floor)

    weighed = Conv (padded, hidden_weights)
    mean_share = Mul (mean, hidden_weight_sums)
    centred = Sub (weighed, mean_share)
    standardised = Div (centred, deviation)
    biased = Add (standardised, hidden_biases)
    hidden = Relu (biased)

    logits = Conv (hidden, class_weights, class_biases)
    odds = Softmax <axis = 1> (logits)
    digit_odds = Slice (odds, zero, background, one)
    by_window = Reshape (digit_odds, class_rows)
    best = ReduceMax <axes = [0], keepdims = 0> (by_window)
    best_class = ArgMax <axis = 0, keepdims = 0> (by_window)

    relative = Conv (hidden, box_weights, box_biases)
    relative_rows = Reshape (relative, box_rows)
    relative_boxes = Transpose <perm = [1, 0]> (relative_rows)
    unclipped = Add (relative_boxes, origins)
    window_boxes = Clip (unclipped, nearest_edge, farthest_edge)

    candidates = Unsqueeze (window_boxes, zero)
    candidate_scores = Reshape (best, score_rows)
    kept = NonMaxSuppression (candidates, candidate_scores, most, overlap, faintest)
    kept_windows = Gather <axis = 1> (kept, two)

    boxes = Gather (window_boxes, kept_windows)
    classes = Gather (best_class, kept_windows)
    scores = Gather (best, kept_windows)
}
"""


def to_onnx(detector: Detector) -> bytes:
    """Export a fitted detector as a self-describing ONNX file (outputs `boxes`, `classes`, `scores`)."""
    import onnx
    from onnx import numpy_helper

    text = _GRAPH
    for name, value in (("SHRINK", windows.SHRINK), ("WINDOW", windows.WINDOW), ("SIDE", SIDE)):
        text = text.replace(name, str(value))
    model = onnx.parser.parse_model(text)
    values = {**_constants(), **_weights(detector)}
    model.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in values.items())
    CONTRACT.engrave(model)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _constants() -> dict[str, NDArray[np.generic]]:
    import numpy as np

    places = windows.GRID**2
    pad = windows.PADDING
    whole = {
        "padding": [0, 0, pad, pad, 0, 0, pad, pad],
        "class_rows": [len(LABELS), places],
        "box_rows": [4, places],
        "score_rows": [1, 1, places],
        "zero": [0],
        "one": [1],
        "background": [windows.BACKGROUND],
        "most": [MOST],
    }
    real = {"floor": windows.FLOOR, "nearest_edge": 0.0, "farthest_edge": float(SIDE)}
    bounds = {"overlap": [OVERLAP], "faintest": [FAINTEST]}
    return {
        **{name: np.array(value, dtype=np.int64) for name, value in whole.items()},
        "two": np.array(2, dtype=np.int64),
        **{name: np.array(value, dtype=np.float32) for name, value in (real | bounds).items()},
        "origins": windows.origins(),
    }


def _weights(detector: Detector) -> dict[str, NDArray[np.generic]]:
    import numpy as np

    (hidden, head), (hidden_bias, head_bias) = detector.network.coefs_, detector.network.intercepts_
    kernels = hidden.T.reshape(-1, 1, windows.WINDOW, windows.WINDOW)
    learnt = {
        "hidden_weights": kernels,
        "hidden_weight_sums": kernels.sum(axis=(1, 2, 3)).reshape(1, -1, 1, 1),
        "hidden_biases": hidden_bias.reshape(1, -1, 1, 1),
        "class_weights": head.T[:, :, np.newaxis, np.newaxis],
        "class_biases": head_bias,
        "box_weights": detector.boxes.coef_[:, :, np.newaxis, np.newaxis],
        "box_biases": detector.boxes.intercept_,
    }
    return {name: np.asarray(array, dtype=np.float32) for name, array in learnt.items()}


def measure(model: bytes, samples: Sequence[Sample]) -> Metrics:
    """Run an exported model with ONNX Runtime; average precision at an overlap of 0.5, and over 0.50 to 0.95."""
    from reconciler.platform.monitoring.average_precision import score

    found = score(judge(model, samples, contract=CONTRACT, output=DETECTED))
    return {"ap_50": found.ap_50 or 0.0, "ap_50_95": found.ap_50_95 or 0.0}
