"""What a model file declares about itself: how to feed it an image and how to read its answer.

The same two objects go into a model version's `parameters` (`input`, `output`) and into the ONNX file's
`metadata_props`, so that a file taken out of the platform still explains itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from onnx import ModelProto

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

INPUT_KEY: Final = "reconciler.input"
OUTPUT_KEY: Final = "reconciler.output"
LABELS_KEY: Final = "reconciler.labels"


@dataclass(frozen=True, slots=True)
class ImageInput:
    """A grey image tensor: float32, batch x 1 x height x width, each value the pixel (0..255) times 1/255.

    `batch` is 1 for a model that takes one image at a time.
    """

    height: int
    width: int
    name: str = "image"
    batch: Literal["batch", 1] = "batch"

    def declared(self) -> dict[str, Json]:
        """Return the declaration: decode, convert to `color`, resize if the size differs, multiply by `scale`."""
        return {
            "name": self.name,
            "dtype": "float32",
            "layout": "NCHW",
            "shape": [self.batch, 1, self.height, self.width],
            "color": "GRAY",
            "resize": {"height": self.height, "width": self.width, "filter": "BILINEAR"},
            "scale": 1 / 255,
            "offset": 0.0,
        }


@dataclass(frozen=True, slots=True)
class ClassScores:
    """Classification: the named output holds batch x classes probabilities, in the order of the label map."""

    scores: str = "probabilities"

    def declared(self) -> dict[str, Json]:
        """Return the declaration; `activation` NONE says that the scores are probabilities as they are."""
        return {"format": "CLASSIFICATION", "scores": self.scores, "activation": "NONE"}


@dataclass(frozen=True, slots=True)
class DetectedBoxes:
    """Detection of one image: equally long lists of boxes, class indices and scores, best first, suppressed.

    Boxes are float pixels of the model's input in the order top, left, bottom, right; a server scales them to the
    image it was given.
    """

    boxes: str = "boxes"
    classes: str = "classes"
    scores: str = "scores"

    def declared(self) -> dict[str, Json]:
        """Return the declaration."""
        return {
            "format": "OBJECT_DETECTION",
            "boxes": self.boxes,
            "classes": self.classes,
            "scores": self.scores,
            "box_order": ["top", "left", "bottom", "right"],
            "box_unit": "INPUT_PIXELS",
        }


@dataclass(frozen=True, slots=True)
class Contract:
    """Everything a server must know to run a model on any PNG."""

    input: ImageInput
    output: ClassScores | DetectedBoxes
    labels: tuple[str, ...]

    def parameters(self) -> dict[str, Json]:
        """Return what goes into a model version's parameters."""
        return {"input": self.input.declared(), "output": self.output.declared()}

    def label_map(self) -> dict[str, str]:
        """Return class index (as text, the wire's form) to class name."""
        return {str(index): label for index, label in enumerate(self.labels)}

    def engrave(self, model: ModelProto) -> None:
        """Write the contract into the model's `metadata_props`, replacing what stood there."""
        import onnx

        props = {
            INPUT_KEY: json.dumps(self.input.declared(), sort_keys=True),
            OUTPUT_KEY: json.dumps(self.output.declared(), sort_keys=True),
            LABELS_KEY: json.dumps(self.label_map()),
        }
        onnx.helper.set_model_props(model, props)
