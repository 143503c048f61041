"""Everything the control service keeps: tenants, storage, data, datasets, models, projects, deployments, pipelines."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
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


def upgrade() -> None:
    """Create every table, those that others refer to first."""
    _tenants()
    _storage()
    _tags()
    _data()
    _datasets()
    _models()
    _model_files()
    _projects()
    _deployments()
    _deployment_facts()
    _pipelines()


def _tenants() -> None:
    op.create_table(
        "organizations",
        *_identified(),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("default_connector_id", sa.Uuid()),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "users",
        *_identified(),
        sa.Column("username", _NAME, nullable=False),
        sa.Column("default_organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.UniqueConstraint("username"),
    )
    op.create_table(
        "memberships",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), primary_key=True),
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"])
    op.create_table(
        "tokens",
        *_identified(),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("digest", _NAME, nullable=False),
        sa.Column("scope", _WORD, nullable=False),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "accesses",
        sa.Column("object_id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("role", _NAME),
    )


def _storage() -> None:
    op.create_table(
        "connectors",
        *_owned(),
        sa.Column("client_type", _NAME, nullable=False),
        sa.Column("bucket_name", _NAME, nullable=False),
    )
    op.create_index("ix_connectors_organization_id", "connectors", ["organization_id"])
    op.create_table(
        "stored_objects",
        *_identified(),
        sa.Column("connector_id", sa.Uuid(), sa.ForeignKey("connectors.id"), nullable=False),
        sa.Column("object_name", sa.String(1024), nullable=False),
        sa.Column("blob", _NAME, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("etag", _NAME, nullable=False),
        sa.Column("content_type", _NAME, nullable=False),
        sa.UniqueConstraint("connector_id", "object_name"),
    )
    op.create_table(
        "multipart_uploads",
        *_identified(),
        sa.Column("connector_id", sa.Uuid(), sa.ForeignKey("connectors.id"), nullable=False),
        sa.Column("object_name", sa.String(1024), nullable=False),
        sa.Column("content_type", _NAME, nullable=False),
    )
    op.create_table(
        "multipart_parts",
        sa.Column("upload_id", sa.Uuid(), sa.ForeignKey("multipart_uploads.id"), primary_key=True),
        sa.Column("part_no", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("blob", _NAME, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("etag", _NAME, nullable=False),
    )


def _tags() -> None:
    op.create_table(
        "tags",
        *_owned(),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("target_type", _WORD, nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("scope_id", "target_type", "name"),
    )
    op.create_index("ix_tags_organization_id", "tags", ["organization_id"])
    op.create_table(
        "tag_links",
        sa.Column("tag_id", sa.Uuid(), sa.ForeignKey("tags.id"), primary_key=True),
        sa.Column("target_id", sa.Uuid(), primary_key=True),
    )
    op.create_index("ix_tag_links_target_id", "tag_links", ["target_id"])


def _data() -> None:
    op.create_table(
        "datalakes",
        *_owned(),
        sa.Column("connector_id", sa.Uuid(), sa.ForeignKey("connectors.id"), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("organization_id", "name"),
    )
    op.create_index("ix_datalakes_organization_id", "datalakes", ["organization_id"])
    op.create_table(
        "data_sources",
        *_owned(),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("organization_id", "name"),
    )
    op.create_index("ix_data_sources_organization_id", "data_sources", ["organization_id"])
    op.create_table(
        "data",
        *_owned(),
        sa.Column("datalake_id", sa.Uuid(), sa.ForeignKey("datalakes.id"), nullable=False),
        sa.Column("data_source_id", sa.Uuid(), sa.ForeignKey("data_sources.id")),
        sa.Column("type", _WORD, nullable=False),
        sa.Column("filename", _NAME, nullable=False),
        sa.Column("object_name", sa.String(1024), nullable=False),
        sa.Column("content_type", _NAME, nullable=False),
        sa.Column("upload_status", _WORD, nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("metadata", _JSON),
        sa.Column("custom_metadata", _JSON),
        sa.UniqueConstraint("datalake_id", "object_name"),
    )
    op.create_index("ix_data_data_source_id", "data", ["data_source_id"])
    op.create_index("ix_data_filename", "data", ["filename"])
    op.create_index("ix_data_organization_id", "data", ["organization_id"])


def _datasets() -> None:
    op.create_table(
        "datasets",
        *_owned(),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("organization_id", "name"),
    )
    op.create_index("ix_datasets_organization_id", "datasets", ["organization_id"])
    op.create_table(
        "dataset_versions",
        *_owned(),
        sa.Column("dataset_id", sa.Uuid(), sa.ForeignKey("datasets.id"), nullable=False),
        sa.Column("version", _NAME, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("type", _WORD, nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("dataset_id", "version"),
    )
    op.create_index("ix_dataset_versions_organization_id", "dataset_versions", ["organization_id"])
    op.create_table(
        "labels",
        *_owned(),
        sa.Column("dataset_version_id", sa.Uuid(), sa.ForeignKey("dataset_versions.id"), nullable=False),
        sa.Column("group_id", sa.Uuid()),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("dataset_version_id", "name"),
    )
    op.create_index("ix_labels_organization_id", "labels", ["organization_id"])
    op.create_table(
        "assets",
        *_owned(),
        sa.Column("dataset_version_id", sa.Uuid(), sa.ForeignKey("dataset_versions.id"), nullable=False),
        sa.Column("data_id", sa.Uuid(), sa.ForeignKey("data.id"), nullable=False),
        sa.UniqueConstraint("dataset_version_id", "data_id"),
    )
    op.create_index("ix_assets_data_id", "assets", ["data_id"])
    op.create_index("ix_assets_organization_id", "assets", ["organization_id"])


def _models() -> None:
    op.create_table(
        "models",
        *_owned(),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("next_version", sa.Integer(), nullable=False),
        sa.Column("type", _WORD, nullable=False),
        sa.Column("framework", _WORD, nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("organization_id", "name"),
    )
    op.create_index("ix_models_organization_id", "models", ["organization_id"])
    op.create_table(
        "model_versions",
        *_owned(),
        sa.Column("model_id", sa.Uuid(), sa.ForeignKey("models.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("type", _WORD, nullable=False),
        sa.Column("framework", _WORD, nullable=False),
        sa.Column("labels", _JSON),
        sa.Column("parameters", _JSON),
        sa.Column("docker_image", _NAME),
        sa.Column("docker_tag", _NAME),
        sa.Column("docker_flags", _JSON),
        sa.Column("docker_env_variables", _JSON),
        sa.Column("thumbnail_object_name", sa.String(1024)),
        sa.Column("notebook_link", sa.String(2048)),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("model_id", "name"),
        sa.UniqueConstraint("model_id", "version"),
    )
    op.create_index("ix_model_versions_organization_id", "model_versions", ["organization_id"])


def _model_files() -> None:
    op.create_table(
        "model_files",
        *_owned(),
        sa.Column("model_version_id", sa.Uuid(), sa.ForeignKey("model_versions.id"), nullable=False),
        sa.Column("filename", _NAME, nullable=False),
        sa.Column("object_name", sa.String(1024), nullable=False),
        sa.Column("large", sa.Boolean(), nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("model_version_id", "name"),
    )
    op.create_index("ix_model_files_organization_id", "model_files", ["organization_id"])
    op.create_table(
        "model_contexts",
        *_identified(),
        sa.Column("model_version_id", sa.Uuid(), sa.ForeignKey("model_versions.id"), nullable=False),
        sa.Column("experiment_id", sa.Uuid()),
        sa.Column("datas", _JSON, nullable=False),
        sa.Column("parameters", _JSON, nullable=False),
        sa.UniqueConstraint("model_version_id"),
    )


def _projects() -> None:
    op.create_table(
        "projects",
        *_owned(),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("organization_id", "name"),
    )
    op.create_index("ix_projects_organization_id", "projects", ["organization_id"])
    op.create_table(
        "project_datasets",
        sa.Column("project_id", sa.Uuid(), sa.ForeignKey("projects.id"), primary_key=True),
        sa.Column("dataset_version_id", sa.Uuid(), sa.ForeignKey("dataset_versions.id"), primary_key=True),
    )
    op.create_index("ix_project_datasets_dataset_version_id", "project_datasets", ["dataset_version_id"])
    op.create_table(
        "jobs",
        *_owned(),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("kind", _NAME, nullable=False),
        sa.Column("status", _NAME, nullable=False),
    )
    op.create_index("ix_jobs_organization_id", "jobs", ["organization_id"])


def _deployments() -> None:
    op.create_table(
        "deployments",
        *_owned(),
        sa.Column("type", _WORD, nullable=False),
        sa.Column("serving", _WORD, nullable=False),
        sa.Column("min_threshold", sa.Double(), nullable=False),
        sa.Column("sample_rate", sa.Double(), nullable=False),
        sa.Column("target_datalake_id", sa.Uuid(), sa.ForeignKey("datalakes.id"), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), sa.ForeignKey("model_versions.id"), nullable=False),
        sa.Column("shadow_model_version_id", sa.Uuid(), sa.ForeignKey("model_versions.id")),
        sa.Column("management", _JSON),
        sa.Column("created_by", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("organization_id", "name"),
    )
    op.create_index("ix_deployments_model_version_id", "deployments", ["model_version_id"])
    op.create_index("ix_deployments_organization_id", "deployments", ["organization_id"])
    op.create_index("ix_deployments_shadow_model_version_id", "deployments", ["shadow_model_version_id"])
    op.create_table(
        "deployment_labels",
        *_owned(),
        sa.Column("deployment_id", sa.Uuid(), sa.ForeignKey("deployments.id"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("deployment_id", "position"),
    )
    op.create_index("ix_deployment_labels_organization_id", "deployment_labels", ["organization_id"])


def _deployment_facts() -> None:
    op.create_table(
        "model_changes",
        *_owned(),
        sa.Column("deployment_id", sa.Uuid(), sa.ForeignKey("deployments.id"), nullable=False),
        sa.Column("role", _WORD, nullable=False),
        sa.Column("model_version_id", sa.Uuid()),
        sa.Column("cause", _WORD, nullable=False),
        sa.Column("actor", _NAME, nullable=False),
    )
    op.create_index("ix_model_changes_deployment_id", "model_changes", ["deployment_id"])
    op.create_index("ix_model_changes_organization_id", "model_changes", ["organization_id"])
    op.create_table(
        "training_data",
        sa.Column("deployment_id", sa.Uuid(), sa.ForeignKey("deployments.id"), primary_key=True),
        sa.Column("dataset_version_id", sa.Uuid(), sa.ForeignKey("dataset_versions.id"), nullable=False),
        sa.Column("status", _WORD, nullable=False),
        sa.Column("summary", _JSON),
        sa.Column("error", sa.Text()),
        sa.Column("attempt", sa.Integer(), nullable=False),
    )
    op.create_index("ix_training_data_dataset_version_id", "training_data", ["dataset_version_id"])


def _pipelines() -> None:
    op.create_table(
        "feedback_loops",
        sa.Column("deployment_id", sa.Uuid(), sa.ForeignKey("deployments.id"), primary_key=True),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "feedback_datasets",
        sa.Column("deployment_id", sa.Uuid(), sa.ForeignKey("feedback_loops.deployment_id"), primary_key=True),
        sa.Column("dataset_version_id", sa.Uuid(), sa.ForeignKey("dataset_versions.id"), primary_key=True),
        sa.Column("attached_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_feedback_datasets_dataset_version_id", "feedback_datasets", ["dataset_version_id"])
    op.create_table(
        "continuous_trainings",
        sa.Column("deployment_id", sa.Uuid(), sa.ForeignKey("deployments.id"), primary_key=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("project_id", sa.Uuid(), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("training_type", _WORD, nullable=False),
        sa.Column("trigger", _WORD, nullable=False),
        sa.Column("threshold", sa.Integer()),
        sa.Column("experiment_parameters", _JSON),
        sa.Column("scan_config", _JSON),
    )
    op.create_index("ix_continuous_trainings_project_id", "continuous_trainings", ["project_id"])
    op.create_table(
        "training_datasets",
        sa.Column("deployment_id", sa.Uuid(), sa.ForeignKey("continuous_trainings.deployment_id"), primary_key=True),
        sa.Column("dataset_version_id", sa.Uuid(), sa.ForeignKey("dataset_versions.id"), primary_key=True),
        sa.Column("name", _NAME, nullable=False),
        sa.UniqueConstraint("deployment_id", "name"),
    )
    op.create_index("ix_training_datasets_dataset_version_id", "training_datasets", ["dataset_version_id"])
    op.create_table(
        "continuous_deployments",
        sa.Column("deployment_id", sa.Uuid(), sa.ForeignKey("deployments.id"), primary_key=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("policy", _WORD, nullable=False),
    )
