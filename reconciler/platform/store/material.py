"""What a dataset version offers to a trainer: its readable images, each with what the newest annotation says of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from reconciler.platform.store.geometry import bounding_box
from reconciler.platform.store.tables.annotations import AnnotatedShape, Annotation
from reconciler.platform.store.tables.data import Data, Datalake, StoredObject
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ShapeKind

# Left, top, width and height in pixels.
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Mark:
    """One annotated object: its label and, unless it stands for the whole image, its box."""

    label: str
    box: Box | None = None


@dataclass(frozen=True)
class Picture:
    """One annotated image: the blob that holds it, what it is called, and what is on it (possibly nothing)."""

    blob: str
    filename: str
    width: int
    height: int
    marks: tuple[Mark, ...]


def pictures(unit: Unit, version: DatasetVersion) -> list[Picture]:
    """Return a version's annotated images in the order they were added."""
    noted = _newest_annotations(unit, version.id)
    return [
        Picture(blob, data.filename, data.width or 0, data.height or 0, tuple(_marks(noted[asset_id].shapes)))
        for asset_id, data, blob in _rows(unit, version.id)
        if asset_id in noted
    ]


def _rows(unit: Unit, version_id: UUID) -> Iterator[tuple[UUID, Data, str]]:
    rows = (
        select(Asset.id, Data, StoredObject.blob)
        .join(Data, Data.id == Asset.data_id)
        .join(Datalake, Datalake.id == Data.datalake_id)
        .join(
            StoredObject,
            (StoredObject.connector_id == Datalake.connector_id) & (StoredObject.object_name == Data.object_name),
        )
        .where(Asset.dataset_version_id == version_id)
        .order_by(Asset.id)
    )
    yield from unit.session.execute(rows)


def _newest_annotations(unit: Unit, version_id: UUID) -> dict[UUID, Annotation]:
    rows = (
        select(Annotation)
        .where(Annotation.dataset_version_id == version_id)
        .options(selectinload(Annotation.shapes).joinedload(AnnotatedShape.label))
        .order_by(Annotation.id)
    )
    return {row.asset_id: row for row in unit.session.scalars(rows)}


def _marks(shapes: Sequence[AnnotatedShape]) -> Iterator[Mark]:
    for shape in shapes:
        if shape.kind is ShapeKind.CLASSIFICATION:
            yield Mark(shape.label.name)
        elif (box := bounding_box(shape.kind, shape.geometry)) is not None:
            yield Mark(shape.label.name, box)
