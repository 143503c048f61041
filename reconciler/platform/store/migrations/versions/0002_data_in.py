"""Annotations and experiments: what people and training runs say of data."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NAME = sa.String(255)
_OBJECT = sa.String(1024)
_WORD = sa.String(32)
_MOMENT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _identified() -> list[sa.Column[Any]]:
    return [sa.Column("id", sa.Uuid(), primary_key=True), sa.Column("created_at", _MOMENT, nullable=False)]


def _owned() -> list[sa.Column[Any]]:
    owner = sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False)
    return [*_identified(), owner]


def _named() -> list[sa.Column[Any]]:
    return [*_owned(), sa.Column("name", _NAME, nullable=False)]


def _below(column: str, parent: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(column, sa.Uuid(), sa.ForeignKey(parent, ondelete="CASCADE"), nullable=False, primary_key=key)


def _indexed(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def upgrade() -> None:
    """Create the tables, those that others refer to first."""
    _labels()
    _annotations()
    _experiments()
    _records()
    _logging()
    _evaluations()


def _labels() -> None:
    op.create_table(
        "label_groups",
        *_named(),
        _below("dataset_version_id", "dataset_versions.id"),
        sa.Column("parent_id", sa.Uuid(), sa.ForeignKey("label_groups.id", ondelete="SET NULL")),
        sa.UniqueConstraint("dataset_version_id", "name"),
    )
    _indexed("label_groups", "organization_id", "parent_id")
    op.create_table(
        "skeletons",
        _below("label_id", "labels.id", key=True),
        sa.Column("vertices", _JSON, nullable=False),
        sa.Column("edges", _JSON, nullable=False),
    )


def _annotations() -> None:
    op.create_table(
        "annotations",
        *_owned(),
        sa.Column("dataset_version_id", sa.Uuid(), sa.ForeignKey("dataset_versions.id"), nullable=False),
        _below("asset_id", "assets.id"),
        sa.Column("duration", sa.Double(), nullable=False),
        sa.Column("status", _WORD, nullable=False),
        sa.Column("attributes", _JSON),
    )
    _indexed("annotations", "organization_id", "dataset_version_id", "asset_id")
    op.create_table(
        "annotated_shapes",
        *_owned(),
        _below("annotation_id", "annotations.id"),
        sa.Column("label_id", sa.Uuid(), sa.ForeignKey("labels.id"), nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("geometry", _JSON, nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("attributes", _JSON),
    )
    _indexed("annotated_shapes", "organization_id", "annotation_id", "label_id")


def _experiments() -> None:
    op.create_table(
        "experiments",
        *_named(),
        sa.Column("project_id", sa.Uuid(), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", _WORD, nullable=False),
        sa.Column("base_model_version_id", sa.Uuid()),
        sa.Column("base_experiment_id", sa.Uuid()),
        sa.Column("job_id", sa.Uuid(), sa.ForeignKey("jobs.id")),
        sa.UniqueConstraint("project_id", "name"),
    )
    _indexed("experiments", "organization_id", "job_id")
    op.create_table(
        "experiment_datasets",
        _below("experiment_id", "experiments.id", key=True),
        _below("dataset_version_id", "dataset_versions.id", key=True),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("experiment_id", "name"),
    )
    _indexed("experiment_datasets", "dataset_version_id")


def _records() -> None:
    op.create_table(
        "logs",
        *_named(),
        _below("experiment_id", "experiments.id"),
        sa.Column("type", _WORD, nullable=False),
        sa.Column("data", _JSON, nullable=False),
        sa.UniqueConstraint("experiment_id", "name"),
    )
    _indexed("logs", "organization_id")
    op.create_table(
        "artifacts",
        *_named(),
        _below("experiment_id", "experiments.id"),
        sa.Column("filename", _NAME, nullable=False),
        sa.Column("object_name", _OBJECT, nullable=False),
        sa.Column("large", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("experiment_id", "name"),
    )
    _indexed("artifacts", "organization_id")
    op.create_index("ix_artifacts_organization_id_object_name", "artifacts", ["organization_id", "object_name"])


def _logging() -> None:
    op.create_table(
        "logging_files",
        *_owned(),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("object_name", _OBJECT, nullable=False),
        sa.UniqueConstraint("subject_id"),
    )
    _indexed("logging_files", "organization_id")
    op.create_table(
        "logging_lines",
        sa.Column("subject_id", sa.Uuid(), primary_key=True),
        sa.Column("line_nb", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("part", _NAME, nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("log", _JSON, nullable=False),
        sa.Column("special", _JSON, nullable=False),
    )


def _evaluations() -> None:
    op.create_table(
        "evaluations",
        *_owned(),
        _below("experiment_id", "experiments.id"),
        _below("asset_id", "assets.id"),
        sa.Column("shapes", _JSON, nullable=False),
        sa.Column("custom_metrics", _JSON),
        sa.UniqueConstraint("experiment_id", "asset_id"),
    )
    _indexed("evaluations", "organization_id", "asset_id")
