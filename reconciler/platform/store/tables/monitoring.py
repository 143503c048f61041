"""What statistics are answered from: measurements of images and predictions, hourly roll-ups, computed aggregates."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from reconciler.platform.store.tables.base import Json, Prose, Row
from reconciler.platform.store.words import ModelRole


class MeasuredImage(Row):
    """What was measured on the image of one predicted asset.

    `features` are packed doubles and `view` packed bytes, as `monitoring.features` makes them; both are null where
    the image could not be read.
    """

    __tablename__ = "measured_images"
    __table_args__ = (
        Index("ix_measured_images_deployment_id_lot", "deployment_id", "lot"),
        Index("ix_measured_images_deployment_id_timestamp", "deployment_id", "timestamp"),
    )

    predicted_asset_id: Mapped[UUID] = mapped_column(
        ForeignKey("predicted_assets.id", ondelete="CASCADE"), primary_key=True
    )
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"))
    timestamp: Mapped[float] = mapped_column(Double())
    # A number drawn from the row's id: the smallest lots of any selection are a fair sample of it, always the same.
    lot: Mapped[int] = mapped_column(BigInteger)
    features: Mapped[bytes | None]
    view: Mapped[bytes | None]


class MeasuredPrediction(Row):
    """What one prediction contributes to the counters of its hour; `slots` and `labels` are those of `store.tally`."""

    __tablename__ = "measured_predictions"
    __table_args__ = (
        Index("ix_measured_predictions_deployment_id_timestamp", "deployment_id", "timestamp"),
        Index(
            "ix_measured_predictions_model_version_id_timestamp",
            *("deployment_id", "model_version_id", "timestamp"),
        ),
    )

    prediction_id: Mapped[UUID] = mapped_column(ForeignKey("predictions.id", ondelete="CASCADE"), primary_key=True)
    predicted_asset_id: Mapped[UUID] = mapped_column(ForeignKey("predicted_assets.id", ondelete="CASCADE"), index=True)
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"))
    model_version_id: Mapped[UUID]
    role: Mapped[ModelRole]
    timestamp: Mapped[float] = mapped_column(Double())
    latency: Mapped[float] = mapped_column(Double())
    objects: Mapped[int]
    slots: Mapped[bytes]
    labels: Mapped[Json]


class HourlyRollup(Row):
    """The sum of all measured predictions of one model version, in one role, within one hour."""

    __tablename__ = "hourly_rollups"
    __table_args__ = (
        # Counts and latencies alone, which lists and charts ask for, are read without the counters beside them.
        Index(
            "ix_hourly_rollups_figures",
            *("deployment_id", "role", "hour", "model_version_id", "predictions"),
            *("objects", "latency_sum", "latency_least", "latency_most"),
        ),
    )

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"), primary_key=True)
    model_version_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[ModelRole] = mapped_column(primary_key=True)
    # Hours since 1970.
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    predictions: Mapped[int] = mapped_column(BigInteger)
    objects: Mapped[int] = mapped_column(BigInteger)
    # Whole nanoseconds: a sum of integers is the same in any order, and can be taken back exactly.
    latency_sum: Mapped[int] = mapped_column(BigInteger)
    latency_least: Mapped[float] = mapped_column(Double())
    latency_most: Mapped[float] = mapped_column(Double())
    counters: Mapped[bytes]
    labels: Mapped[Json]


class StatisticsRevision(Row):
    """How often the predictions and reviews of a deployment have changed: what an aggregate's freshness is told by."""

    __tablename__ = "statistics_revisions"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)


class ReferenceModel(Row):
    """Where the measurements of a training-data reference lie, and the outlier model fitted on them."""

    __tablename__ = "reference_models"

    deployment_id: Mapped[UUID] = mapped_column(
        ForeignKey("training_data.deployment_id", ondelete="CASCADE"), primary_key=True
    )
    attempt: Mapped[int]
    blob: Mapped[str]


class Aggregate(Row):
    """One computed aggregate: the answer to one query of one service, and what state of the data it was computed on.

    `fingerprint` and `data` are null before the first computation ends; `error` tells why the last one failed.
    """

    __tablename__ = "aggregates"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"), primary_key=True)
    service: Mapped[str] = mapped_column(String(32), primary_key=True)
    # A digest of the query.
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    query: Mapped[Json]
    fingerprint: Mapped[str | None]
    data: Mapped[Json | None]
    error: Mapped[Prose | None]
    computed_at: Mapped[datetime | None]
    # The job that computes it now, or did last.
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"), index=True)
