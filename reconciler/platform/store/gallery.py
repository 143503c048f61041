"""Predictions of one deployment as a gallery shows them: a page under filters, its neighbours, one image whole.

Which images a page shows is decided in `sifting`; here they are told with everything that is drawn of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from reconciler.platform.store import scores, sifting
from reconciler.platform.store.facets import moment_of
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.sifting import Count, Cursor, Filters, Walk
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.data import Data, Datalake, StoredObject
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.facets import OutlierScore, SentTag
from reconciler.platform.store.tables.predictions import PredictedAsset, Prediction, Review
from reconciler.platform.store.tables.tags import Tag
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ModelRole, ReviewState, TagTarget

PAGE = 60
# How many choices a filter offers.
MOST_CHOICES = 100


@dataclass(frozen=True)
class Answer:
    """What one model version answered: latency in seconds, shapes as `tables.predictions.Prediction` keeps them."""

    model_version_id: UUID
    latency: float
    raw_count: int
    shapes: Json


@dataclass(frozen=True)
class Reviewed:
    """The newest review of an image: shapes as `tables.predictions.Review` keeps them."""

    shapes: Json
    reviewer: str
    at: datetime


@dataclass(frozen=True)
class Tile:
    """One kept image with all that is known of it.

    `score` is the outlier score by the training data as they are set now, None where there is none (yet).
    """

    id: UUID
    oracle_prediction_id: UUID
    data_id: UUID
    filename: str
    width: int
    height: int
    timestamp: datetime
    state: ReviewState
    source: str | None
    tags: Sequence[str]
    metadata: Json | None
    custom_metadata: Json | None
    custom_metrics: Json | None
    champion: Answer | None
    shadow: Answer | None
    review: Reviewed | None
    score: float | None
    is_outlier: bool | None

    @property
    def cursor(self) -> Cursor:
        """Where the image stands among all."""
        return Cursor(moment_of(self.timestamp), self.id)


@dataclass(frozen=True)
class GalleryPage:
    """Part of a gallery, newest first.

    Attributes:
        tiles: the images.
        newer: what to begin before for the page of newer images; None where there are none.
        older: what to begin after for the page of older ones; None where there are none.
        searched_to: how far was searched, where filters are so narrow that the search stopped there; `older` (or
            `newer`, searching that way) goes on.
    """

    tiles: Sequence[Tile]
    newer: Cursor | None
    older: Cursor | None
    searched_to: datetime | None


@dataclass(frozen=True)
class Neighbours:
    """The images next to one under the same filters; None at an end, or where none was found within reach."""

    newer: UUID | None
    older: UUID | None


@dataclass(frozen=True)
class StoredPicture:
    """The bytes of a kept image: the blob, the hash of its content, its size in bytes."""

    blob: str
    etag: str
    size: int
    content_type: str


def list_page(
    unit: Unit,
    deployment: Deployment,
    filters: Filters,
    *,
    before: Cursor | None = None,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> GalleryPage:
    """Return the newest images that match, or those older than `before`, or those next newer than `after`."""
    begin = after if after is not None else before
    is_forward = after is not None
    found = sifting.sift(unit, deployment, filters, Walk(begin, limit, is_forward=is_forward))
    cursors = sorted(found.cursors, reverse=True)
    tiles = _tiles(unit, deployment, [cursor.id for cursor in cursors])
    # Where a page came from, there is more: at least the image it began at.
    back = None if begin is None else _edge(cursors, begin, is_forward=is_forward)
    newer, older = (found.beyond, back) if is_forward else (back, found.beyond)
    return GalleryPage(sorted(tiles, key=lambda tile: tile.cursor, reverse=True), newer, older, found.searched_to)


def count(unit: Unit, deployment: Deployment, filters: Filters) -> Count:
    """Return how many images match, or that they are more than were counted."""
    return sifting.count(unit, deployment, filters)


def sources(unit: Unit, deployment: Deployment) -> Sequence[str]:
    """Return where a deployment's images came from, by name; at most `MOST_CHOICES`."""
    return _distinct(unit, PredictedAsset.source, PredictedAsset.deployment_id == deployment.id)


def tags(unit: Unit, deployment: Deployment) -> Sequence[str]:
    """Return the names of tags that a deployment's images may carry; at most `MOST_CHOICES`."""
    sent = _distinct(unit, SentTag.name, SentTag.deployment_id == deployment.id)
    of_data = (Tag.target_type == TagTarget.DATA) & (Tag.scope_id == deployment.target_datalake_id)
    of_assets = (Tag.target_type == TagTarget.PREDICTED_ASSET) & (Tag.scope_id == deployment.organization_id)
    made = unit.session.scalars(select(Tag.name).where(of_data | of_assets).order_by(Tag.name).limit(MOST_CHOICES))
    return sorted({*sent, *made})[:MOST_CHOICES]


def tile(unit: Unit, deployment: Deployment, predicted_asset_id: UUID) -> Tile:
    """Return one kept image of a deployment, or raise NotFound."""
    found = _tiles(unit, deployment, [predicted_asset_id])
    if not found:
        raise NotFound(f"There is no {PredictedAsset.noun} {predicted_asset_id}.")
    return found[0]


def neighbours(unit: Unit, deployment: Deployment, filters: Filters, predicted_asset_id: UUID) -> Neighbours:
    """Return what is next to an image under filters, whether or not it matches them itself; NotFound without it."""
    asset = _asset(unit, deployment, predicted_asset_id)
    place = Cursor(moment_of(asset.timestamp), asset.id)
    newer, older = (
        sifting.sift(unit, deployment, filters, Walk(place, 1, is_forward=forward)).cursors for forward in (True, False)
    )
    return Neighbours(newer[0].id if newer else None, older[0].id if older else None)


def picture(unit: Unit, deployment: Deployment, predicted_asset_id: UUID) -> StoredPicture:
    """Return where the bytes of an image are; NotFound where it was not kept, or its object is gone."""
    asset = _asset(unit, deployment, predicted_asset_id)
    row = unit.session.execute(
        select(StoredObject.blob, StoredObject.etag, StoredObject.size, StoredObject.content_type)
        .join(Datalake, Datalake.connector_id == StoredObject.connector_id)
        .join(Data, (Data.datalake_id == Datalake.id) & (Data.object_name == StoredObject.object_name))
        .where(Data.id == asset.data_id)
    ).first()
    if row is None:
        raise NotFound(f"The image of the {PredictedAsset.noun} {predicted_asset_id} is gone.")
    return StoredPicture(*row)


def _asset(unit: Unit, deployment: Deployment, asset_id: UUID) -> PredictedAsset:
    asset = unit.session.get(PredictedAsset, asset_id)
    if asset is None or asset.deployment_id != deployment.id or asset.data_id is None:
        raise NotFound(f"There is no {PredictedAsset.noun} {asset_id}.")
    return asset


def _distinct(
    unit: Unit, column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], own: ColumnElement[bool]
) -> Sequence[str]:
    """Return the values of an indexed column: each found by a look beyond the one before, not by reading all rows."""
    found = select(func.min(column).label("value")).where(own).cte("found", recursive=True)
    following = select(func.min(column)).where(own, column > found.c.value).scalar_subquery()
    # One place is for the end, which is null.
    found = found.union_all(select(following).where(found.c.value.is_not(None)))
    rows = select(found.c.value).limit(MOST_CHOICES + 1)
    return [value for value in unit.session.scalars(rows) if value is not None][:MOST_CHOICES]


def _edge(cursors: Sequence[Cursor], begin: Cursor, *, is_forward: bool) -> Cursor:
    """Return where the page that this one came from begins; an empty page leads back to where it began."""
    if not cursors:
        return begin.moved(1 if is_forward else -1)
    return cursors[-1] if is_forward else cursors[0]


def _tiles(unit: Unit, deployment: Deployment, ids: Sequence[UUID]) -> list[Tile]:
    """Return kept images of a deployment, in no order, in a fixed number of queries."""
    rows = (
        select(PredictedAsset)
        .where(PredictedAsset.id.in_(ids))
        .options(
            joinedload(PredictedAsset.data).selectinload(Data.tags),
            selectinload(PredictedAsset.predictions),
            selectinload(PredictedAsset.tags),
        )
    )
    judged, reviews = _judged(unit, deployment, ids), _reviews(unit, ids)
    assets = unit.session.scalars(rows).all()
    return [
        _tile(asset, asset.data, judged.get(asset.id), reviews.get(asset.id))
        for asset in assets
        # Asked for in SQL, SQLite would read all images of the deployment to find these few.
        if asset.data is not None and asset.deployment_id == deployment.id
    ]


def _judged(unit: Unit, deployment: Deployment, ids: Sequence[UUID]) -> Mapping[UUID, OutlierScore]:
    judge = scores.judge_of(unit, deployment.id)
    if judge is None:
        return {}
    rows = select(OutlierScore).where(OutlierScore.predicted_asset_id.in_(ids), OutlierScore.era == judge.era)
    return {row.predicted_asset_id: row for row in unit.session.scalars(rows)}


def _reviews(unit: Unit, ids: Sequence[UUID]) -> Mapping[UUID, Review]:
    rows = select(Review).where(Review.predicted_asset_id.in_(ids)).order_by(Review.id)
    # Later rows take the place of earlier ones: the newest review counts.
    return {review.predicted_asset_id: review for review in unit.session.scalars(rows)}


def _tile(asset: PredictedAsset, data: Data, judged: OutlierScore | None, review: Review | None) -> Tile:
    answers = {each.role: _answer(each) for each in asset.predictions}
    return Tile(
        id=asset.id,
        oracle_prediction_id=asset.oracle_prediction_id,
        data_id=data.id,
        filename=data.filename,
        width=asset.width,
        height=asset.height,
        timestamp=asset.timestamp,
        state=asset.state,
        source=asset.source,
        tags=_tags(asset, data),
        metadata=data.facts,
        custom_metadata=data.custom_metadata,
        custom_metrics=asset.custom_metrics,
        champion=answers.get(ModelRole.CHAMPION),
        shadow=answers.get(ModelRole.SHADOW),
        review=Reviewed(review.shapes, review.reviewer, review.created_at) if review is not None else None,
        score=judged.score if judged is not None else None,
        is_outlier=judged.is_outlier if judged is not None else None,
    )


def _tags(asset: PredictedAsset, data: Data) -> Sequence[str]:
    held: Iterable[str] = (tag.name for tag in (*asset.tags, *data.tags))
    return sorted({*asset.data_tags, *held})


def _answer(prediction: Prediction) -> Answer:
    return Answer(prediction.model_version_id, prediction.latency, prediction.raw_count, prediction.shapes)
