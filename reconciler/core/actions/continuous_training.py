"""When and how a new version is trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from reconciler.core.actions.base import FixedAction, Phase, Repeat, ToggleAction
from reconciler.core.live import Alias, LiveDeployment, TrainingConfiguration
from reconciler.core.manifest.spec import TriggerEvent
from reconciler.core.unreported import Unreported

if TYPE_CHECKING:
    from reconciler.core.references import Ref


@dataclass(frozen=True, slots=True)
class PrepareContinuousTraining(FixedAction):
    """Set continuous training up for the first time, without a trigger, so that datasets can be attached safely."""

    decides: ClassVar[tuple[str, ...]] = ("continuousTraining.configuration", "continuousTraining.active")
    configuration: TrainingConfiguration

    @property
    def sent(self) -> TrainingConfiguration:
        """The configuration as it goes out: nothing can start it."""
        return replace(self.configuration, event=TriggerEvent.NONE, threshold=None)

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with continuous training on but unable to fire."""
        return replace(live, training_configuration=self.sent, training_active=True)


@dataclass(frozen=True, slots=True)
class ConfigureContinuousTraining(FixedAction):
    """Replace project, trigger and parameters; the call switches continuous training on, so it is the arming call."""

    decides: ClassVar[tuple[str, ...]] = ("continuousTraining.configuration", "continuousTraining.active")
    phase: ClassVar[Phase] = Phase.ARM
    configuration: TrainingConfiguration

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the new configuration, switched on."""
        return replace(live, training_configuration=self.configuration, training_active=True)


@dataclass(frozen=True, slots=True)
class AttachTrainingDataset(FixedAction):
    """Give a dataset version to continuous training under an alias."""

    decides: ClassVar[tuple[str, ...]] = ("continuousTraining.datasets",)
    repeat: ClassVar[Repeat] = Repeat.CONFLICT_IS_UNCLEAR
    alias: str
    dataset_version: Ref

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the alias attached."""
        datasets = live.training_datasets
        if isinstance(datasets, Unreported):
            return live
        others = frozenset(item for item in datasets if item.name != self.alias)
        return replace(live, training_datasets=others | {Alias(self.alias, self.dataset_version)})


@dataclass(frozen=True, slots=True)
class DetachTrainingDataset(FixedAction):
    """Take a dataset version away from continuous training, whatever its alias."""

    decides: ClassVar[tuple[str, ...]] = ("continuousTraining.datasets",)
    absent_means_done: ClassVar[bool] = True
    dataset_version: Ref

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` without that dataset version."""
        datasets = live.training_datasets
        if isinstance(datasets, Unreported):
            return live
        return replace(
            live, training_datasets=frozenset(item for item in datasets if item.dataset != self.dataset_version)
        )


@dataclass(frozen=True, slots=True)
class ToggleContinuousTraining(ToggleAction):
    """Switch continuous training on or off; a run in flight goes on."""

    switch: ClassVar[str] = "continuousTraining.active"

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` switched."""
        return replace(live, training_active=self.active)
