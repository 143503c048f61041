"""The review tool: one image after another, what is on it put right and saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from uuid import UUID

from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reconciler.platform.dashboard import drawing
from reconciler.platform.dashboard.drawing import Labels, Mark
from reconciler.platform.dashboard.notices import Notice
from reconciler.platform.dashboard.pages.heading import address
from reconciler.platform.dashboard.pages.review import sheets
from reconciler.platform.dashboard.pages.review.queue import TO_REVIEW, Queue, queue_of
from reconciler.platform.dashboard.pages.review.waiting import waiting_of
from reconciler.platform.dashboard.rendering import render
from reconciler.platform.dashboard.visit import Visit, action, page, see
from reconciler.platform.dashboard.words import ago
from reconciler.platform.envelope import answer_to
from reconciler.platform.shapes.annotations import MOST_SHAPES
from reconciler.platform.shapes.predicted_assets import ReviewBody
from reconciler.platform.store import predicted_assets, reviews
from reconciler.platform.store.faults import Fault, Invalid, NotFound
from reconciler.platform.store.geometry import NewShape
from reconciler.platform.store.reviews import Overtaken, Recorded
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ModelRole, ShapeKind

_JSON: Final = "application/json"
_MOST_LINES = 5


@dataclass(frozen=True)
class Still:
    """What the page shows where scripts do not run: the image with its shapes, and what was said of it."""

    marks: Sequence[Mark]
    role: str
    start: str

    @classmethod
    def of(cls, asset: PredictedAsset, labels: Labels) -> "Still":
        """Return the newest review of an image, or else what the champion said."""
        size = asset.width, asset.height
        if asset.reviews:
            return cls(drawing.of_review(asset.reviews[-1].shapes, size, labels), "review", sheets.REVIEW)
        champion = next(held for held in asset.predictions if held.role is ModelRole.CHAMPION)
        role = ModelRole.CHAMPION.lower()
        return cls(drawing.of_prediction(champion.shapes, size, labels), role, role)


def begin(visit: Visit) -> Response:
    """Go to the newest image that waits for a review (or is in the states asked for), or to the page after the last."""
    with visit.read() as unit:
        queue = queue_of(visit, unit, waiting=True)
        first = queue.first(unit, queue.filters.states or TO_REVIEW)
    return see(queue.end if first is None else queue.address(first))


def show(visit: Visit) -> Response:
    """Show the tool, on one image."""
    with visit.read() as unit:
        queue = queue_of(visit, unit)
        asset, labels = _asset(visit, unit, queue.deployment), Labels.of(queue.deployment)
        sheet = sheets.sheet_of(asset, labels, queue.neighbours(unit, asset.id))
        waiting = waiting_of(unit, queue.deployment)
        setup = _setup(visit, queue, labels)
        setup |= {"position": queue.position(unit, asset), "waiting": vars(waiting), "sheet": sheet}
        return render(
            visit,
            "review-tool.html",
            queue=queue,
            sheet=sheet,
            setup=setup,
            still=Still.of(asset, labels),
            labels=labels.listed,
            waiting=waiting,
        )


def tell(visit: Visit) -> Response:
    """Tell a script what there is to know of one image."""
    with visit.read() as unit:
        queue = queue_of(visit, unit)
        asset = _asset(visit, unit, queue.deployment)
        return JSONResponse(sheets.sheet_of(asset, Labels.of(queue.deployment), queue.neighbours(unit, asset.id)))


def save(visit: Visit) -> Response:
    """Record a review; scripts are answered, forms are sent to the next image."""
    if _JSON in visit.request.headers.get("accept", ""):
        try:
            return _answer(visit)
        except Fault as fault:
            return answer_to(fault)
    with visit.write() as unit:
        queue = queue_of(visit, unit)
        done = _record(visit, unit, _asset(visit, unit, queue.deployment))
        following = queue.neighbours(unit, visit.identifier("predicted_asset_id")).older
    if isinstance(done, Overtaken):
        return Notice(_overtaken(done), "bad").put(see(visit.here))
    return see(queue.end if following is None else queue.address(following))


routes = [
    Route("/deployments/{deployment_id}/review", page(begin), methods=["GET"]),
    Route("/deployments/{deployment_id}/review/{predicted_asset_id}", page(show), methods=["GET"]),
    Route("/deployments/{deployment_id}/review/{predicted_asset_id}", action(save), methods=["POST"]),
    Route("/deployments/{deployment_id}/review/{predicted_asset_id}/sheet", page(tell), methods=["GET"]),
]


def _answer(visit: Visit) -> Response:
    with visit.write() as unit:
        deployment = visit.deployment(unit)
        done = _record(visit, unit, _asset(visit, unit, deployment))
        waiting = vars(waiting_of(unit, deployment))
    if isinstance(done, Overtaken):
        told = {"reason": "meanwhile", "message": _overtaken(done), "since": str(done.by.id)}
        return JSONResponse({**told, "detail": []}, HTTPStatus.CONFLICT)
    return JSONResponse({"since": str(done.review.id), "is_new": done.is_new, "waiting": waiting})


def _record(visit: Visit, unit: Unit, asset: PredictedAsset) -> Recorded | Overtaken:
    follows = visit.told("since")
    shapes = _told(visit, asset)
    return reviews.add_after(unit, asset, shapes, follows=_identifier(follows) if follows else None)


def _told(visit: Visit, asset: PredictedAsset) -> list[NewShape]:
    """Return the shapes that a request tells: a script all of them, a form one class, or whose to accept."""
    if "shapes" in visit.form:
        return _read(_sent(visit.form["shapes"]))
    if label := visit.told("label"):
        return [NewShape(ShapeKind.CLASSIFICATION, _identifier(label), {})]
    start = sheets.starts_of(asset, Labels.of(asset.deployment)).get(visit.told("accept"))
    if start is None:
        raise Invalid("Say which shapes to accept: the champion's, the shadow's, or those of the last review.")
    return ReviewBody.model_validate(sheets.body_of(start)).new()


def _sent(field: UploadFile | str) -> str | bytes:
    # Scripts send a file: fields of text are held to a size that many shapes exceed.
    return field if isinstance(field, str) else field.file.read()


def _read(text: str | bytes) -> list[NewShape]:
    try:
        return ReviewBody.model_validate_json(text).new()
    except ValidationError as error:
        found = error.errors(include_url=False)[:_MOST_LINES]
        if any(line["type"] == "too_long" for line in found):
            raise Invalid(f"A review holds at most {MOST_SHAPES} shapes of a kind.") from None
        lines = [f"{'.'.join(str(step) for step in line['loc'])}: {line['msg']}" for line in found]
        raise Invalid("The review cannot be read.", lines) from None


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(f"'{text}' is no id.") from None


def _overtaken(done: Overtaken) -> str:
    told = ago(done.by.created_at)
    return f"{done.by.reviewer} reviewed this image {told}, after you had opened it. Nothing of yours was recorded yet."


def _asset(visit: Visit, unit: Unit, deployment: Deployment) -> PredictedAsset:
    asset = predicted_assets.visible(unit, visit.identifier("predicted_asset_id"))
    if asset.deployment_id != deployment.id:
        raise NotFound(f"'{deployment.name}' has no prediction {asset.id}.")
    return asset


def _setup(visit: Visit, queue: Queue, labels: Labels) -> dict[str, object]:
    """Return what the tool knows of all images of a queue."""
    return {
        "base": address(queue.deployment, "review"),
        "query": queue.suffix,
        "end": queue.end,
        "type": queue.deployment.type.value,
        "labels": [{"id": label.id, "name": label.name} for label in labels.listed],
        "may_write": visit.may_write,
    }
