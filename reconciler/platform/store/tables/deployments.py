"""Deployments, their settings and pipelines, and the history of their models."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, Uuid, column, distinct, func, select, table
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from reconciler.platform.store.tables.base import Json, Named, Owned, Prose, Row, now
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.models import ModelVersion
from reconciler.platform.store.tables.organizations import User
from reconciler.platform.store.tables.pipelines import TrainingRun
from reconciler.platform.store.tables.tags import Tag, tag_link
from reconciler.platform.store.words import (
    InferenceType,
    ModelCause,
    ModelRole,
    Policy,
    ReferenceStatus,
    Serving,
    TrainingType,
    Trigger,
)

# Named here because its own module builds on this one.
_SUBMISSIONS = table(
    "submissions",
    column("deployment_id", Uuid()),
    column("predicted_asset_id", Uuid()),
    column("training_run_id", Uuid()),
)


class Deployment(Named, Row):
    """Where a model version is served and monitored."""

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)
    noun = "deployment"

    type: Mapped[InferenceType]
    serving: Mapped[Serving]
    min_threshold: Mapped[float]
    sample_rate: Mapped[float]
    target_datalake_id: Mapped[UUID] = mapped_column(ForeignKey("datalakes.id"))
    model_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_versions.id"), index=True)
    shadow_model_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_versions.id"), index=True)
    management: Mapped[Json | None]
    # When that was last said, whether or not it said anything new.
    managed_at: Mapped[datetime | None]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    # Moves with every setting, never with predictions.
    updated_at: Mapped[datetime] = mapped_column(default=now)

    champion: Mapped[ModelVersion] = relationship(foreign_keys=model_version_id)
    shadow: Mapped[ModelVersion | None] = relationship(foreign_keys=shadow_model_version_id)
    creator: Mapped[User] = relationship()
    tags: Mapped[list[Tag]] = tag_link("Deployment")
    labels: Mapped[list["DeploymentLabel"]] = relationship(
        order_by="DeploymentLabel.position", cascade="all, delete-orphan"
    )
    # Nearly every answer tells of all four: one query reads them with the row.
    training_data: Mapped["TrainingData | None"] = relationship(
        cascade="all, delete-orphan", back_populates="deployment", lazy="joined"
    )
    feedback_loop: Mapped["FeedbackLoop | None"] = relationship(cascade="all, delete-orphan", lazy="joined")
    continuous_training: Mapped["ContinuousTraining | None"] = relationship(cascade="all, delete-orphan", lazy="joined")
    continuous_deployment: Mapped["ContinuousDeployment | None"] = relationship(
        cascade="all, delete-orphan", lazy="joined"
    )


class DeploymentLabel(Named, Row):
    """A class a deployment predicts; fixed when the deployment is made."""

    __tablename__ = "deployment_labels"
    __table_args__ = (UniqueConstraint("deployment_id", "position"),)
    noun = "deployment label"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"))
    position: Mapped[int]


class ModelChange(Owned, Row):
    """One change of one slot: a fact of the past, so it names versions without holding them."""

    __tablename__ = "model_changes"
    noun = "model change"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"), index=True)
    role: Mapped[ModelRole]
    model_version_id: Mapped[UUID | None]
    cause: Mapped[ModelCause]
    actor: Mapped[str]


class SettingEdit(Row):
    """Who changed a field of a deployment on a page last, and when; fields are named as manifests name them."""

    __tablename__ = "setting_edits"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[str] = mapped_column(String(64), primary_key=True)
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class TrainingData(Row):
    """The reference that production is compared with, and the summary computed from it."""

    __tablename__ = "training_data"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"), primary_key=True)
    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id"), index=True)
    status: Mapped[ReferenceStatus]
    summary: Mapped[Json | None]
    error: Mapped[Prose | None]
    # Counts the settings of this reference: a computation that ends late must not answer for a newer one.
    attempt: Mapped[int] = mapped_column(default=1)
    deployment: Mapped[Deployment] = relationship(back_populates="training_data")


class FeedbackLoop(Row):
    """Whether reviewed predictions may be submitted, and where to."""

    __tablename__ = "feedback_loops"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"), primary_key=True)
    active: Mapped[bool] = mapped_column(default=False)
    datasets: Mapped[list["FeedbackDataset"]] = relationship(
        order_by="FeedbackDataset.attached_at, FeedbackDataset.dataset_version_id", cascade="all, delete-orphan"
    )


class FeedbackDataset(Row):
    """A dataset version that submitted predictions may go to."""

    __tablename__ = "feedback_datasets"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("feedback_loops.deployment_id"), primary_key=True)
    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id"), primary_key=True, index=True)
    attached_at: Mapped[datetime] = mapped_column(default=now)
    dataset_version: Mapped[DatasetVersion] = relationship()


class ContinuousTraining(Row):
    """What retraining does, and when it starts."""

    __tablename__ = "continuous_trainings"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"), primary_key=True)
    active: Mapped[bool]
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), index=True)
    training_type: Mapped[TrainingType]
    trigger: Mapped[Trigger]
    threshold: Mapped[int | None]
    experiment_parameters: Mapped[Json | None]
    scan_config: Mapped[Json | None]
    # The run that began last: what clients are told of.
    last_run_id: Mapped[UUID | None]
    datasets: Mapped[list["TrainingDataset"]] = relationship(
        order_by="TrainingDataset.name", cascade="all, delete-orphan"
    )
    run: Mapped[TrainingRun | None] = relationship(
        primaryjoin="foreign(ContinuousTraining.last_run_id) == TrainingRun.id", viewonly=True, lazy="joined"
    )
    # Images that no run has consumed; several submissions of one image are one image.
    submitted_since_last_run: Mapped[int] = column_property(
        select(func.count(distinct(_SUBMISSIONS.c.predicted_asset_id)))
        .where(_SUBMISSIONS.c.deployment_id == deployment_id, _SUBMISSIONS.c.training_run_id.is_(None))
        .correlate_except(_SUBMISSIONS)
        .scalar_subquery()
    )


class TrainingDataset(Row):
    """A dataset version given to launched experiments, under an alias."""

    __tablename__ = "training_datasets"
    __table_args__ = (UniqueConstraint("deployment_id", "name"),)

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("continuous_trainings.deployment_id"), primary_key=True)
    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id"), primary_key=True, index=True)
    name: Mapped[str]
    dataset_version: Mapped[DatasetVersion] = relationship()


class ContinuousDeployment(Row):
    """What happens to a retrained model version."""

    __tablename__ = "continuous_deployments"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"), primary_key=True)
    active: Mapped[bool] = mapped_column(default=False)
    policy: Mapped[Policy]
