"""Annotations of assets, and their shapes (wire protocol 2.3)."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import listed
from reconciler.platform.shapes.annotations import (
    AnnotationContent,
    AnnotationShape,
    AnnotationUpdate,
    NewAnnotation,
    ShapesBody,
)
from reconciler.platform.shapes.drawn import AnyShape, drawn
from reconciler.platform.store import annotations, shapes
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.annotations import Annotation
from reconciler.platform.store.tables.datasets import Asset
from reconciler.platform.store.words import ShapeKind

router = LateRouter(tags=["annotations"])

Kind = Annotated[ShapeKind, Path(description="Which kind of shapes.")]


@router.post("/asset/{asset_id}/annotations", status_code=status.HTTP_201_CREATED)
def create_annotation(call: Writing, asset_id: UUID, body: NewAnnotation) -> AnnotationShape:
    """Annotate an asset, without shapes as yet; the newest annotation of an asset counts."""
    with call.write() as unit:
        facts = annotations.Facts(duration=body.duration)
        return AnnotationShape.model_validate(annotations.create(unit, unit.find(Asset, asset_id), facts=facts))


@router.get("/asset/{asset_id}/annotations")
def list_annotations(call: Reading, asset_id: UUID) -> Items[AnnotationShape]:
    """List an asset's annotations, newest first."""
    with call.read() as unit:
        return listed(annotations.of_asset(unit, unit.find(Asset, asset_id)), AnnotationShape)


@router.get("/asset/{asset_id}/annotations/find")
def find_annotation(call: Reading, asset_id: UUID) -> AnnotationShape:
    """Find an asset's newest annotation."""
    with call.read() as unit:
        return AnnotationShape.model_validate(annotations.newest(unit, unit.find(Asset, asset_id)))


@router.get("/annotation/{annotation_id}")
def read_annotation(call: Reading, annotation_id: UUID) -> AnnotationShape:
    """Read an annotation."""
    with call.read() as unit:
        return AnnotationShape.model_validate(unit.find(Annotation, annotation_id))


@router.patch("/annotation/{annotation_id}")
def update_annotation(call: Writing, annotation_id: UUID, body: AnnotationUpdate) -> AnnotationShape:
    """Change what is given of an annotation."""
    with call.write() as unit:
        row = unit.find(Annotation, annotation_id)
        annotations.update(row, duration=body.duration, status=body.status)
        return AnnotationShape.model_validate(row)


@router.delete("/annotation/{annotation_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_annotation(call: Writing, annotation_id: UUID) -> None:
    """Delete an annotation with its shapes."""
    with call.write() as unit:
        annotations.delete(unit, unit.find(Annotation, annotation_id))


@router.post("/annotation/{annotation_id}/save")
def overwrite_annotation(call: Writing, annotation_id: UUID, body: AnnotationContent) -> AnnotationShape:
    """Let an annotation hold these shapes and no others."""
    with call.write() as unit:
        row = unit.find(Annotation, annotation_id)
        annotations.overwrite(unit, row, body.new(), duration=body.duration)
        return AnnotationShape.model_validate(row)


@router.post("/annotation/{annotation_id}/bulk-{shapes_kind}", status_code=status.HTTP_201_CREATED)
def draw_shapes(
    call: Writing, annotation_id: UUID, shapes_kind: Kind, body: ShapesBody
) -> dict[ShapeKind, list[AnyShape]]:
    """Draw shapes of one kind, named like the path."""
    with call.write() as unit:
        row = unit.find(Annotation, annotation_id)
        wished = body.new()
        if any(shape.kind is not shapes_kind for shape in wished) or not wished:
            raise Invalid(f"Give {shapes_kind} to draw, and nothing else.")
        return {shapes_kind: [drawn(shape) for shape in annotations.add_shapes(unit, row, wished)]}


@router.get("/annotation/{annotation_id}/{shapes_kind}")
def list_shapes(call: Reading, annotation_id: UUID, shapes_kind: Kind) -> Items[AnyShape]:
    """List an annotation's shapes of one kind."""
    with call.read() as unit:
        found = [drawn(shape) for shape in shapes.of_kind(unit.find(Annotation, annotation_id), shapes_kind)]
        return Items(items=found, count=len(found))
