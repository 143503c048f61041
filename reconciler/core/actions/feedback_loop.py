"""Where submitted predictions go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from reconciler.core.actions.base import FixedAction, Repeat, ToggleAction
from reconciler.core.unreported import UNREPORTED, Unreported

if TYPE_CHECKING:
    from reconciler.core.live import LiveDeployment
    from reconciler.core.references import Ref


@dataclass(frozen=True, slots=True)
class SetUpFeedbackLoop(FixedAction):
    """Set the feedback loop up so that datasets can be attached; some services also switch it on."""

    decides: ClassVar[tuple[str, ...]] = ("feedbackLoop.configured", "feedbackLoop.active")

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the loop set up; whether it is on is unknown."""
        return replace(live, feedback_configured=True, feedback_active=UNREPORTED)


@dataclass(frozen=True, slots=True)
class AttachFeedbackDataset(FixedAction):
    """Let submitted predictions go to a dataset version."""

    decides: ClassVar[tuple[str, ...]] = ("feedbackLoop.datasets",)
    repeat: ClassVar[Repeat] = Repeat.CONFLICT_MEANS_DONE
    dataset_version: Ref

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the dataset version attached."""
        datasets = live.feedback_datasets
        return replace(
            live, feedback_datasets=datasets if isinstance(datasets, Unreported) else datasets | {self.dataset_version}
        )


@dataclass(frozen=True, slots=True)
class DetachFeedbackDataset(FixedAction):
    """Stop sending submitted predictions to a dataset version."""

    decides: ClassVar[tuple[str, ...]] = ("feedbackLoop.datasets",)
    absent_means_done: ClassVar[bool] = True
    dataset_version: Ref

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the dataset version detached."""
        datasets = live.feedback_datasets
        return replace(
            live, feedback_datasets=datasets if isinstance(datasets, Unreported) else datasets - {self.dataset_version}
        )


@dataclass(frozen=True, slots=True)
class ToggleFeedbackLoop(ToggleAction):
    """Switch the feedback loop on or off."""

    switch: ClassVar[str] = "feedbackLoop.active"

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` switched."""
        return replace(live, feedback_active=self.active)
