"""Annotations, imports and exports of them, statistics, label groups and skeletons."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from reconciler.platform.shapes.base import JsonObject, Name, Request, Shape, Text
from reconciler.platform.shapes.datasets import AssetShape
from reconciler.platform.shapes.drawn import (
    Coordinate,
    NewClassification,
    NewKeypoints,
    NewLine,
    NewMask,
    NewPoint,
    NewPolygon,
    NewRectangle,
    NewShapeBody,
    Outline,
    Pixel,
    worded,
)
from reconciler.platform.shapes.drawn import Joint as _Joint
from reconciler.platform.store.annotation_imports import Sheet
from reconciler.platform.store.annotations import Facts
from reconciler.platform.store.geometry import NewShape
from reconciler.platform.store.tables.annotations import Annotation
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.words import AnnotationFile, AnnotationStatus, ExportKey, ImportMode, ShapeKind

MOST_SHAPES = 10_000
# Seconds; a working year is less.
Duration = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)]
Some = Field(default=None, max_length=MOST_SHAPES)


class AnnotationShape(Shape):
    """What one person put on one asset."""

    id: UUID
    duration: float = Field(description="In seconds.")
    status: AnnotationStatus
    attributes: dict[str, object] | None


class PlacedAnnotation(AnnotationShape):
    """An annotation, with the asset it is on."""

    asset_id: UUID


class NewAnnotation(Request):
    """An annotation to create, without shapes as yet."""

    duration: Duration = 0.0


class AnnotationUpdate(Request):
    """What to change of an annotation."""

    duration: Duration | None = None
    status: AnnotationStatus | None = None


class ShapesBody(Request):
    """Shapes to draw, by kind."""

    classifications: list[NewClassification] | None = Some
    rectangles: list[NewRectangle] | None = Some
    polygons: list[NewPolygon] | None = Some
    lines: list[NewLine] | None = Some
    points: list[NewPoint] | None = Some
    masks: list[NewMask] | None = Some
    keypoints: list[NewKeypoints] | None = Some

    def of_kind(self, kind: ShapeKind) -> Sequence[NewShapeBody]:
        """Return the shapes of one kind."""
        found: Sequence[NewShapeBody] | None = getattr(self, kind.value)
        return found or ()

    def new(self) -> list[NewShape]:
        """Return all shapes as the store takes them."""
        return [shape.new() for kind in ShapeKind for shape in self.of_kind(kind)]


class AnnotationContent(ShapesBody):
    """Everything an annotation is to hold from now on."""

    duration: Duration = 0.0


class ImportedAnnotation(ShapesBody):
    """What an import says of one asset."""

    asset_id: UUID
    duration: Duration = 0.0
    attributes: JsonObject | None = None

    def sheet(self, status: AnnotationStatus) -> Sheet:
        """Return it as the store takes it."""
        return Sheet(self.asset_id, self.new(), Facts(self.duration, status, self.attributes))


class AnnotationImport(Request):
    """Annotations of many assets at once."""

    import_type: ImportMode
    annotations: list[ImportedAnnotation] = Field(max_length=1000)
    status: AnnotationStatus = AnnotationStatus.PENDING


class AnnotationChoice(Request):
    """Which annotations: those on these assets (`["__all__"]`: on any), and of these ids where they are given."""

    asset_ids: list[UUID] | list[Literal["__all__"]] = Field(max_length=MOST_SHAPES)
    annotation_ids: list[UUID] | None = Field(default=None, max_length=MOST_SHAPES)

    def assets(self) -> list[UUID] | None:
        """Return the assets, or None for all."""
        wanted = [item for item in self.asset_ids if isinstance(item, UUID)]
        return None if len(wanted) < len(self.asset_ids) else wanted


class AnnotationExport(Request):
    """The file to write; `asset_ids` null takes all assets, `status` null annotations of any status."""

    type: AnnotationFile
    export_video: bool = False
    export_key: ExportKey = ExportKey.FILENAME
    asset_ids: list[UUID] | None = Field(default=None, max_length=100_000)
    status: AnnotationStatus | None = None


class ExportedFile(Shape):
    """A file that was written, and where to GET it for a while."""

    object_name: str
    presigned_url: str


class VersionStats(Shape):
    """What a dataset version holds."""

    label_repartition: dict[str, int] = Field(description="Shapes by label name.")
    nb_objects: int
    nb_annotations: int


class ExtendedAsset(AssetShape):
    """An asset with its annotations, newest first; each holds its shapes by kind, each shape its `label_id`."""

    annotations: list[dict[str, object]]


class ShapeUpdate(Request):
    """What to change of a shape; only what its kind is made of is looked at."""

    label_id: UUID | None = None
    text: Text | None = None
    x: Pixel | None = None
    y: Pixel | None = None
    w: Pixel | None = None
    h: Pixel | None = None
    polygon: Outline | None = None
    line: Outline | None = None
    point: tuple[Pixel | Coordinate, Pixel | Coordinate] | None = None
    keypoints: list[_Joint] | None = Field(default=None, max_length=1000)

    def geometry(self) -> Json:
        """Return the given parts of the geometry."""
        return self.model_dump(mode="json", exclude_none=True, exclude={"label_id", "text"})


class LabelGroupShape(Shape):
    """A heading over labels."""

    id: UUID
    name: str
    parent_id: UUID | None


class NewLabelGroup(Request):
    """A label group to create."""

    name: Name
    parent_id: UUID | None = None


class LabelGroupUpdate(Request):
    """What to change of a label group."""

    name: Name | None = None
    parent_id: UUID | None = None


class SkeletonShape(Shape):
    """The joints of a label's keypoints: their names, and pairs of their numbers, from 1."""

    vertices: list[Name] = Field(max_length=1000)
    edges: list[tuple[int, int]] = Field(max_length=10_000)


class Skeletons(Shape):
    """Skeletons by label id."""

    items: dict[UUID, SkeletonShape]


def whole(annotation: Annotation) -> dict[str, object]:
    """Return an annotation with its shapes by kind, as those read it who load many."""
    shapes: dict[str, list[object]] = {kind.value: [] for kind in ShapeKind}
    for row in annotation.shapes:
        shapes[row.kind.value].append(worded(row))
    return {**PlacedAnnotation.model_validate(annotation).model_dump(), **shapes}


def extended(annotations: Sequence[Annotation]) -> list[dict[str, object]]:
    """Return an asset's annotations as its extended form has them."""
    return [{key: value for key, value in whole(item).items() if key != "asset_id"} for item in annotations]
