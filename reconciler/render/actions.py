"""Each action in one plain clause, such as `set the champion to surface-defects@v8`."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from reconciler.core import actions as a
from reconciler.core.manifest.spec import Serving
from reconciler.render.amounts import counted
from reconciler.render.values import name_text, value_text

if TYPE_CHECKING:
    from reconciler.core.live import TrainingConfiguration
    from reconciler.core.references import Ref


def action_text(action: a.Action) -> str:
    """Return what an action does, as an imperative clause without a full stop."""
    match action:
        case a.CreateTag() | a.CreateDeployment() | a.RenameDeployment() | a.DeleteDeployment():
            return _existence(action)
        case a.UpdateSettings() | a.SetTrainingData() | a.DisableTrainingData():
            return _settings(action)
        case a.SetChampion() | a.SetShadow() | a.ClearShadow():
            return _models(action)
        case a.AttachTag(name) | a.DetachTag(name):
            return f"{'attach' if isinstance(action, a.AttachTag) else 'detach'} tag {name_text(name)}"
        case a.SetUpFeedbackLoop() | a.AttachFeedbackDataset() | a.DetachFeedbackDataset():
            return _feedback(action)
        case (
            a.PrepareContinuousTraining()
            | a.ConfigureContinuousTraining()
            | a.AttachTrainingDataset()
            | a.DetachTrainingDataset()
        ):
            return _training(action)
        case a.ConfigureContinuousDeployment(policy):
            return f"set the continuous-deployment policy to {policy.value}"
        case a.ToggleFeedbackLoop() | a.ToggleContinuousTraining() | a.ToggleContinuousDeployment():
            return _toggle(action)
        case a.RecordManagement(management):
            return f"tell the platform that catalog {name_text(management.catalog)} manages it"
        case _:
            assert_never(action)


def _existence(action: a.CreateTag | a.CreateDeployment | a.RenameDeployment | a.DeleteDeployment) -> str:
    match action:
        case a.CreateTag(name):
            return f"create tag {name_text(name)}"
        case a.CreateDeployment():
            return f"create deployment {name_text(action.name)} with {', '.join(_creation(action))}"
        case a.RenameDeployment(name):
            return f"rename to {name_text(name)}"
        case a.DeleteDeployment(force):
            return "delete the deployment, its predictions and reviews" if force else "delete the deployment"
        case _:
            assert_never(action)


def _creation(action: a.CreateDeployment) -> list[str]:
    parts = [f"champion {_ref(action.champion)}"]
    if action.shadow is not None:
        parts.append(f"shadow {_ref(action.shadow)}")
    if action.threshold is not None:
        parts.append(f"threshold {value_text(action.threshold)}")
    if action.datalake is not None:
        parts.append(f"datalake {_ref(action.datalake)}")
    if action.serving is Serving.OWN:
        parts.append("serving of its own")
    return parts


def _settings(action: a.UpdateSettings | a.SetTrainingData | a.DisableTrainingData) -> str:
    match action:
        case a.UpdateSettings():
            return f"update settings: {', '.join(_sent(action))}"
        case a.SetTrainingData(version):
            return f"set the training data to {_ref(version)}"
        case a.DisableTrainingData():
            return "drop the training-data reference"
        case _:
            assert_never(action)


def _sent(action: a.UpdateSettings) -> list[str]:
    parts = []
    if action.threshold is not None:
        parts.append(f"threshold {value_text(action.threshold)}")
    if action.datalake is not None:
        parts.append(f"datalake {_ref(action.datalake)}")
    if action.sample_rate is not None:
        parts.append(f"sample rate {value_text(action.sample_rate)}")
    return parts


def _models(action: a.SetChampion | a.SetShadow | a.ClearShadow) -> str:
    match action:
        case a.SetChampion(version):
            return f"set the champion to {_ref(version)}"
        case a.SetShadow(version):
            return f"set the shadow to {_ref(version)}"
        case a.ClearShadow():
            return "clear the shadow"
        case _:
            assert_never(action)


def _feedback(action: a.SetUpFeedbackLoop | a.AttachFeedbackDataset | a.DetachFeedbackDataset) -> str:
    match action:
        case a.SetUpFeedbackLoop():
            return "set the feedback loop up"
        case a.AttachFeedbackDataset(version):
            return f"attach {_ref(version)} to the feedback loop"
        case a.DetachFeedbackDataset(version):
            return f"detach {_ref(version)} from the feedback loop"
        case _:
            assert_never(action)


def _training(
    action: a.PrepareContinuousTraining
    | a.ConfigureContinuousTraining
    | a.AttachTrainingDataset
    | a.DetachTrainingDataset,
) -> str:
    match action:
        case a.PrepareContinuousTraining(configuration):
            return f"set continuous training up without a trigger: {_configuration(configuration, triggers=False)}"
        case a.ConfigureContinuousTraining(configuration):
            return (
                f"configure continuous training, which switches it on: {_configuration(configuration, triggers=True)}"
            )
        case a.AttachTrainingDataset():
            return f"attach {_ref(action.dataset_version)} to continuous training as {name_text(action.alias)}"
        case a.DetachTrainingDataset(version):
            return f"detach {_ref(version)} from continuous training"
        case _:
            assert_never(action)


def _configuration(configuration: TrainingConfiguration, *, triggers: bool) -> str:
    kind = "scan configuration" if configuration.scan else "experiment parameters"
    parts = [f"project {_ref(configuration.project)}", kind]
    if triggers:
        parts.append(_trigger(configuration))
    return ", ".join(parts)


def _trigger(configuration: TrainingConfiguration) -> str:
    if configuration.threshold is None or not configuration.can_trigger:
        return "no trigger"
    return f"every {counted(configuration.threshold, 'submitted image')}"


def _toggle(action: a.Toggle) -> str:
    return f"switch {_SWITCHES[type(action)]} {'on' if action.active else 'off'}"


_SWITCHES: dict[type[a.Toggle], str] = {
    a.ToggleFeedbackLoop: "the feedback loop",
    a.ToggleContinuousTraining: "continuous training",
    a.ToggleContinuousDeployment: "continuous deployment",
}


def _ref(ref: Ref) -> str:
    return value_text({"id": ref.id, "label": ref.label})
