"""The JSON form of actions, such as `{"kind": "SetShadow", "model_version": {"id": …}}`; `None` is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core import actions as a
from reconciler.core.codec.reading import Reader, unknown
from reconciler.core.codec.writing import kinded
from reconciler.core.live import Management
from reconciler.core.manifest.spec import Policy, Serving

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.core.live import Json


def action_to_json(action: a.Action) -> dict[str, Json]:
    """Return the JSON form of an action."""
    return kinded(action)


def action_from_json(data: Json) -> a.Action:
    """Return the action that `action_to_json` wrote.

    Raises:
        LedgerError: for a kind this version does not know, or a value of the wrong type.
    """
    reader = Reader.of(data, "an action")
    kind = reader.text("kind")
    if kind not in _READ:
        raise unknown("an action of kind", kind)
    return _READ[kind](Reader(kind, reader.data))


def _phase(r: Reader) -> a.Phase:
    names = {phase.name.lower(): phase for phase in a.Phase}
    found = names.get(r.text("phase"))
    if found is None:
        raise r.complaint("phase", "one of " + ", ".join(names))
    return found


def _create(r: Reader) -> a.CreateDeployment:
    return a.CreateDeployment(
        name=r.text("name"),
        champion=r.ref("champion"),
        shadow=r.optional("shadow", r.ref),
        threshold=r.optional("threshold", r.number),
        datalake=r.optional("datalake", r.ref),
        serving=r.member(Serving, "serving", Serving.MANAGED),
    )


def _settings(r: Reader) -> a.UpdateSettings:
    return a.UpdateSettings(
        threshold=r.optional("threshold", r.number),
        datalake=r.optional("datalake", r.ref),
        sample_rate=r.optional("sample_rate", r.number),
    )


def _management(r: Reader) -> a.RecordManagement:
    inner = r.child("management")
    return a.RecordManagement(
        Management(
            catalog=inner.text("catalog"),
            revision=inner.optional("revision", inner.text),
            file=inner.text("file"),
            line=inner.whole("line"),
            fields=inner.texts("fields"),
        )
    )


_READ: Final[Mapping[str, Callable[[Reader], a.Action]]] = {
    "CreateTag": lambda r: a.CreateTag(r.text("name")),
    "CreateDeployment": _create,
    "RenameDeployment": lambda r: a.RenameDeployment(r.text("name")),
    "ToggleContinuousDeployment": lambda r: a.ToggleContinuousDeployment(r.flag("active"), phase=_phase(r)),
    "ToggleContinuousTraining": lambda r: a.ToggleContinuousTraining(r.flag("active"), phase=_phase(r)),
    "ToggleFeedbackLoop": lambda r: a.ToggleFeedbackLoop(r.flag("active"), phase=_phase(r)),
    "UpdateSettings": _settings,
    "SetTrainingData": lambda r: a.SetTrainingData(r.ref("dataset_version")),
    "DisableTrainingData": lambda _: a.DisableTrainingData(),
    "SetShadow": lambda r: a.SetShadow(r.ref("model_version")),
    "ClearShadow": lambda _: a.ClearShadow(),
    "SetChampion": lambda r: a.SetChampion(r.ref("model_version")),
    "AttachTag": lambda r: a.AttachTag(r.text("name")),
    "DetachTag": lambda r: a.DetachTag(r.text("name")),
    "SetUpFeedbackLoop": lambda _: a.SetUpFeedbackLoop(),
    "AttachFeedbackDataset": lambda r: a.AttachFeedbackDataset(r.ref("dataset_version")),
    "DetachFeedbackDataset": lambda r: a.DetachFeedbackDataset(r.ref("dataset_version")),
    "PrepareContinuousTraining": lambda r: a.PrepareContinuousTraining(r.configuration("configuration")),
    "ConfigureContinuousDeployment": lambda r: a.ConfigureContinuousDeployment(r.member(Policy, "policy")),
    "DetachTrainingDataset": lambda r: a.DetachTrainingDataset(r.ref("dataset_version")),
    "AttachTrainingDataset": lambda r: a.AttachTrainingDataset(r.text("alias"), r.ref("dataset_version")),
    "ConfigureContinuousTraining": lambda r: a.ConfigureContinuousTraining(r.configuration("configuration")),
    "RecordManagement": _management,
    "DeleteDeployment": lambda r: a.DeleteDeployment(r.flag("force", default=False)),
}
"""How each kind is read; the kinds are the class names, and stay when a class is renamed."""
