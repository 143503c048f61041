"""Training runs, alerts, and what makes a job durable."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WORD = sa.String(32)
_MOMENT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _owned() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
    ]


def upgrade() -> None:
    """Create the tables, those that others refer to first."""
    op.add_column("jobs", sa.Column("payload", _JSON))
    op.add_column("jobs", sa.Column("error", sa.Text()))
    op.add_column("continuous_trainings", sa.Column("last_run_id", sa.Uuid()))
    _training_runs()
    _alerts()


def _training_runs() -> None:
    op.create_table(
        "training_runs",
        *_owned(),
        sa.Column("deployment_id", sa.Uuid(), sa.ForeignKey("deployments.id", ondelete="SET NULL")),
        sa.Column("job_id", sa.Uuid(), sa.ForeignKey("jobs.id"), nullable=False),
        sa.Column("experiment_id", sa.Uuid(), nullable=False),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("settings", _JSON, nullable=False),
        sa.Column("candidates", _JSON, nullable=False),
        sa.Column("weights", sa.Text()),
        sa.Column("measured", _JSON),
        sa.Column("model_version_id", sa.Uuid()),
        sa.Column("policy", _WORD),
        sa.Column("deployed_at", _MOMENT),
        sa.Column("ended_at", _MOMENT),
        sa.UniqueConstraint("job_id"),
    )
    for column in ("organization_id", "deployment_id", "experiment_id"):
        op.create_index(f"ix_training_runs_{column}", "training_runs", [column])
    running = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_training_runs_running",
        "training_runs",
        ["deployment_id"],
        unique=True,
        sqlite_where=running,
        postgresql_where=running,
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        *_owned(),
        sa.Column("deployment_id", sa.Uuid(), sa.ForeignKey("deployments.id", ondelete="CASCADE"), nullable=False),
        sa.Column("metric", _WORD, nullable=False),
        sa.Column("operator", _WORD, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
    )
    for column in ("organization_id", "deployment_id"):
        op.create_index(f"ix_alerts_{column}", "alerts", [column])
