"""One image that a deployment saw: large, with everything that was said of it and became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from uuid import UUID

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.routing import Route

from reconciler.platform.dashboard import drawing
from reconciler.platform.dashboard.drawing import Labels, Mark
from reconciler.platform.dashboard.notices import Notice
from reconciler.platform.dashboard.pages import submitting
from reconciler.platform.dashboard.pages.heading import address, head_of
from reconciler.platform.dashboard.pages.predictions import filters
from reconciler.platform.dashboard.pages.predictions.facts import Fact, facts
from reconciler.platform.dashboard.pages.predictions.filters import STATES
from reconciler.platform.dashboard.rendering import render
from reconciler.platform.dashboard.visit import Visit, action, page, see
from reconciler.platform.store import gallery, histories, overviews, predicted_assets, predictions
from reconciler.platform.store.faults import Fault, NotFound
from reconciler.platform.store.gallery import Answer, Tile
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.predictions import PredictedAsset, Review
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import InferenceType, ReviewState, ShapeKind

# As many shapes are drawn and listed; the surest ones.
MOST_LISTED: Final = 300
_PATH = "/deployments/{deployment_id}/predictions/{predicted_asset_id}"


@dataclass(frozen=True)
class Layer:
    """What one model, or the last review, says of the image.

    Attributes:
        role: `champion`, `shadow` or `review`.
        author: the version's name, or the reviewer's.
        marks: the surest of its shapes.
        count: how many shapes there are.
        dropped: how many more the model answered, below the threshold.
        latency: seconds; None for a review.
    """

    role: str
    author: str
    marks: Sequence[Mark]
    count: int
    dropped: int = 0
    latency: float | None = None


def show(visit: Visit) -> Response:
    """Show everything about one image."""
    asked = filters.read(visit.request.query_params)
    with visit.read() as unit:
        deployment = visit.deployment(unit)
        tile = gallery.tile(unit, deployment, visit.identifier("predicted_asset_id"))
        asset = predicted_assets.visible(unit, tile.id)
        labels = Labels.of(deployment)
        values = {
            "head": head_of(deployment, "predictions"),
            "home": f"/deployments/{deployment.id}",
            "asked": asked,
            "tile": tile,
            "size": (tile.width, tile.height),
            "layers": _layers(unit, tile, labels),
            "is_class": deployment.type is InferenceType.CLASSIFICATION,
            "state": STATES[tile.state],
            "reviews": _reviews(asset, tile, labels),
            "submissions": histories.submissions_of(unit, tile.id),
            "cutoff": _cutoff(unit, deployment, tile),
            "facts": _facts(tile),
            "neighbours": gallery.neighbours(unit, deployment, asked.filters, tile.id),
            "feedback": submitting.loop_of(deployment),
            "is_reviewed": tile.state is not ReviewState.TO_REVIEW,
        }
        return render(visit, "prediction.html", status=HTTPStatus.OK, **values)


def submit(visit: Visit) -> Response:
    """Submit this one image to the feedback loop."""
    asked = filters.read(QueryParams(visit.told("query").removeprefix("?")))
    with visit.read() as unit:
        deployment, asset = _found(visit, unit)
        back = f"{address(deployment, 'predictions')}/{asset.id}{asked.query}"
    try:
        with visit.write() as unit:
            outcome = submitting.submit(visit, unit, visit.deployment(unit))
    except Fault as fault:
        return Notice(fault.message, "bad").put(see(back))
    return submitting.told(outcome).put(see(back))


def delete(visit: Visit) -> Response:
    """Remove the image from what the deployment saw, with predictions, reviews and submissions; its data stays."""
    asked = filters.read(QueryParams(visit.told("query").removeprefix("?")))
    with visit.write() as unit:
        deployment, asset = _found(visit, unit)
        name = asset.data.filename if asset.data is not None else str(asset.id)
        predictions.delete(unit, [asset.id])
        back = f"{address(deployment, 'predictions')}{asked.query}"
    return Notice(f"Deleted the prediction of {name}. The image stays in its datalake.").put(see(back))


routes = [
    Route(_PATH, page(show), methods=["GET"]),
    Route(f"{_PATH}/submit", action(submit), methods=["POST"]),
    Route(f"{_PATH}/delete", action(delete), methods=["POST"]),
]


def _found(visit: Visit, unit: Unit) -> tuple[Deployment, PredictedAsset]:
    deployment = visit.deployment(unit)
    asset = predicted_assets.visible(unit, visit.identifier("predicted_asset_id"))
    if asset.deployment_id != deployment.id:
        raise NotFound(f"There is no {PredictedAsset.noun} {asset.id} of '{deployment.name}'.")
    return deployment, asset


def _layers(unit: Unit, tile: Tile, labels: Labels) -> list[Layer]:
    answers = {role: answer for role, answer in _answers(tile).items() if answer is not None}
    names = overviews.version_names(unit, {answer.model_version_id for answer in answers.values()})
    said = [_layer(role, answer, tile, (labels, _version(names, answer))) for role, answer in answers.items()]
    if tile.review is not None:
        marks = drawing.of_review(tile.review.shapes, (tile.width, tile.height), labels)
        said.append(Layer("review", tile.review.reviewer, drawing.surest(marks, MOST_LISTED), len(marks)))
    return said


def _answers(tile: Tile) -> dict[str, Answer | None]:
    return {"champion": tile.champion, "shadow": tile.shadow}


def _version(names: Mapping[UUID, overviews.VersionName], answer: Answer) -> str:
    known = names.get(answer.model_version_id)
    return f"version {answer.model_version_id}" if known is None else str(known)


def _layer(role: str, answer: Answer, tile: Tile, known: tuple[Labels, str]) -> Layer:
    labels, author = known
    marks = drawing.of_prediction(answer.shapes, (tile.width, tile.height), labels)
    return Layer(
        role=role,
        author=author,
        marks=drawing.surest(marks, MOST_LISTED),
        count=len(marks),
        dropped=max(answer.raw_count - len(marks), 0),
        latency=answer.latency,
    )


def _reviews(asset: PredictedAsset, tile: Tile, labels: Labels) -> list[tuple[Review, str]]:
    """Return the reviews, newest first, with what each says in a few words."""
    size = (tile.width, tile.height)
    return [(review, _told(drawing.of_review(review.shapes, size, labels))) for review in reversed(asset.reviews)]


def _told(marks: Sequence[Mark]) -> str:
    if not marks:
        return "nothing on the image"
    if all(mark.kind is ShapeKind.CLASSIFICATION for mark in marks):
        return ", ".join(mark.label.name for mark in marks)
    return f"{len(marks)} shape{'' if len(marks) == 1 else 's'}"


def _cutoff(unit: Unit, deployment: Deployment, tile: Tile) -> float | None:
    """Return the score above which an image is an outlier; None where it has no score."""
    if tile.score is None:
        return None
    # Only scored images need the numeric libraries.
    from reconciler.platform.monitoring.single import reference_of

    reference = reference_of(unit, deployment)
    return None if reference is None else reference.outliers.cutoff


def _facts(tile: Tile) -> list[tuple[str, Sequence[Fact]]]:
    told = [
        ("Custom metrics", tile.custom_metrics),
        ("Custom metadata", tile.custom_metadata),
        ("Metadata", tile.metadata),
    ]
    return [(name, facts(value)) for name, value in told if value]
