"""What a deployment saw and answered: predicted assets, predictions, reviews, and what was submitted of them.

PredictedAsset 1 ── 1..2 Prediction (champion, shadow)
               1 ── n    Review (the newest counts)
               1 ── n    Submission (one for each dataset version it went to)
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reconciler.platform.store.tables.base import Identified, Json, Owned, Row, now
from reconciler.platform.store.tables.data import Data
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.tags import Tag, tag_link
from reconciler.platform.store.words import ModelRole, ReviewState


class PredictedAsset(Owned, Row):
    """One image seen by one deployment.

    `data_id` is null where the image was left out by the sample rate, or removed from its datalake since: clients do
    not see such a row, statistics count it all the same.
    """

    __tablename__ = "predicted_assets"
    __table_args__ = (
        UniqueConstraint("deployment_id", "data_id"),
        UniqueConstraint("deployment_id", "fingerprint"),
        # Galleries show the newest of all, of a state, or of a source; the id settles ties.
        Index("ix_predicted_assets_newest", "deployment_id", "timestamp", "id"),
        Index("ix_predicted_assets_newest_of_state", "deployment_id", "state", "timestamp", "id"),
        Index("ix_predicted_assets_newest_of_source", "deployment_id", "source", "timestamp", "id"),
    )
    noun = "predicted asset"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"))
    data_id: Mapped[UUID | None] = mapped_column(ForeignKey("data.id", ondelete="SET NULL"), index=True)
    oracle_prediction_id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    # The moment of inference, as its sender told it; the row's own `created_at` is the moment of reception.
    timestamp: Mapped[datetime] = mapped_column(default=now)
    width: Mapped[int]
    height: Mapped[int]
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.TO_REVIEW)
    # Source and tags as they were sent: an image that was not kept has them too.
    source: Mapped[str | None]
    data_tags: Mapped[list[str]]
    custom_metrics: Mapped[Json | None]
    # Of a request that names its own moment: sent again, it is the same prediction, not another one.
    fingerprint: Mapped[str | None] = mapped_column(String(64))

    deployment: Mapped[Deployment] = relationship()
    data: Mapped[Data | None] = relationship()
    predictions: Mapped[list["Prediction"]] = relationship(
        order_by="Prediction.role", cascade="all, delete-orphan", passive_deletes=True, back_populates="asset"
    )
    reviews: Mapped[list["Review"]] = relationship(
        order_by="Review.id", cascade="all, delete-orphan", passive_deletes=True, back_populates="asset"
    )
    tags: Mapped[list[Tag]] = tag_link("PredictedAsset")


class Prediction(Identified, Row):
    """What one model version answered for one image.

    `shapes` holds the wire's lists as they are counted (protocol 3.2): `detection_classes`, `detection_scores`, and by
    type `detection_boxes` (top, left, bottom, right in pixels), `detection_masks`, `lines`, `points`, `keypoints`.
    """

    __tablename__ = "predictions"
    __table_args__ = (UniqueConstraint("predicted_asset_id", "role"),)
    noun = "prediction"

    predicted_asset_id: Mapped[UUID] = mapped_column(ForeignKey("predicted_assets.id", ondelete="CASCADE"))
    role: Mapped[ModelRole]
    # A fact of the past: it names a version without holding it.
    model_version_id: Mapped[UUID] = mapped_column(index=True)
    latency: Mapped[float]
    shapes: Mapped[Json]
    # How many shapes the model answered, before the threshold dropped some; for audit.
    raw_count: Mapped[int]
    asset: Mapped[PredictedAsset] = relationship(back_populates="predictions")


class Review(Identified, Row):
    """What a person says is on the image.

    `shapes` holds lists as reviews send them: `rectangles` (x, y, w, h in pixels), `polygons`, `lines`, `points`,
    `classifications`, each entry with `label_id` and `label`, the name and id of a label of the deployment.
    """

    __tablename__ = "reviews"
    noun = "review"

    predicted_asset_id: Mapped[UUID] = mapped_column(ForeignKey("predicted_assets.id", ondelete="CASCADE"), index=True)
    shapes: Mapped[Json]
    reviewed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    reviewer: Mapped[str]
    asset: Mapped[PredictedAsset] = relationship(back_populates="reviews")


class Submission(Owned, Row):
    """One reviewed image put into one dataset version; it names what it made without holding it."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("predicted_asset_id", "dataset_version_id"),)
    noun = "submission"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"), index=True)
    predicted_asset_id: Mapped[UUID] = mapped_column(ForeignKey("predicted_assets.id", ondelete="CASCADE"))
    dataset_version_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    # The training run that consumed it; null while it still counts towards the next one.
    training_run_id: Mapped[UUID | None] = mapped_column(index=True)
