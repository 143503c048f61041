"""The four pipelines of a deployment: as they are reported, and as they are set."""

from typing import Self
from uuid import UUID

from pydantic import Field

from reconciler.platform.shapes.base import JsonObject, Name, Shape, StrictRequest
from reconciler.platform.shapes.organizations import JobShape
from reconciler.platform.store.continuous_training import Configuration
from reconciler.platform.store.tables.deployments import FeedbackLoop
from reconciler.platform.store.words import Policy, ReferenceStatus, TrainingType, Trigger


class Toggle(StrictRequest):
    """A switch."""

    active: bool = Field(strict=True)


class TrainingDataShape(Shape):
    """The reference, and how far its summary has come."""

    dataset_version_id: UUID
    status: ReferenceStatus


class FeedbackLoopShape(Shape):
    """The feedback loop."""

    configured: bool
    active: bool
    dataset_version_ids: list[UUID]

    @classmethod
    def of(cls, loop: FeedbackLoop | None) -> Self:
        """Return a loop, or what there is before set-up."""
        if loop is None:
            return cls(configured=False, active=False, dataset_version_ids=[])
        return cls(
            configured=True,
            active=loop.active,
            dataset_version_ids=[held.dataset_version_id for held in loop.datasets],
        )


class TrainingDatasetShape(Shape):
    """A dataset version under an alias."""

    name: str
    dataset_version_id: UUID


class RunShape(Shape):
    """The training run in progress, or the last one."""

    experiment_id: UUID
    status: str


class LaunchShape(Shape):
    """A training that was started: the experiment it fills, and the job to wait for."""

    experiment_id: UUID
    job: JobShape


class ContinuousTrainingShape(Shape):
    """What retraining does, and when."""

    active: bool
    project_id: UUID
    training_type: TrainingType
    trigger: Trigger
    threshold: int | None
    experiment_parameters: dict[str, object] | None
    scan_config: dict[str, object] | None
    datasets: list[TrainingDatasetShape]
    submitted_since_last_run: int = Field(
        description="Images submitted through the feedback loop since training last started."
    )
    run: RunShape | None = None


class ContinuousDeploymentShape(Shape):
    """What happens to a retrained version."""

    active: bool
    policy: Policy


class Reference(StrictRequest):
    """The dataset version to compare production with."""

    dataset_version_id: UUID


class ReferenceCheck(Shape):
    """How far a reference's summary has come, under the newer and the older name."""

    status: ReferenceStatus
    training_data_status: ReferenceStatus


class LoopCheck(Shape):
    """Whether the feedback loop is on (older clients)."""

    feedback_loop_status: str


class AliasedReference(StrictRequest):
    """A dataset version, and the alias that launched experiments know it by."""

    dataset_version_id: UUID
    name: Name


class TrainingConfiguration(StrictRequest):
    """All there is to say about continuous training; a later one replaces it whole."""

    project_id: UUID
    training_type: TrainingType = TrainingType.EXPERIMENT
    trigger: Trigger | None = None
    threshold: int | None = Field(default=None, ge=1, le=2**31 - 1, strict=True)
    experiment_parameters: JsonObject | None = None
    scan_config: JsonObject | None = None
    dataset_version_id: UUID | None = Field(
        default=None, description="Older clients: attached under the alias 'train'."
    )

    def configuration(self) -> Configuration:
        """Return it as the store takes it."""
        return Configuration(
            training_type=self.training_type,
            trigger=self.trigger or Trigger.NONE,
            threshold=self.threshold,
            experiment_parameters=self.experiment_parameters,
            scan_config=self.scan_config,
        )


class DeploymentPolicy(StrictRequest):
    """What to do with a retrained version."""

    policy: Policy
