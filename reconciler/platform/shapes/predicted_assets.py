"""Predicted assets, their predictions and reviews, as clients read and send them (wire protocol 2.11, 6.3)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from reconciler.platform.shapes import formats
from reconciler.platform.shapes.annotations import ShapesBody
from reconciler.platform.shapes.base import Request, Shape
from reconciler.platform.shapes.corners import to_rectangle
from reconciler.platform.shapes.data import DataShape
from reconciler.platform.shapes.tags import TagShape
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.predictions import PredictedAsset, Prediction, Review
from reconciler.platform.store.words import ModelRole, ReviewState

# What a shape of each kind is called where people draw it.
_DRAWN = {
    formats.BOXES: "rectangles",
    formats.MASKS: "polygons",
    formats.LINES: "lines",
    formats.POINTS: "points",
    formats.KEYPOINTS: "keypoints",
}
_PARTS = {"polygons": "polygon", "lines": "line", "points": "point", "keypoints": "keypoints"}
_ENCODED = "masks"
_CLASSIFICATIONS = "classifications"


class PredictedAssetShape(Shape):
    """One image seen by one deployment."""

    id: UUID
    oracle_prediction_id: UUID = Field(description="What the monitoring service knows the prediction by.")
    data: DataShape
    state: ReviewState
    timestamp: datetime = Field(description="The moment of inference.")


class PredictionShape(Shape):
    """What one model version answered."""

    id: UUID
    is_shadow: bool
    model_version_id: UUID
    latency: float = Field(description="Seconds.")
    raw_predictions: dict[str, object] = Field(description="The lists as they were predicted or monitored.")
    raw_count: int = Field(description="How many shapes there were before the threshold.")
    shapes: dict[str, list[dict[str, object]]] = Field(
        description="The same shapes as reviews tell them: rectangles as x, y, w, h, each with its score and label."
    )

    @classmethod
    def of(cls, row: Prediction, labels: Mapping[int, Json]) -> Self:
        """Return a prediction, with labels by class index."""
        return cls(
            id=row.id,
            is_shadow=row.role is ModelRole.SHADOW,
            model_version_id=row.model_version_id,
            latency=row.latency,
            raw_predictions=row.shapes,
            raw_count=row.raw_count,
            shapes=drawn(row.shapes, labels),
        )


class ReviewShape(Shape):
    """What a person said is on the image; each list holds shapes with `label_id` and `label`."""

    id: UUID
    reviewed_by: UUID
    reviewer: str
    created_at: datetime
    shapes: dict[str, list[dict[str, object]]]


class PredictedAssetDetail(PredictedAssetShape):
    """One image seen by one deployment, with all that was said of it; of several reviews the last one counts."""

    width: int
    height: int
    source: str | None
    custom_metrics: dict[str, object] | None
    predictions: list[PredictionShape]
    reviews: list[ReviewShape]
    tags: list[TagShape]

    @classmethod
    def of(cls, row: PredictedAsset) -> Self:
        """Return a predicted asset in detail."""
        labels = labels_of(row.deployment)
        plain = dict(PredictedAssetShape.model_validate(row))
        return cls(
            **plain,
            width=row.width,
            height=row.height,
            source=row.source,
            custom_metrics=row.custom_metrics,
            predictions=[PredictionShape.of(prediction, labels) for prediction in row.predictions],
            reviews=[review_shape(review) for review in row.reviews],
            tags=[TagShape.model_validate(tag) for tag in row.tags],
        )


class ReviewBody(ShapesBody):
    """What is on the image, each shape with the id of a label of the deployment; nothing says that nothing is."""


class Submit(Request):
    """Reviewed predictions to submit; `dataset_version_ids` is needed when several are attached."""

    predicted_asset_ids: list[UUID] = Field(min_length=1, max_length=10_000)
    dataset_version_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=1000)


class SkippedShape(Shape):
    """A predicted asset that did not go to a dataset version."""

    id: UUID
    reason: str


class Submitted(Shape):
    """How many images were submitted, and what was left out."""

    submitted: int
    skipped: list[SkippedShape]


def review_shape(row: Review) -> ReviewShape:
    """Return a review."""
    return ReviewShape.model_validate(row)


def labels_of(deployment: Deployment) -> dict[int, Json]:
    """Return a deployment's labels by class index."""
    return {label.position: {"id": str(label.id), "name": label.name} for label in deployment.labels}


def drawn(shapes: Json, labels: Mapping[int, Json]) -> dict[str, list[dict[str, object]]]:
    """Return a prediction's lists as reviews tell shapes: by kind, one object each."""
    geometry = next((name for name in _DRAWN if name in shapes), None)
    places: list[object] = formats.entries(shapes, geometry) if geometry else [None] * formats.count(shapes)
    kind = _kind(geometry, places)
    told = zip(formats.entries(shapes, formats.CLASSES), formats.entries(shapes, formats.SCORES), places, strict=True)
    return {kind: [{**_place(kind, place), **_said(label, score, labels)} for label, score, place in told]}


def _kind(geometry: str | None, places: list[object]) -> str:
    if geometry is None:
        return _CLASSIFICATIONS
    return _ENCODED if places and isinstance(places[0], str) else _DRAWN[geometry]


def _place(kind: str, place: object) -> Json:
    if kind == "rectangles" and isinstance(place, list):
        return dict(zip("xywh", to_rectangle(place), strict=True))
    if kind == _CLASSIFICATIONS:
        return {}
    return {_PARTS.get(kind, "mask"): place}


def _said(label: object, score: object, labels: Mapping[int, Json]) -> Json:
    known = labels.get(label) if isinstance(label, int) else None
    return {"score": score, "class": label, "label": known}
