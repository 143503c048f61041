"""What would undo an action, for people who want to know before they say yes; nothing runs it by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias, assert_never

from reconciler.core import actions as a
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from reconciler.core.live import LiveDeployment


def inverse(action: a.Action, before: LiveDeployment | None) -> a.Action | None:
    """Return the action that restores what `before` says, or `None` where there is none or nobody knows.

    Args:
        action: What is about to run.
        before: The believed state right before it; `None` before a creation.
    """
    match action:
        case a.CreateDeployment():
            return a.DeleteDeployment()
        case a.AttachTag(name):
            return a.DetachTag(name)
        case a.DetachTag(name):
            return a.AttachTag(name)
        case a.AttachFeedbackDataset(dataset):
            return a.DetachFeedbackDataset(dataset)
        case a.DetachFeedbackDataset(dataset):
            return a.AttachFeedbackDataset(dataset)
        case a.AttachTrainingDataset(_, dataset):
            return a.DetachTrainingDataset(dataset)
        case a.ToggleFeedbackLoop() | a.ToggleContinuousTraining() | a.ToggleContinuousDeployment():
            return replace(action, active=not action.active)
        case a.CreateTag() | a.DeleteDeployment() | a.SetUpFeedbackLoop():
            return None
        case _:
            return None if before is None else _restoring(action, before)


_Restorable: TypeAlias = (
    a.RenameDeployment
    | a.SetChampion
    | a.SetShadow
    | a.ClearShadow
    | a.SetTrainingData
    | a.DisableTrainingData
    | a.UpdateSettings
    | a.ConfigureContinuousDeployment
    | a.ConfigureContinuousTraining
    | a.PrepareContinuousTraining
    | a.DetachTrainingDataset
    | a.RecordManagement
)


def _restoring(action: _Restorable, before: LiveDeployment) -> a.Action | None:
    match action:
        case a.RenameDeployment():
            return None if before.name is UNREPORTED else a.RenameDeployment(before.name)
        case a.SetChampion():
            return None if before.champion is UNREPORTED else a.SetChampion(before.champion)
        case a.SetShadow() | a.ClearShadow():
            return _shadow(before)
        case a.SetTrainingData() | a.DisableTrainingData():
            return _training_data(before)
        case a.UpdateSettings():
            return _settings(action, before)
        case a.ConfigureContinuousDeployment():
            policy = before.deployment_policy
            return None if policy is None or policy is UNREPORTED else a.ConfigureContinuousDeployment(policy)
        case a.ConfigureContinuousTraining() | a.PrepareContinuousTraining():
            configuration = before.training_configuration
            return (
                None
                if configuration is None or configuration is UNREPORTED
                else a.ConfigureContinuousTraining(configuration)
            )
        case a.DetachTrainingDataset(dataset):
            return _alias(dataset.id, before)
        case a.RecordManagement():
            told = before.management
            return None if told is None or told is UNREPORTED else a.RecordManagement(told)
        case _:
            assert_never(action)


def _shadow(before: LiveDeployment) -> a.Action | None:
    if before.shadow is UNREPORTED:
        return None
    return a.ClearShadow() if before.shadow is None else a.SetShadow(before.shadow)


def _training_data(before: LiveDeployment) -> a.Action | None:
    if before.training_data is UNREPORTED:
        return None
    return a.DisableTrainingData() if before.training_data is None else a.SetTrainingData(before.training_data)


def _settings(action: a.UpdateSettings, before: LiveDeployment) -> a.Action | None:
    threshold, lake, rate = before.threshold, before.datalake, before.sample_rate
    restored = a.UpdateSettings(
        threshold=None if action.threshold is None or threshold is UNREPORTED else threshold,
        datalake=None if action.datalake is None or lake is UNREPORTED else lake,
        sample_rate=None if action.sample_rate is None or rate is UNREPORTED else rate,
    )
    return restored if restored.touches else None


def _alias(dataset_id: str, before: LiveDeployment) -> a.Action | None:
    if before.training_datasets is UNREPORTED:
        return None
    found = next((alias for alias in sorted(before.training_datasets) if alias.dataset.id == dataset_id), None)
    return None if found is None else a.AttachTrainingDataset(found.name, found.dataset)
