"""The request that carries out an action: one total match over the closed union, shared by plan and apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from reconciler.adapters.picsellia.aspects import (
    continuous_deployment,
    continuous_training,
    existence,
    feedback_loop,
    management,
    models,
    settings,
    tags,
    training_data,
)
from reconciler.core import actions as a

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.request import Ids, Request
    from reconciler.core.actions import Action


def request_for(action: Action, ids: Ids) -> Request:
    """Return the one request that carries out `action`, with placeholders for ids that `ids` does not know."""
    match action:
        case a.CreateDeployment() | a.RenameDeployment() | a.DeleteDeployment():
            return existence.request_for(action, ids)
        case a.UpdateSettings():
            return settings.request_for(action, ids)
        case a.SetChampion() | a.SetShadow() | a.ClearShadow():
            return models.request_for(action, ids)
        case a.CreateTag() | a.AttachTag() | a.DetachTag():
            return tags.request_for(action, ids)
        case a.SetTrainingData() | a.DisableTrainingData():
            return training_data.request_for(action, ids)
        case a.SetUpFeedbackLoop() | a.AttachFeedbackDataset() | a.DetachFeedbackDataset() | a.ToggleFeedbackLoop():
            return feedback_loop.request_for(action, ids)
        case (
            a.PrepareContinuousTraining()
            | a.ConfigureContinuousTraining()
            | a.ToggleContinuousTraining()
            | a.AttachTrainingDataset()
            | a.DetachTrainingDataset()
        ):
            return continuous_training.request_for(action, ids)
        case a.ConfigureContinuousDeployment() | a.ToggleContinuousDeployment():
            return continuous_deployment.request_for(action, ids)
        case a.RecordManagement():
            return management.request_for(action, ids)
        case _:
            assert_never(action)
