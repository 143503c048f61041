"""Reviews: what people say is on an image that a deployment saw. The way on is one-way: reviewed, then submitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from reconciler.platform.store import measurements
from reconciler.platform.store.faults import Conflict, Invalid, NotFound
from reconciler.platform.store.geometry import NewShape, completed
from reconciler.platform.store.kinds import HELD
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.predictions import PredictedAsset, Review
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ReviewState, ShapeKind


@dataclass(frozen=True)
class Recorded:
    """A review that counts; not new where the same request was answered before, and only its answer was lost."""

    review: Review
    is_new: bool


@dataclass(frozen=True)
class Overtaken:
    """Nothing was recorded: this review came after the last one that its author saw."""

    by: Review


def add_after(
    unit: Unit, asset: PredictedAsset, shapes: Sequence[NewShape], *, follows: UUID | None
) -> Recorded | Overtaken:
    """Record what is on an image for somebody who saw the reviews up to `follows` (None: that there were none).

    So that a request that is sent again records nothing twice, and nobody's review is followed unseen. Raises as `add`.
    """
    # Whoever else reviews this image waits here, and then sees what was recorded.
    unit.session.refresh(asset, ["state", "reviews"], with_for_update=True)
    known = [review.id for review in asset.reviews]
    if (known[-1] if known else None) == follows:
        return Recorded(add(unit, asset, shapes), is_new=True)
    newest, before = asset.reviews[-1], known[-2] if len(known) > 1 else None
    is_same = newest.reviewed_by == unit.actor.user_id and newest.shapes == _kept(asset, shapes)
    return Recorded(newest, is_new=False) if is_same and before == follows else Overtaken(newest)


def add(unit: Unit, asset: PredictedAsset, shapes: Sequence[NewShape]) -> Review:
    """Record what is on an image; no shapes at all say that nothing is. The newest review counts.

    Raises:
        Conflict: once the image is submitted to a dataset.
        Invalid: for shapes that a deployment of this type does not have, or that are not sane.
        NotFound: for a label of another deployment.
    """
    if asset.state is ReviewState.SUBMITTED:
        raise Conflict("This prediction is submitted to a dataset; it cannot be reviewed again.")
    review = Review(
        predicted_asset_id=asset.id,
        shapes=_kept(asset, shapes),
        reviewed_by=unit.actor.user_id,
        reviewer=unit.actor.username,
    )
    asset.reviews.append(review)
    asset.state = ReviewState.REVIEWED
    unit.session.flush()
    measurements.note_review(unit, asset)
    return review


def _kept(asset: PredictedAsset, shapes: Sequence[NewShape]) -> Json:
    kinds = HELD[asset.deployment.type]
    held: dict[str, list[object]] = {kind.value: [] for kind in sorted(kinds)}
    for shape in shapes:
        if shape.kind not in kinds:
            told = ", ".join(sorted(kinds))
            raise Invalid(f"A deployment of type {asset.deployment.type} has {told}; these are {shape.kind}.")
        held[shape.kind].append(_entry(asset, shape))
    if len(held.get(ShapeKind.CLASSIFICATION, [])) > 1:
        raise Invalid("A review says one class of an image.")
    return dict(held)


def _entry(asset: PredictedAsset, shape: NewShape) -> Json:
    geometry = completed(shape.kind, shape.geometry, size=(asset.width, asset.height))
    return {**geometry, "label_id": str(shape.label_id), "label": _named(asset.deployment, shape)}


def _named(deployment: Deployment, shape: NewShape) -> str:
    for label in deployment.labels:
        if label.id == shape.label_id:
            return label.name
    raise NotFound(f"There is no label {shape.label_id} of '{deployment.name}'.")
