"""Plant what is true of images: an accepted annotation on each, as a feedback loop would have left it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.platform.store import annotation_imports, assets, datasets
from reconciler.platform.store.annotation_imports import Sheet
from reconciler.platform.store.annotations import Facts
from reconciler.platform.store.geometry import NewShape
from reconciler.platform.store.words import AnnotationStatus, ImportMode, ShapeKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from reconciler.platform.seed.samples import Sample, Shape
    from reconciler.platform.store.tables.datasets import DatasetVersion
    from reconciler.platform.store.unit import Unit


def annotate(unit: Unit, version: DatasetVersion, images: Mapping[UUID, Sample]) -> None:
    """Annotate a version's images, by their data's ids; one that is annotated already keeps what it has."""
    labels = {label.name: label.id for label in datasets.labels(unit, version)}
    held = assets.by_data(unit, version, list(images))
    facts = Facts(status=AnnotationStatus.ACCEPTED)
    sheets = [
        Sheet(held[data_id], [_shape(shape, labels) for shape in sample.shapes], facts)
        for data_id, sample in images.items()
    ]
    annotation_imports.run(unit, version, sheets, ImportMode.KEEP)


def _shape(shape: Shape, labels: Mapping[str, UUID]) -> NewShape:
    box, label = shape.box, labels[shape.label]
    if box is None:
        return NewShape(ShapeKind.CLASSIFICATION, label, {})
    edges = {"x": box.left, "y": box.top, "w": box.right - box.left, "h": box.bottom - box.top}
    return NewShape(ShapeKind.RECTANGLE, label, dict(edges))
