"""The closed union of actions: each one API write, with its phase, its manners when repeated, and its pure effect.

    exist      CreateTag · CreateDeployment · RenameDeployment
    disarm     Toggle…(off)
    configure  UpdateSettings · SetTrainingData … ConfigureContinuousDeployment · Detach/AttachTrainingDataset
    arm        ConfigureContinuousTraining · Toggle…(on)
    record     RecordManagement
    remove     DeleteDeployment

`effect` says what the platform's state is after the call, on a value; the laws of planning are proven on it, and a
contract test shows that a real platform agrees. Where a call may or may not switch something on (the services differ),
its effect is `UNREPORTED`: not known, so made explicit by a toggle that follows.
"""

from __future__ import annotations

from typing import Final, TypeAlias, get_args

from reconciler.core.actions.base import Phase, Repeat, Verdict
from reconciler.core.actions.continuous_deployment import ConfigureContinuousDeployment, ToggleContinuousDeployment
from reconciler.core.actions.continuous_training import (
    AttachTrainingDataset,
    ConfigureContinuousTraining,
    DetachTrainingDataset,
    PrepareContinuousTraining,
    ToggleContinuousTraining,
)
from reconciler.core.actions.existence import CreateDeployment, DeleteDeployment, RenameDeployment
from reconciler.core.actions.feedback_loop import (
    AttachFeedbackDataset,
    DetachFeedbackDataset,
    SetUpFeedbackLoop,
    ToggleFeedbackLoop,
)
from reconciler.core.actions.management import RecordManagement
from reconciler.core.actions.models import ClearShadow, SetChampion, SetShadow
from reconciler.core.actions.settings import UpdateSettings
from reconciler.core.actions.tags import AttachTag, CreateTag, DetachTag
from reconciler.core.actions.training_data import DisableTrainingData, SetTrainingData

Toggle: TypeAlias = ToggleFeedbackLoop | ToggleContinuousTraining | ToggleContinuousDeployment

Action: TypeAlias = (
    CreateTag
    | CreateDeployment
    | RenameDeployment
    | ToggleContinuousDeployment
    | ToggleContinuousTraining
    | ToggleFeedbackLoop
    | UpdateSettings
    | SetTrainingData
    | DisableTrainingData
    | SetShadow
    | ClearShadow
    | SetChampion
    | AttachTag
    | DetachTag
    | SetUpFeedbackLoop
    | AttachFeedbackDataset
    | DetachFeedbackDataset
    | PrepareContinuousTraining
    | ConfigureContinuousDeployment
    | DetachTrainingDataset
    | AttachTrainingDataset
    | ConfigureContinuousTraining
    | RecordManagement
    | DeleteDeployment
)
"""One API write. Match it exhaustively."""

ACTIONS: Final[tuple[type[Action], ...]] = get_args(Action)
"""Every member of the union, in the order of the design's table."""

__all__ = [
    "ACTIONS",
    "Action",
    "AttachFeedbackDataset",
    "AttachTag",
    "AttachTrainingDataset",
    "ClearShadow",
    "ConfigureContinuousDeployment",
    "ConfigureContinuousTraining",
    "CreateDeployment",
    "CreateTag",
    "DeleteDeployment",
    "DetachFeedbackDataset",
    "DetachTag",
    "DetachTrainingDataset",
    "DisableTrainingData",
    "Phase",
    "PrepareContinuousTraining",
    "RecordManagement",
    "RenameDeployment",
    "Repeat",
    "SetChampion",
    "SetShadow",
    "SetTrainingData",
    "SetUpFeedbackLoop",
    "Toggle",
    "ToggleContinuousDeployment",
    "ToggleContinuousTraining",
    "ToggleFeedbackLoop",
    "UpdateSettings",
    "Verdict",
]
