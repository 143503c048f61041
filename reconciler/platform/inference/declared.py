"""What a model declares of itself, read back: how it takes an image and what its outputs mean.

The declarations are those that `training.contract` writes, into the ONNX file's `metadata_props` and into a model
version's parameters; the file's own word counts first, because it travels with the weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from reconciler.platform.inference.contract import INPUT_KEY, LABELS_KEY, OUTPUT_KEY
from reconciler.platform.store.faults import Invalid

Edge = Literal["top", "left", "bottom", "right"]

_LARGEST_SIDE: Final = 16_384


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Resize(_Declared):
    """The size in pixels that a model's input has, and how an image gets there."""

    height: int = Field(ge=1, le=_LARGEST_SIDE)
    width: int = Field(ge=1, le=_LARGEST_SIDE)
    filter: Literal["NEAREST", "BILINEAR", "BICUBIC", "LANCZOS"] = "BILINEAR"


class ImageInput(_Declared):
    """How a model takes one image: a tensor of values `pixel * scale + offset`."""

    name: str
    dtype: Literal["float32", "uint8"] = "float32"
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    color: Literal["GRAY", "RGB"] = "GRAY"
    resize: Resize
    scale: float = Field(default=1.0, allow_inf_nan=False)
    offset: float = Field(default=0.0, allow_inf_nan=False)


class ClassScores(_Declared):
    """Classification: one output of batch x classes."""

    format: Literal["CLASSIFICATION"]
    scores: str
    activation: Literal["NONE", "SOFTMAX"] = "NONE"


class DetectedBoxes(_Declared):
    """Detection: three outputs, equally long lists of boxes, class indices and scores, suppressed by the model."""

    format: Literal["OBJECT_DETECTION"]
    boxes: str
    classes: str
    scores: str
    box_order: tuple[Edge, Edge, Edge, Edge] = ("top", "left", "bottom", "right")
    box_unit: Literal["INPUT_PIXELS", "IMAGE_PIXELS", "RELATIVE"] = "INPUT_PIXELS"


Output = Annotated[ClassScores | DetectedBoxes, Field(discriminator="format")]
_OUTPUT: Final[TypeAdapter[ClassScores | DetectedBoxes]] = TypeAdapter(Output)


class Declaration(_Declared):
    """Everything needed to run a model on an image; `labels` maps class indices to names, where that is told."""

    input: ImageInput
    output: Output
    labels: Mapping[int, str] = Field(default_factory=dict)


def read(engraved: Mapping[str, str], parameters: Mapping[str, object], labels: Mapping[str, object]) -> Declaration:
    """Return a model's declaration, from its file (`engraved`) or else from its version.

    Raises:
        Invalid: when neither declares both input and output, in a form that is known here.
    """
    try:
        return Declaration.model_validate(
            {
                "input": _told(engraved, INPUT_KEY, parameters.get("input")),
                "output": _told(engraved, OUTPUT_KEY, parameters.get("output")),
                "labels": _told(engraved, LABELS_KEY, labels) or {},
            }
        )
    except ValidationError as error:
        lines = [f"{'.'.join(str(step) for step in found['loc'])}: {found['msg']}" for found in error.errors()]
        raise Invalid("The model does not declare how it takes an image and what it answers.", lines) from error


def _told(engraved: Mapping[str, str], key: str, otherwise: object) -> object:
    if key not in engraved:
        return otherwise
    try:
        return json.loads(engraved[key])
    except ValueError as error:
        raise Invalid(f"The model file's '{key}' is not JSON.") from error
