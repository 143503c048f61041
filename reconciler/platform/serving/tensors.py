"""Between an image file and a model's tensors, both ways."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from reconciler.platform.inference.declared import ClassScores, DetectedBoxes
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.images import FORMATS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reconciler.platform.inference.declared import Declaration, ImageInput

    Array = NDArray[Any]

_MODES: Final = {"GRAY": "L", "RGB": "RGB"}


@dataclass(frozen=True)
class Shapes:
    """What a model found on an image: class indices, scores, and boxes (top, left, bottom, right, in its pixels).

    `boxes` is None for a classification.
    """

    classes: list[int]
    scores: list[float]
    boxes: list[list[int]] | None = None

    def above(self, threshold: float) -> Shapes:
        """Return the shapes whose score is not strictly below a threshold, in their order."""
        places = [place for place, score in enumerate(self.scores) if not score < threshold]
        boxes = None if self.boxes is None else [self.boxes[place] for place in places]
        return Shapes([self.classes[place] for place in places], [self.scores[place] for place in places], boxes)


def tensor(content: bytes, wanted: ImageInput) -> Array:
    """Decode an image file and return the batch of one that a model takes.

    Raises:
        Invalid: when the file cannot be decoded.
    """
    import numpy as np

    pixels = np.asarray(_decoded(content, wanted))
    if wanted.color == "GRAY":
        pixels = pixels[:, :, np.newaxis]
    if wanted.dtype == "float32":
        pixels = pixels.astype(np.float32) * np.float32(wanted.scale) + np.float32(wanted.offset)
    ordered = pixels.transpose(2, 0, 1) if wanted.layout == "NCHW" else pixels
    return np.ascontiguousarray(ordered[np.newaxis])


def _decoded(content: bytes, wanted: ImageInput) -> Any:  # noqa: ANN401  (Pillow's image, imported late)
    from PIL import Image

    size = (wanted.resize.width, wanted.resize.height)
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            plain = image.convert(_MODES[wanted.color])
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise Invalid(f"The image cannot be decoded: {error}") from error
    return plain if plain.size == size else plain.resize(size, Image.Resampling[wanted.resize.filter])


def outputs_of(declared: Declaration) -> list[str]:
    """Return the names of the outputs that a declaration speaks of."""
    match declared.output:
        case ClassScores(scores=scores):
            return [scores]
        case DetectedBoxes(boxes=boxes, classes=classes, scores=scores):
            return [boxes, classes, scores]


def shapes_of(declared: Declaration, outputs: Mapping[str, Array], size: tuple[int, int]) -> Shapes:
    """Return what a model's outputs mean for an image of `size` (width, height).

    Raises:
        Invalid: when they are not what is declared.
    """
    try:
        match declared.output:
            case ClassScores() as scores:
                return _best_class(outputs[scores.scores], scores)
            case DetectedBoxes() as detected:
                return _boxes(outputs, declared, detected, size)
    except (ValueError, IndexError, TypeError) as error:
        raise Invalid(f"The model's answer is not what it declares: {error}") from error


def _best_class(scores: Array, declared: ClassScores) -> Shapes:
    import numpy as np

    row = np.asarray(scores, dtype=np.float64).reshape(-1)
    if declared.activation == "SOFTMAX":
        powers = np.exp(row - row.max())
        row = powers / powers.sum()
    best = int(row.argmax())
    return Shapes([best], [_finite(row[best])])


def _boxes(
    outputs: Mapping[str, Array], declared: Declaration, detected: DetectedBoxes, size: tuple[int, int]
) -> Shapes:
    import numpy as np

    edges = np.asarray(outputs[detected.boxes], dtype=np.float64).reshape(-1, 4)
    classes = np.asarray(outputs[detected.classes]).reshape(-1)
    scores = np.asarray(outputs[detected.scores], dtype=np.float64).reshape(-1)
    if not len(edges) == len(classes) == len(scores):
        raise ValueError("boxes, classes and scores differ in number")
    order = [detected.box_order.index(edge) for edge in ("top", "left", "bottom", "right")]
    width, height = size
    whole = np.rint(edges[:, order] * _scale(declared, detected, size)).clip(0, [height, width, height, width])
    return Shapes(
        [int(index) for index in classes],
        [_finite(score) for score in scores],
        cast("list[list[int]]", whole.astype(np.int64).tolist()),
    )


def _scale(declared: Declaration, detected: DetectedBoxes, size: tuple[int, int]) -> list[float]:
    """Return how many of the image's pixels one unit of each edge is, down and across."""
    width, height = size
    wanted = declared.input.resize
    down, across = {
        "INPUT_PIXELS": (height / wanted.height, width / wanted.width),
        "IMAGE_PIXELS": (1.0, 1.0),
        "RELATIVE": (float(height), float(width)),
    }[detected.box_unit]
    return [down, across, down, across]


def _finite(score: float) -> float:
    value = float(score)
    if not (-1e308 < value < 1e308):
        raise ValueError("a score is not a number")
    return value
