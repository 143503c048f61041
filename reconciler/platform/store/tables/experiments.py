"""Experiments: training runs with what they were given, what they logged, what they made, and how they were judged."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reconciler.platform.store.tables.base import JSON_VALUE, Json, Named, Owned, Prose, Row
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.projects import Project
from reconciler.platform.store.words import ExperimentStatus, LogType


class Experiment(Named, Row):
    """One training run in one project.

    `base_model_version_id` and `base_experiment_id` are facts of the past: kept when what they name is gone.
    `job_id` is the job that trains it, once one was launched.
    """

    __tablename__ = "experiments"
    __table_args__ = (UniqueConstraint("project_id", "name"),)
    noun = "experiment"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    description: Mapped[Prose] = mapped_column(default="")
    status: Mapped[ExperimentStatus] = mapped_column(default=ExperimentStatus.WAITING)
    base_model_version_id: Mapped[UUID | None]
    base_experiment_id: Mapped[UUID | None]
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    project: Mapped[Project] = relationship()
    datasets: Mapped[list["ExperimentDataset"]] = relationship(
        order_by="ExperimentDataset.name", cascade="all, delete-orphan", passive_deletes=True
    )


class ExperimentDataset(Row):
    """A dataset version given to an experiment, under an alias."""

    __tablename__ = "experiment_datasets"
    __table_args__ = (UniqueConstraint("experiment_id", "name"),)

    experiment_id: Mapped[UUID] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True)
    dataset_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("dataset_versions.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    name: Mapped[str]
    dataset_version: Mapped[DatasetVersion] = relationship()


class Log(Named, Row):
    """One named thing an experiment recorded; the type says what `data` is."""

    __tablename__ = "logs"
    __table_args__ = (UniqueConstraint("experiment_id", "name"),)
    noun = "log"

    experiment_id: Mapped[UUID] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"))
    type: Mapped[LogType]
    data: Mapped[object] = mapped_column(JSON_VALUE)
    experiment: Mapped[Experiment] = relationship()


class Artifact(Named, Row):
    """A stored object that an experiment made or was given, under a name."""

    __tablename__ = "artifacts"
    __table_args__ = (
        UniqueConstraint("experiment_id", "name"),
        Index("ix_artifacts_organization_id_object_name", "organization_id", "object_name"),
    )
    noun = "artifact"

    experiment_id: Mapped[UUID] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"))
    filename: Mapped[str]
    object_name: Mapped[str] = mapped_column(String(1024))
    large: Mapped[bool]
    experiment: Mapped[Experiment] = relationship()


class LoggingFile(Owned, Row):
    """The whole text that an experiment or a job printed, as a stored object; `subject_id` is either's."""

    __tablename__ = "logging_files"
    noun = "logging file"

    subject_id: Mapped[UUID] = mapped_column(unique=True)
    object_name: Mapped[str] = mapped_column(String(1024))


class LoggingLine(Row):
    """One line that an experiment or a job printed while it ran; a line sent again replaces the first."""

    __tablename__ = "logging_lines"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    line_nb: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[str]
    final: Mapped[bool]
    log: Mapped[object] = mapped_column(JSON_VALUE)
    special: Mapped[object] = mapped_column(JSON_VALUE)


class Evaluation(Owned, Row):
    """What an experiment's model says of one asset, to be compared with the annotation.

    `shapes` holds lists by the wire's names (`rectangles`, …), each entry with `label_id`, `label` and `score` 0..1.
    """

    __tablename__ = "evaluations"
    __table_args__ = (UniqueConstraint("experiment_id", "asset_id"),)
    noun = "evaluation"

    experiment_id: Mapped[UUID] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"))
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), index=True)
    shapes: Mapped[Json]
    custom_metrics: Mapped[Json | None]
