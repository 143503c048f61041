"""What statistics are answered from: features, roll-ups, reference sets and computed aggregates."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NAME = sa.String(255)
_WORD = sa.String(32)
_MOMENT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _below(column: str, parent: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(column, sa.Uuid(), sa.ForeignKey(parent, ondelete="CASCADE"), primary_key=key, nullable=False)


def upgrade() -> None:
    """Create the tables, those that others refer to first."""
    _measured_images()
    _measured_predictions()
    _hourly_rollups()
    _references()
    _aggregates()


def _measured_images() -> None:
    op.create_table(
        "measured_images",
        _below("predicted_asset_id", "predicted_assets.id", key=True),
        _below("deployment_id", "deployments.id"),
        sa.Column("timestamp", sa.Double(), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("features", sa.LargeBinary()),
        sa.Column("view", sa.LargeBinary()),
    )
    for column in ("lot", "timestamp"):
        op.create_index(f"ix_measured_images_deployment_id_{column}", "measured_images", ["deployment_id", column])


def _measured_predictions() -> None:
    op.create_table(
        "measured_predictions",
        _below("prediction_id", "predictions.id", key=True),
        _below("predicted_asset_id", "predicted_assets.id"),
        _below("deployment_id", "deployments.id"),
        sa.Column("model_version_id", sa.Uuid(), nullable=False),
        sa.Column("role", _WORD, nullable=False),
        sa.Column("timestamp", sa.Double(), nullable=False),
        sa.Column("latency", sa.Double(), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("slots", sa.LargeBinary(), nullable=False),
        sa.Column("labels", _JSON, nullable=False),
    )
    for name, columns in {
        "predicted_asset_id": ["predicted_asset_id"],
        "deployment_id_timestamp": ["deployment_id", "timestamp"],
        "model_version_id_timestamp": ["deployment_id", "model_version_id", "timestamp"],
    }.items():
        op.create_index(f"ix_measured_predictions_{name}", "measured_predictions", columns)


def _hourly_rollups() -> None:
    op.create_table(
        "hourly_rollups",
        _below("deployment_id", "deployments.id", key=True),
        sa.Column("model_version_id", sa.Uuid(), primary_key=True),
        sa.Column("role", _WORD, primary_key=True),
        sa.Column("hour", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("predictions", sa.BigInteger(), nullable=False),
        sa.Column("objects", sa.BigInteger(), nullable=False),
        sa.Column("latency_sum", sa.BigInteger(), nullable=False),
        sa.Column("latency_least", sa.Double(), nullable=False),
        sa.Column("latency_most", sa.Double(), nullable=False),
        sa.Column("counters", sa.LargeBinary(), nullable=False),
        sa.Column("labels", _JSON, nullable=False),
    )
    op.create_table(
        "statistics_revisions",
        _below("deployment_id", "deployments.id", key=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
    )


def _references() -> None:
    op.create_table(
        "reference_models",
        _below("deployment_id", "training_data.deployment_id", key=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("blob", _NAME, nullable=False),
    )


def _aggregates() -> None:
    op.create_table(
        "aggregates",
        _below("deployment_id", "deployments.id", key=True),
        sa.Column("service", _WORD, primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("query", _JSON, nullable=False),
        sa.Column("fingerprint", _NAME),
        sa.Column("data", _JSON),
        sa.Column("error", sa.Text()),
        sa.Column("computed_at", _MOMENT),
        sa.Column("job_id", sa.Uuid(), sa.ForeignKey("jobs.id", ondelete="SET NULL")),
    )
    op.create_index("ix_aggregates_job_id", "aggregates", ["job_id"])
