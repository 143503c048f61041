"""The detector as an ONNX graph: every window of the image at once, by convolution, then suppression.

A standardised window times weights is (window · weights - mean · sum of weights) / deviation: so one convolution over
the whole image and two running averages do what cutting windows would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from reconciler.platform.training import windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.inference.contract import Contract
    from reconciler.platform.training.windows import Grid

# Two windows on one object overlap more than this.
OVERLAP: Final = 0.3
# Fainter answers are not worth a threshold's attention.
FAINTEST: Final = 0.05
MOST: Final = 50

# scikit-learn ships no types.
Estimator = Any

_GRAPH: Final = """
<ir_version: 8, opset_import: ["" : 17], producer_name: "reconciler">
detector (float[1, 1, HEIGHT, WIDTH] image) => (float[n, 4] boxes, int64[n] classes, float[n] scores)
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
    object_odds = Slice (odds, zero, background, one)
    by_window = Reshape (object_odds, class_rows)
    best = ReduceMax <axes = [0], keepdims = 0> (by_window)
    best_class = ArgMax <axis = 0, keepdims = 0> (by_window)

    relative = Conv (hidden, box_weights, box_biases)
    relative_rows = Reshape (relative, box_rows)
    relative_boxes = Transpose <perm = [1, 0]> (relative_rows)
    unclipped = Add (relative_boxes, origins)
    window_boxes_low = Max (unclipped, nearest_edge)
    window_boxes = Min (window_boxes_low, farthest_edges)

    candidates = Unsqueeze (window_boxes, zero)
    candidate_scores = Reshape (best, score_rows)
    kept = NonMaxSuppression (candidates, candidate_scores, most, overlap, faintest)
    kept_windows = Gather <axis = 1> (kept, two)

    boxes = Gather (window_boxes, kept_windows)
    classes = Gather (best_class, kept_windows)
    scores = Gather (best, kept_windows)
}
"""


def to_onnx(network: Estimator, boxes: Estimator, *, grid: Grid, contract: Contract) -> bytes:
    """Export a fitted detector as a self-describing ONNX file (outputs `boxes`, `classes`, `scores`)."""
    import onnx
    from onnx import numpy_helper

    text = _GRAPH
    sizes = {"SHRINK": grid.shrink, "WINDOW": windows.WINDOW, "HEIGHT": grid.height, "WIDTH": grid.width}
    for name, value in sizes.items():
        text = text.replace(name, str(value))
    model = onnx.parser.parse_model(text)
    values = {**_constants(grid), **_weights(network, boxes)}
    model.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in values.items())
    contract.engrave(model)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _constants(grid: Grid) -> dict[str, NDArray[np.generic]]:
    import numpy as np

    places, pad = grid.rows * grid.columns, windows.PADDING
    whole = {
        "padding": [0, 0, pad, pad, 0, 0, pad, pad],
        "class_rows": [grid.background, places],
        "box_rows": [4, places],
        "score_rows": [1, 1, places],
        "zero": [0],
        "one": [1],
        "background": [grid.background],
        "most": [MOST],
    }
    real = {"floor": windows.FLOOR, "nearest_edge": 0.0, "overlap": [OVERLAP], "faintest": [FAINTEST]}
    edges = [grid.height, grid.width, grid.height, grid.width]
    return {
        **{name: np.array(value, dtype=np.int64) for name, value in whole.items()},
        "two": np.array(2, dtype=np.int64),
        **{name: np.array(value, dtype=np.float32) for name, value in real.items()},
        "farthest_edges": np.array(edges, dtype=np.float32),
        "origins": grid.origins(),
    }


def _weights(network: Estimator, boxes: Estimator) -> dict[str, NDArray[np.generic]]:
    import numpy as np

    (hidden, head), (hidden_bias, head_bias) = network.coefs_, network.intercepts_
    kernels = hidden.T.reshape(-1, 1, windows.WINDOW, windows.WINDOW)
    if head.shape[1] == 1:
        # One class and the background share one output; a softmax over nothing and it says the same.
        head, head_bias = np.concatenate([np.zeros_like(head), head], axis=1), np.array([0.0, head_bias[0]])
    learnt = {
        "hidden_weights": kernels,
        "hidden_weight_sums": kernels.sum(axis=(1, 2, 3)).reshape(1, -1, 1, 1),
        "hidden_biases": hidden_bias.reshape(1, -1, 1, 1),
        "class_weights": head.T[:, :, np.newaxis, np.newaxis],
        "class_biases": head_bias,
        "box_weights": boxes.coef_[:, :, np.newaxis, np.newaxis],
        "box_biases": boxes.intercept_,
    }
    return {name: np.asarray(array, dtype=np.float32) for name, array in learnt.items()}
