"""One image through one model version: the shapes it finds, in the deployment's own class indices, and its latency."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.platform.serving.tensors import Shapes, outputs_of, shapes_of, tensor
from reconciler.platform.shapes import formats
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.predictions import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from reconciler.platform.inference.loading import Model
    from reconciler.platform.store.serving import Servable, Served
    from reconciler.platform.store.tables.base import Json


@dataclass(frozen=True)
class Photograph:
    """An image file and its size in pixels."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Inferred:
    """What a model version found on an image, before any threshold, and the seconds from the file to the shapes."""

    version_id: UUID
    shapes: Shapes
    latency: float

    def answer(self, threshold: float) -> Answer:
        """Return what counts of it: the shapes that are not strictly below the threshold."""
        return Answer(kept(self.shapes.above(threshold)), self.latency, self.version_id, len(self.shapes.classes))


def infer(model: Model, servable: Servable, deployment: Served, photograph: Photograph) -> Inferred:
    """Run a model on an image.

    Raises:
        Invalid: when the image cannot be decoded, or the model does not answer what the deployment is for.
    """
    declared = model.declaration
    if declared.output.format != deployment.type:
        raise Invalid(
            f"The deployment is of type {deployment.type}; {servable.named} answers {declared.output.format}."
        )
    begun = time.perf_counter()
    names = outputs_of(declared)
    outputs = _run(model, names, tensor(photograph.content, declared.input))
    shapes = shapes_of(declared, dict(zip(names, outputs, strict=True)), (photograph.width, photograph.height))
    latency = time.perf_counter() - begun
    classes = [_position(index, declared.labels, deployment) for index in shapes.classes]
    return Inferred(servable.version_id, Shapes(classes, shapes.scores, shapes.boxes), latency)


def kept(shapes: Shapes) -> Json:
    """Return shapes as a prediction keeps them."""
    held: Json = {formats.CLASSES: shapes.classes, formats.SCORES: shapes.scores}
    return held if shapes.boxes is None else {**held, formats.BOXES: shapes.boxes}


def _run(model: Model, names: Sequence[str], batch: Any) -> list[Any]:  # noqa: ANN401  (onnxruntime ships no types)
    try:
        return list(model.session.run(list(names), {model.declaration.input.name: batch}))
    except Exception as error:  # onnxruntime raises bare exceptions of many kinds
        raise Invalid("The model failed on this image.", [str(error)[:500]]) from error


def _position(index: int, labels: Mapping[int, str], deployment: Served) -> int:
    """Return a class index of the deployment for one of a model: the same name, wherever either keeps it."""
    name = labels.get(index)
    if name is None or not deployment.positions:
        return index
    if name not in deployment.positions:
        raise Invalid(f"The model answers '{name}', which is no label of the deployment '{deployment.name}'.")
    return deployment.positions[name]
