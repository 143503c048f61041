"""Which shapes a dataset version of each inference type holds."""

from typing import Final

from sqlalchemy import select

from reconciler.platform.store.faults import Conflict, Invalid
from reconciler.platform.store.tables.annotations import AnnotatedShape, Annotation
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import InferenceType, ShapeKind

HELD: Final[dict[InferenceType, frozenset[ShapeKind]]] = {
    InferenceType.NOT_CONFIGURED: frozenset(),
    InferenceType.CLASSIFICATION: frozenset({ShapeKind.CLASSIFICATION}),
    InferenceType.OBJECT_DETECTION: frozenset({ShapeKind.RECTANGLE}),
    InferenceType.SEGMENTATION: frozenset({ShapeKind.POLYGON}),
    InferenceType.POINT: frozenset({ShapeKind.POINT}),
    InferenceType.KEYPOINT: frozenset({ShapeKind.KEYPOINT}),
    InferenceType.LINE: frozenset({ShapeKind.LINE}),
    InferenceType.MASK: frozenset({ShapeKind.MASK}),
    InferenceType.MULTI: frozenset(ShapeKind),
}


def require_held(version: DatasetVersion, kind: ShapeKind) -> None:
    """Raise Invalid unless a dataset version holds shapes of that kind."""
    if kind not in HELD[version.type]:
        held = ", ".join(sorted(HELD[version.type])) or "no shapes until its type is set"
        raise Invalid(f"A dataset version of type {version.type} holds {held}; these are {kind}.")


def require_convertible(unit: Unit, version: DatasetVersion, type: InferenceType) -> None:  # noqa: A002  (the wire's word)
    """Raise Conflict when a dataset version holds shapes that one of that type does not."""
    drawn = select(AnnotatedShape.kind).join(Annotation, Annotation.id == AnnotatedShape.annotation_id)
    others = drawn.where(Annotation.dataset_version_id == version.id, AnnotatedShape.kind.not_in(HELD[type]))
    kind = unit.session.scalar(others.limit(1))
    if kind is not None:
        raise Conflict(f"The version '{version.version}' holds {kind}: delete its annotations to make it {type}.")
