"""The seven kinds of shapes: what each is made of, as clients send it and as they read it."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from reconciler.platform.shapes.base import JsonObject, Request, Shape, Text
from reconciler.platform.shapes.datasets import LabelShape
from reconciler.platform.store.geometry import NewShape, area
from reconciler.platform.store.tables.annotations import AnnotatedShape
from reconciler.platform.store.words import ShapeKind

# Pixels: far beyond any image, and exact in every JSON reader.
_FARTHEST = 2**24
_MOST_POINTS = 10_000

Pixel = Annotated[int, Field(ge=-_FARTHEST, le=_FARTHEST)]
Length = Annotated[int, Field(ge=1, le=_FARTHEST)]
Coordinate = Annotated[float, Field(ge=-_FARTHEST, le=_FARTHEST, allow_inf_nan=False)]
RunLengths = Annotated[str, StringConstraints(min_length=1, max_length=4_000_000, pattern=r"^[0-o]+$")]
Outline = Annotated[list[tuple[Pixel | Coordinate, Pixel | Coordinate]], Field(max_length=_MOST_POINTS)]
# Third: 0 not placed, 1 placed but hidden, 2 seen.
Joint = tuple[Pixel | Coordinate, Pixel | Coordinate, Annotated[int, Field(ge=0, le=2)]]


class RectangleGeometry(BaseModel):
    """Left, top, width and height, in pixels."""

    x: Pixel
    y: Pixel
    w: Length
    h: Length


class PolygonGeometry(BaseModel):
    """The corners, in pixels."""

    polygon: Outline = Field(min_length=3)


class LineGeometry(BaseModel):
    """The points it runs through, in pixels."""

    line: Outline = Field(min_length=2)


class PointGeometry(BaseModel):
    """Where it is, in pixels."""

    point: tuple[Pixel | Coordinate, Pixel | Coordinate]


class MaskGeometry(BaseModel):
    """COCO's compressed run lengths over the whole image."""

    mask: RunLengths


class KeypointGeometry(BaseModel):
    """The joints, each with its visibility."""

    keypoints: Annotated[list[Joint], Field(min_length=1, max_length=1000)]


class NewShapeBody(Request):
    """A shape to draw, with its label."""

    kind: ClassVar[ShapeKind]

    label_id: UUID
    text: Text | None = None
    attributes: JsonObject | None = None

    def new(self) -> NewShape:
        """Return it as the store takes it."""
        facts = self.model_dump(mode="json", exclude=set(NewShapeBody.model_fields) | {"score"})
        return NewShape(self.kind, self.label_id, facts, self.text, self.attributes)


class NewClassification(NewShapeBody):
    """A class to give to a whole image."""

    kind = ShapeKind.CLASSIFICATION


class NewRectangle(NewShapeBody, RectangleGeometry):
    """A rectangle to draw."""

    kind = ShapeKind.RECTANGLE


class NewPolygon(NewShapeBody, PolygonGeometry):
    """A polygon to draw."""

    kind = ShapeKind.POLYGON


class NewLine(NewShapeBody, LineGeometry):
    """A line to draw."""

    kind = ShapeKind.LINE


class NewPoint(NewShapeBody, PointGeometry):
    """A point to draw."""

    kind = ShapeKind.POINT


class NewMask(NewShapeBody, MaskGeometry):
    """A mask to draw."""

    kind = ShapeKind.MASK


class NewKeypoints(NewShapeBody, KeypointGeometry):
    """Keypoints to draw."""

    kind = ShapeKind.KEYPOINT


class DrawnShape(Shape):
    """A shape that is there."""

    id: UUID
    label: LabelShape
    text: str | None
    attributes: dict[str, object] | None


class Classification(DrawnShape):
    """The class of a whole image."""


class Rectangle(DrawnShape, RectangleGeometry):
    """A rectangle."""


class Polygon(DrawnShape, PolygonGeometry):
    """A polygon."""


class Line(DrawnShape, LineGeometry):
    """A line."""


class Point(DrawnShape, PointGeometry):
    """A point."""


class Mask(DrawnShape, MaskGeometry):
    """A mask, with its area in pixels and its box (left, top, width, height)."""

    area: float
    bbox: list[int]


class Keypoints(DrawnShape, KeypointGeometry):
    """Keypoints."""


AnyShape = Rectangle | Polygon | Line | Point | Mask | Keypoints | Classification

_DRAWN: dict[ShapeKind, type[AnyShape]] = {
    ShapeKind.CLASSIFICATION: Classification,
    ShapeKind.RECTANGLE: Rectangle,
    ShapeKind.POLYGON: Polygon,
    ShapeKind.LINE: Line,
    ShapeKind.POINT: Point,
    ShapeKind.MASK: Mask,
    ShapeKind.KEYPOINT: Keypoints,
}

# What the SDK's own builder of COCO files reads an area of, besides masks, which keep theirs.
_SURFACES = frozenset({ShapeKind.RECTANGLE, ShapeKind.POLYGON})


def drawn(row: AnnotatedShape) -> AnyShape:
    """Return a shape as clients read it."""
    label = LabelShape.model_validate(row.label)
    facts = {"id": row.id, "label": label, "text": row.text, "attributes": row.attributes, **row.geometry}
    return _DRAWN[row.kind].model_validate(facts)


def worded(row: AnnotatedShape) -> dict[str, object]:
    """Return a shape as those read it who load whole annotations: by its label's name and id, and with its area."""
    facts: dict[str, object] = {"id": row.id, "label": row.label.name, "label_id": row.label_id}
    if row.kind in _SURFACES:
        facts["area"] = area(row.kind, row.geometry)
    return {**facts, "text": row.text, "attributes": row.attributes, **row.geometry}
