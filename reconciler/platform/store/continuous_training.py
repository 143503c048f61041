"""Continuous training of a deployment: what it launches, when, and on which dataset versions."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from reconciler.platform.store.faults import Conflict, Invalid, NotFound
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import ContinuousTraining, Deployment, TrainingDataset
from reconciler.platform.store.tables.projects import Project
from reconciler.platform.store.touching import touch
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import TrainingType, Trigger

# Where the older SDK's single dataset goes: it knew no aliases.
FIRST_ALIAS = "train"


@dataclass(frozen=True)
class Configuration:
    """Everything a set-up says; a later one replaces it whole.

    Attributes:
        threshold: how many submitted images start a run; needed by the trigger FEEDBACK_LOOP.
        experiment_parameters: for the type EXPERIMENT.
        scan_config: for the type SCAN.
    """

    training_type: TrainingType
    trigger: Trigger = Trigger.NONE
    threshold: int | None = None
    experiment_parameters: Json | None = None
    scan_config: Json | None = None

    def check(self) -> None:
        """Raise Invalid unless there is exactly the configuration of the type, and a threshold for the trigger."""
        experiment = self.training_type is TrainingType.EXPERIMENT
        given, other = self.experiment_parameters, self.scan_config
        if not experiment:
            given, other = other, given
        if not given or other:
            needed = "experiment_parameters" if experiment else "scan_config"
            raise Invalid(f"The training type {self.training_type} needs a non-empty {needed}, and nothing else.")
        if self.trigger is Trigger.FEEDBACK_LOOP and self.threshold is None:
            raise Invalid("The trigger FEEDBACK_LOOP needs a threshold.")


def configure(unit: Unit, deployment: Deployment, project: Project, configuration: Configuration) -> None:
    """Replace the settings, keep the attached datasets, and switch continuous training on."""
    configuration.check()
    training = deployment.continuous_training
    if training is None:
        training = ContinuousTraining(active=False)
        deployment.continuous_training = training
    wanted = {"project_id": project.id, "active": True, **vars(configuration)}
    for column, value in wanted.items():
        setattr(training, column, value)
    if unit.session.new or unit.session.is_modified(training):
        touch(deployment)
    unit.session.flush()


def training_of(deployment: Deployment) -> ContinuousTraining:
    """Return a deployment's continuous training, or raise NotFound where none was set up."""
    if deployment.continuous_training is None:
        raise NotFound(f"The continuous training of '{deployment.name}' is not set up.")
    return deployment.continuous_training


def toggle(deployment: Deployment, *, active: bool) -> None:
    """Switch continuous training on or off; before set-up, NotFound."""
    training = training_of(deployment)
    if training.active is not active:
        training.active = active
        touch(deployment)


def attach(unit: Unit, deployment: Deployment, version: DatasetVersion, alias: str) -> None:
    """Give launched experiments a dataset version under an alias.

    Raises:
        NotFound: before set-up.
        Conflict: when the alias or the version is attached already (detaching names only the version).
    """
    training = training_of(deployment)
    if any(held.name == alias for held in training.datasets):
        raise Conflict(f"The alias '{alias}' is already attached to the continuous training.")
    if any(held.dataset_version_id == version.id for held in training.datasets):
        raise Conflict(f"The version '{version.version}' is already attached to the continuous training.")
    training.datasets.append(TrainingDataset(dataset_version_id=version.id, name=alias))
    unit.session.flush()
    touch(deployment)


def assign(unit: Unit, deployment: Deployment, version: DatasetVersion, alias: str = FIRST_ALIAS) -> None:
    """Let an alias mean a version, whatever it meant before."""
    training = training_of(deployment)
    kept = [held for held in training.datasets if held.name != alias and held.dataset_version_id != version.id]
    training.datasets[:] = kept
    unit.session.flush()
    attach(unit, deployment, version, alias)


def detach(deployment: Deployment, version_ids: Collection[UUID]) -> None:
    """Take dataset versions off; those that are not attached are left alone. Before set-up, NotFound."""
    training = training_of(deployment)
    kept = [held for held in training.datasets if held.dataset_version_id not in version_ids]
    if len(kept) < len(training.datasets):
        training.datasets[:] = kept
        touch(deployment)
