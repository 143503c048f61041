"""The reference that production is compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from reconciler.core.actions.base import FixedAction

if TYPE_CHECKING:
    from reconciler.core.live import LiveDeployment
    from reconciler.core.references import Ref


@dataclass(frozen=True, slots=True)
class SetTrainingData(FixedAction):
    """Name the dataset version that production is compared with; the platform starts computing its metrics."""

    decides: ClassVar[tuple[str, ...]] = ("trainingData",)
    dataset_version: Ref

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the new reference."""
        return replace(live, training_data=self.dataset_version)


@dataclass(frozen=True, slots=True)
class DisableTrainingData(FixedAction):
    """Drop the training-data reference."""

    decides: ClassVar[tuple[str, ...]] = ("trainingData",)
    absent_means_done: ClassVar[bool] = True

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` without a reference."""
        return replace(live, training_data=None)
