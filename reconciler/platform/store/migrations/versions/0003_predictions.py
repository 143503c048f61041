"""Predicted assets, predictions, reviews, and the images they are about."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NAME = sa.String(255)
_WORD = sa.String(32)
_MOMENT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _identified() -> list[sa.Column[Any]]:
    return [sa.Column("id", sa.Uuid(), primary_key=True), sa.Column("created_at", _MOMENT, nullable=False)]


def _owned() -> list[sa.Column[Any]]:
    owner = sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False)
    return [*_identified(), owner]


def _below(column: str, parent: str) -> sa.Column[Any]:
    return sa.Column(column, sa.Uuid(), sa.ForeignKey(parent, ondelete="CASCADE"), nullable=False)


def upgrade() -> None:
    """Create the tables, those that others refer to first."""
    _predicted_assets()
    _predictions()
    _reviews()
    _submissions()


def _predicted_assets() -> None:
    op.create_table(
        "predicted_assets",
        *_owned(),
        _below("deployment_id", "deployments.id"),
        sa.Column("data_id", sa.Uuid(), sa.ForeignKey("data.id", ondelete="SET NULL")),
        sa.Column("oracle_prediction_id", sa.Uuid(), nullable=False),
        sa.Column("timestamp", _MOMENT, nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("source", _NAME),
        sa.Column("data_tags", _JSON, nullable=False),
        sa.Column("custom_metrics", _JSON),
        sa.Column("fingerprint", sa.String(64)),
        sa.UniqueConstraint("oracle_prediction_id"),
        sa.UniqueConstraint("deployment_id", "data_id"),
        sa.UniqueConstraint("deployment_id", "fingerprint"),
    )
    op.create_index("ix_predicted_assets_organization_id", "predicted_assets", ["organization_id"])
    op.create_index("ix_predicted_assets_data_id", "predicted_assets", ["data_id"])
    for column in ("timestamp", "state"):
        op.create_index(f"ix_predicted_assets_deployment_id_{column}", "predicted_assets", ["deployment_id", column])


def _predictions() -> None:
    op.create_table(
        "predictions",
        *_identified(),
        _below("predicted_asset_id", "predicted_assets.id"),
        sa.Column("role", _WORD, nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=False),
        sa.Column("latency", sa.Double(), nullable=False),
        sa.Column("shapes", _JSON, nullable=False),
        sa.Column("raw_count", sa.Integer(), nullable=False),
        sa.UniqueConstraint("predicted_asset_id", "role"),
    )
    op.create_index("ix_predictions_model_version_id", "predictions", ["model_version_id"])


def _reviews() -> None:
    op.create_table(
        "reviews",
        *_identified(),
        _below("predicted_asset_id", "predicted_assets.id"),
        sa.Column("shapes", _JSON, nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("reviewer", _NAME, nullable=False),
    )
    op.create_index("ix_reviews_predicted_asset_id", "reviews", ["predicted_asset_id"])


def _submissions() -> None:
    op.create_table(
        "submissions",
        *_owned(),
        _below("deployment_id", "deployments.id"),
        _below("predicted_asset_id", "predicted_assets.id"),
        sa.Column("dataset_version_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("training_run_id", sa.Uuid()),
        sa.UniqueConstraint("predicted_asset_id", "dataset_version_id"),
    )
    for column in ("organization_id", "deployment_id", "training_run_id"):
        op.create_index(f"ix_submissions_{column}", "submissions", [column])
