"""Shapes one at a time: found, changed, removed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from reconciler.platform.store.datasets import require_unlocked
from reconciler.platform.store.drawing import Easel
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.geometry import NewShape
from reconciler.platform.store.tables.annotations import AnnotatedShape, Annotation
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ShapeKind


@dataclass(frozen=True)
class Change:
    """What to change of a shape: None leaves it; parts of a geometry that its kind does not have are left out."""

    label_id: UUID | None
    text: str | None
    geometry: Json


def of_kind(annotation: Annotation, kind: ShapeKind) -> Sequence[AnnotatedShape]:
    """Return an annotation's shapes of one kind, in the order they were drawn."""
    return [shape for shape in annotation.shapes if shape.kind is kind]


def find(unit: Unit, shape_id: UUID, kind: ShapeKind) -> AnnotatedShape:
    """Return a shape of that kind, or raise NotFound."""
    shape = unit.find(AnnotatedShape, shape_id)
    if shape.kind is not kind:
        raise NotFound(f"None of the {kind} is {shape_id}.")
    return shape


def update(unit: Unit, shape: AnnotatedShape, change: Change) -> None:
    """Change what is given; raises as drawing the changed shape anew would."""
    annotation = shape.annotation
    require_unlocked(annotation.version)
    parts = {key: value for key, value in change.geometry.items() if key in shape.geometry}
    wished = NewShape(shape.kind, shape.label_id, {**shape.geometry, **parts}, shape.text, shape.attributes)
    given = {key: value for key in ("label_id", "text") if (value := getattr(change, key)) is not None}
    easel = Easel.of(unit, annotation.version)
    wished = replace(wished, **given)
    shape.geometry = easel.geometry(annotation.asset, wished)
    shape.text, shape.label = wished.text, easel.labels[wished.label_id]


def delete(unit: Unit, shape: AnnotatedShape) -> None:
    """Remove a shape."""
    require_unlocked(shape.annotation.version)
    unit.session.delete(shape)
