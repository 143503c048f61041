"""What a pipeline does over time: its training runs, and the alerts people set on a deployment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reconciler.platform.store.tables.base import Json, Owned, Prose, Row, now
from reconciler.platform.store.tables.jobs import Job
from reconciler.platform.store.words import AlertMetric, AlertOperator, AlertState, Policy


class TrainingRun(Owned, Row):
    """One training: what it was asked to do, and how far it has come. Its job carries the status.

    Each fact that a step adds (`weights`, `model_version_id`, `deployed_at`) is written in the transaction that makes
    it true, and a step that finds its fact does nothing: so a step that runs twice happens once.

    `settings` holds what was configured when the run began: `parameters` (EXPERIMENT) or `scan_config` (SCAN).
    `candidates` lists, for a scan, each `experiment_id` with its `parameters` and its `score` once known.
    """

    __tablename__ = "training_runs"
    __table_args__ = (
        # One run at a time, whatever two requests believe they saw.
        Index(
            "uq_training_runs_running",
            "deployment_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    noun = "training run"

    # A run outlives its deployment: the experiment it filled does, too.
    deployment_id: Mapped[UUID | None] = mapped_column(ForeignKey("deployments.id", ondelete="SET NULL"), index=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), unique=True)
    # The experiment that clients are told of; of a scan the best one, once that is known.
    experiment_id: Mapped[UUID] = mapped_column(index=True)
    # How many submitted images it consumed; none where somebody started it.
    submissions: Mapped[int]
    settings: Mapped[Json]
    candidates: Mapped[list[Json]]
    # The object that holds the trained model, and what was measured of it.
    weights: Mapped[Prose | None]
    measured: Mapped[Json | None]
    model_version_id: Mapped[UUID | None]
    # What continuous deployment did; null while nothing was done, and where it was off.
    policy: Mapped[Policy | None]
    deployed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    job: Mapped[Job] = relationship(lazy="joined", innerjoin=True)

    @property
    def status(self) -> str:
        """How far it has come, as jobs say it."""
        return self.job.status


class Alert(Owned, Row):
    """A rule on one metric of a deployment; `state` is what it came to when it was last looked at."""

    __tablename__ = "alerts"
    noun = "alert"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"), index=True)
    metric: Mapped[AlertMetric]
    operator: Mapped[AlertOperator]
    value: Mapped[float]
    active: Mapped[bool] = mapped_column(default=True)
    state: Mapped[AlertState] = mapped_column(default=AlertState.UNKNOWN)
    since: Mapped[datetime] = mapped_column(default=now)
