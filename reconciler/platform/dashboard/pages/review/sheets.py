"""What the review tool knows of one image: the shapes to begin with, by who said them, as reviews send them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from reconciler.platform.dashboard import drawing
from reconciler.platform.dashboard.clipping import Size
from reconciler.platform.dashboard.drawing import Labels, Mark
from reconciler.platform.dashboard.words import moment
from reconciler.platform.shapes.predicted_assets import ReviewBody
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.geometry import completed
from reconciler.platform.store.kinds import HELD
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.predictions import PredictedAsset, Prediction
from reconciler.platform.store.words import InferenceType, ModelRole, ShapeKind

REVIEW: Final = "review"
_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Start:
    """Shapes to begin a review with.

    Attributes:
        shapes: each with `kind`, `label` (its id, empty for one the deployment does not have), `name`, `score`,
            `geometry` as reviews send it, and for a mask the `path` that is drawn of it.
        left_out: how many of a model's shapes no review could hold: outside the image, or of no size.
    """

    shapes: Sequence[Json]
    left_out: int = 0


@dataclass(frozen=True)
class Neighbours:
    """The images before and after one in the order of a filter, newest first."""

    newer: UUID | None
    older: UUID | None


def starts_of(asset: PredictedAsset, labels: Labels) -> dict[str, Start]:
    """Return what a review of an image may begin with: what each model said, and the review that counts."""
    found = {prediction.role.lower(): _of_prediction(asset, prediction, labels) for prediction in asset.predictions}
    if asset.reviews:
        marks = drawing.of_review(asset.reviews[-1].shapes, _size(asset), labels)
        found[REVIEW] = Start([_shape(mark, mark.geometry) for mark in marks])
    return found


def body_of(start: Start) -> dict[str, list[Json]]:
    """Return the review that accepts shapes as they are: what the tool would send.

    Raises:
        Invalid: when a label is one that the deployment does not have.
    """
    told: dict[str, list[Json]] = {}
    for shape in start.shapes:
        if not shape["label"]:
            raise Invalid(f"The label '{shape['name']}' is none of this deployment: give the shape one, or delete it.")
        geometry = shape["geometry"]
        entry = {**geometry} if isinstance(geometry, dict) else {}
        told.setdefault(str(shape["kind"]), []).append({**entry, "label_id": shape["label"]})
    return told


def sheet_of(asset: PredictedAsset, labels: Labels, neighbours: Neighbours) -> Json:
    """Return what the tool is told of one image."""
    starts = starts_of(asset, labels)
    newest = asset.reviews[-1] if asset.reviews else None
    return {
        "id": str(asset.id),
        "name": asset.data.filename if asset.data is not None else "",
        "image": f"/deployments/{asset.deployment_id}/images/{asset.id}",
        "width": asset.width,
        "height": asset.height,
        "seen": f"{moment(asset.timestamp)} UTC",
        "source": asset.source,
        "state": asset.state.value,
        "start": REVIEW if newest is not None else ModelRole.CHAMPION.lower(),
        "starts": {name: list(start.shapes) for name, start in starts.items()},
        "left_out": {name: start.left_out for name, start in starts.items()},
        "scores": _scores(asset, labels),
        "since": None if newest is None else str(newest.id),
        "reviewer": None if newest is None else newest.reviewer,
        "newer": _text(neighbours.newer),
        "older": _text(neighbours.older),
    }


def _of_prediction(asset: PredictedAsset, prediction: Prediction, labels: Labels) -> Start:
    marks: Iterable[Mark] = drawing.of_prediction(prediction.shapes, _size(asset), labels)
    if asset.deployment.type is InferenceType.CLASSIFICATION:
        surest = drawing.best(list(marks))
        marks = [] if surest is None else [surest]
    told = [(mark, _geometry(mark, asset)) for mark in marks]
    shapes = [_shape(mark, geometry) for mark, geometry in told if geometry is not None]
    return Start(shapes, len(told) - len(shapes))


def _scores(asset: PredictedAsset, labels: Labels) -> dict[str, dict[str, float]]:
    """Return how sure each model is of each class, by label id; nothing for other deployments."""
    if asset.deployment.type is not InferenceType.CLASSIFICATION:
        return {}
    return {prediction.role.lower(): _sureness(prediction, labels) for prediction in asset.predictions}


def _sureness(prediction: Prediction, labels: Labels) -> dict[str, float]:
    marks = drawing.of_prediction(prediction.shapes, (1, 1), labels)
    ranked = sorted((mark.score, mark.label.id) for mark in marks if mark.score is not None)
    return {label_id: score for score, label_id in ranked if label_id}


def _shape(mark: Mark, geometry: Json) -> Json:
    told: Json = {
        "kind": mark.kind.value,
        "label": mark.label.id,
        "name": mark.label.name,
        "score": mark.score,
        "geometry": geometry,
    }
    return {**told, "path": mark.outline.lines} if mark.kind is ShapeKind.MASK else told


def _geometry(mark: Mark, asset: PredictedAsset) -> Json | None:
    """Return a shape's geometry as a review may hold it: a box cut off at the image's edges; None if it may not."""
    if mark.kind not in HELD[asset.deployment.type]:
        return None
    geometry = _inside(mark.geometry, _size(asset)) if mark.kind is ShapeKind.RECTANGLE else mark.geometry
    try:
        ReviewBody.model_validate({mark.kind.value: [{**geometry, "label_id": _NOBODY}]})
        completed(mark.kind, geometry, size=_size(asset))
    except (Invalid, ValidationError):
        return None
    return geometry


def _inside(geometry: Mapping[str, object], size: Size) -> Json:
    x, y, w, h = (number if isinstance(number := geometry.get(side), int) else 0 for side in "xywh")
    (left, right), (top, bottom) = _cut((x, x + w), size[0]), _cut((y, y + h), size[1])
    return {"x": left, "y": top, "w": right - left, "h": bottom - top}


def _cut(edges: tuple[int, int], length: int) -> tuple[int, int]:
    # A box may be told inside out.
    least, most = sorted(edges)
    return min(max(least, 0), length), min(max(most, 0), length)


def _size(asset: PredictedAsset) -> Size:
    return asset.width, asset.height


def _text(identifier: UUID | None) -> str | None:
    return None if identifier is None else str(identifier)
