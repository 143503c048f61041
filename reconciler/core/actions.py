"""The closed union of actions: each one API write, with its phase, its manners when repeated, and its pure effect.

    exist      CreateTag · CreateDeployment · RenameDeployment
    disarm     Toggle…(off)
    configure  UpdateSettings · SetTrainingData … ConfigureContinuousDeployment · Detach/AttachTrainingDataset
    arm        ConfigureContinuousTraining · Toggle…(on)
    remove     DeleteDeployment

`effect` says what the platform's state is after the call, on a value; the laws of planning are proven on it, and a
contract test shows that a real platform agrees. Where a call may or may not switch something on (the services differ),
its effect is `UNREPORTED`: not known, so made explicit by a toggle that follows.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias, get_args

from reconciler.core.live import FIELD, FIELDS, Alias, LiveDeployment, TrainingConfiguration
from reconciler.core.manifest.spec import Policy, Serving, TriggerEvent
from reconciler.core.unreported import UNREPORTED, Unreported

if TYPE_CHECKING:
    from reconciler.core.references import Ref


class Phase(enum.IntEnum):
    """The five phases of a chain, in order."""

    EXIST = 1
    DISARM = 2
    CONFIGURE = 3
    ARM = 4
    REMOVE = 5


class Repeat(enum.Enum):
    """What sending the same write twice does.

    SAFE: the same as once. CONFLICT_MEANS_DONE: the second is answered 409, which proves the first.
    UNSAFE: the second may do harm (a duplicate), so it is never sent without knowing.
    """

    SAFE = "safe"
    CONFLICT_MEANS_DONE = "conflict means done"
    UNSAFE = "unsafe"


class Verdict(enum.Enum):
    """Whether a state already is as an action would leave it."""

    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    UNKNOWN = "unknown"


class _DeploymentAction:
    """What all writes to one existing deployment share. Not for use as a type: use `Action`."""

    __slots__ = ()

    @property
    def touches(self) -> frozenset[str]:
        """The paths of the fields this write decides."""
        raise NotImplementedError

    def effect(self, live: LiveDeployment) -> LiveDeployment | None:
        """Return the state after this write; pure."""
        raise NotImplementedError

    def satisfied_by(self, live: LiveDeployment | None) -> Verdict:
        """Tell whether `live` is already as this write would leave it."""
        if live is None:
            return Verdict.UNSATISFIED
        after = self.effect(live)
        return Verdict.UNSATISFIED if after is None else _verdict(live, after, self.touches)


def _verdict(live: LiveDeployment, after: LiveDeployment, touches: frozenset[str]) -> Verdict:
    pairs = [(FIELD[path].of(live), FIELD[path].of(after)) for path in touches]
    if any(found is not UNREPORTED and wanted is not UNREPORTED and found != wanted for found, wanted in pairs):
        return Verdict.UNSATISFIED
    return Verdict.UNKNOWN if any(found is UNREPORTED for found, _ in pairs) else Verdict.SATISFIED


class _Configure(_DeploymentAction):
    """A write whose manners do not depend on its values."""

    __slots__ = ()
    phase: ClassVar[Phase] = Phase.CONFIGURE
    repeat: ClassVar[Repeat] = Repeat.SAFE
    absent_means_done: ClassVar[bool] = False
    """Whether 404 proves that there is nothing left to do."""
    decides: ClassVar[tuple[str, ...]] = ()

    @property
    def touches(self) -> frozenset[str]:
        """The paths of the fields this write decides."""
        return frozenset(self.decides)


@dataclass(frozen=True, slots=True)
class CreateTag:
    """Create a deployment tag in the organisation; once per plan, before any deployment needs it."""

    phase: ClassVar[Phase] = Phase.EXIST
    repeat: ClassVar[Repeat] = Repeat.CONFLICT_MEANS_DONE
    absent_means_done: ClassVar[bool] = False
    touches: ClassVar[frozenset[str]] = frozenset()
    name: str

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live`: a tag by itself changes no deployment."""
        return live

    def satisfied_by(self, live: LiveDeployment | None) -> Verdict:  # noqa: ARG002  # the union's signature
        """Return UNKNOWN: no deployment shows whether a tag exists."""
        return Verdict.UNKNOWN


@dataclass(frozen=True, slots=True)
class CreateDeployment:
    """Create the deployment; the only call that fixes `serving`. Undeclared settings are not sent."""

    phase: ClassVar[Phase] = Phase.EXIST
    repeat: ClassVar[Repeat] = Repeat.UNSAFE
    absent_means_done: ClassVar[bool] = False
    touches: ClassVar[frozenset[str]] = frozenset(item.path for item in FIELDS)
    name: str
    champion: Ref
    shadow: Ref | None = None
    threshold: float | None = None
    datalake: Ref | None = None
    serving: Serving = Serving.MANAGED

    def effect(self, live: LiveDeployment | None) -> LiveDeployment:  # noqa: ARG002  # nothing existed before
        """Return a deployment with nothing configured; settings that were not sent stay unknown."""
        return LiveDeployment(
            name=self.name,
            serving=self.serving,
            threshold=UNREPORTED if self.threshold is None else self.threshold,
            datalake=UNREPORTED if self.datalake is None else self.datalake,
            tags=frozenset(),
            champion=self.champion,
            shadow=self.shadow,
            training_data=None,
            feedback_configured=False,
            feedback_active=False,
            feedback_datasets=frozenset(),
            training_configuration=None,
            training_active=False,
            training_datasets=frozenset(),
            deployment_policy=None,
            deployment_active=False,
        )

    def satisfied_by(self, live: LiveDeployment | None) -> Verdict:
        """Tell whether a deployment of this name exists; what it holds is the business of the other actions."""
        return Verdict.SATISFIED if live is not None and live.name == self.name else Verdict.UNSATISFIED


@dataclass(frozen=True, slots=True)
class RenameDeployment(_Configure):
    """Give an existing deployment another platform name."""

    decides: ClassVar[tuple[str, ...]] = ("name",)
    phase: ClassVar[Phase] = Phase.EXIST
    name: str

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` under the new name."""
        return replace(live, name=self.name)


@dataclass(frozen=True, slots=True)
class UpdateSettings(_DeploymentAction):
    """Patch threshold, datalake and sample rate in one call; `None` is not sent."""

    phase: ClassVar[Phase] = Phase.CONFIGURE
    repeat: ClassVar[Repeat] = Repeat.SAFE
    absent_means_done: ClassVar[bool] = False

    threshold: float | None = None
    datalake: Ref | None = None
    sample_rate: float | None = None

    @property
    def touches(self) -> frozenset[str]:
        """The paths of the settings that are sent."""
        sent = {"threshold": self.threshold, "datalake": self.datalake, "sampleRate": self.sample_rate}
        return frozenset(path for path, value in sent.items() if value is not None)

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the settings that are sent."""
        return replace(
            live,
            threshold=live.threshold if self.threshold is None else self.threshold,
            datalake=live.datalake if self.datalake is None else self.datalake,
            sample_rate=live.sample_rate if self.sample_rate is None else self.sample_rate,
        )


@dataclass(frozen=True, slots=True)
class SetChampion(_Configure):
    """Make a model version the one that answers."""

    decides: ClassVar[tuple[str, ...]] = ("models.champion",)
    model_version: Ref

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the new champion."""
        return replace(live, champion=self.model_version)


@dataclass(frozen=True, slots=True)
class SetShadow(_Configure):
    """Let a model version predict beside the champion."""

    decides: ClassVar[tuple[str, ...]] = ("models.shadow",)
    model_version: Ref

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the new shadow."""
        return replace(live, shadow=self.model_version)


@dataclass(frozen=True, slots=True)
class ClearShadow(_Configure):
    """Empty the shadow slot (capability `clear-shadow`)."""

    decides: ClassVar[tuple[str, ...]] = ("models.shadow",)
    absent_means_done: ClassVar[bool] = True

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` without a shadow."""
        return replace(live, shadow=None)


@dataclass(frozen=True, slots=True)
class AttachTag(_Configure):
    """Attach an existing tag, by name; the id is looked up when it is sent."""

    decides: ClassVar[tuple[str, ...]] = ("tags",)
    name: str

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the tag among its tags."""
        return replace(live, tags=live.tags if isinstance(live.tags, Unreported) else live.tags | {self.name})


@dataclass(frozen=True, slots=True)
class DetachTag(_Configure):
    """Detach a tag, by name."""

    decides: ClassVar[tuple[str, ...]] = ("tags",)
    absent_means_done: ClassVar[bool] = True
    name: str

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` without the tag."""
        return replace(live, tags=live.tags if isinstance(live.tags, Unreported) else live.tags - {self.name})


@dataclass(frozen=True, slots=True)
class SetTrainingData(_Configure):
    """Name the dataset version that production is compared with; the platform starts computing its metrics."""

    decides: ClassVar[tuple[str, ...]] = ("trainingData",)
    dataset_version: Ref

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the new reference."""
        return replace(live, training_data=self.dataset_version)


@dataclass(frozen=True, slots=True)
class DisableTrainingData(_Configure):
    """Drop the training-data reference."""

    decides: ClassVar[tuple[str, ...]] = ("trainingData",)

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` without a reference."""
        return replace(live, training_data=None)


@dataclass(frozen=True, slots=True)
class SetUpFeedbackLoop(_Configure):
    """Set the feedback loop up so that datasets can be attached; some services also switch it on."""

    decides: ClassVar[tuple[str, ...]] = ("feedbackLoop.configured", "feedbackLoop.active")

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the loop set up; whether it is on is unknown."""
        return replace(live, feedback_configured=True, feedback_active=UNREPORTED)


@dataclass(frozen=True, slots=True)
class AttachFeedbackDataset(_Configure):
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
class DetachFeedbackDataset(_Configure):
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
class PrepareContinuousTraining(_Configure):
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
class ConfigureContinuousTraining(_Configure):
    """Replace project, trigger and parameters; the call switches continuous training on, so it is the arming call."""

    decides: ClassVar[tuple[str, ...]] = ("continuousTraining.configuration", "continuousTraining.active")
    phase: ClassVar[Phase] = Phase.ARM
    configuration: TrainingConfiguration

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the new configuration, switched on."""
        return replace(live, training_configuration=self.configuration, training_active=True)


@dataclass(frozen=True, slots=True)
class AttachTrainingDataset(_Configure):
    """Give a dataset version to continuous training under an alias."""

    decides: ClassVar[tuple[str, ...]] = ("continuousTraining.datasets",)
    repeat: ClassVar[Repeat] = Repeat.CONFLICT_MEANS_DONE
    alias: str
    dataset_version: Ref

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the alias attached."""
        datasets = live.training_datasets
        if isinstance(datasets, Unreported):
            return live
        return replace(live, training_datasets=datasets | {Alias(self.alias, self.dataset_version)})


@dataclass(frozen=True, slots=True)
class DetachTrainingDataset(_Configure):
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
class ConfigureContinuousDeployment(_Configure):
    """Choose the policy for newly trained versions; some services also switch it on."""

    decides: ClassVar[tuple[str, ...]] = ("continuousDeployment.policy", "continuousDeployment.active")
    policy: Policy

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the new policy; whether it is on is unknown."""
        return replace(live, deployment_policy=self.policy, deployment_active=UNREPORTED)


@dataclass(frozen=True, slots=True)
class _Toggle(_DeploymentAction):
    """A switch. Off comes first (disarm) or settles what a call may have switched on; on comes last (arm)."""

    repeat: ClassVar[Repeat] = Repeat.SAFE
    switch: ClassVar[str]
    active: bool
    phase: Phase = field(kw_only=True)

    @property
    def absent_means_done(self) -> bool:
        """Whether 404 means done: what was never set up is off."""
        return not self.active

    @property
    def touches(self) -> frozenset[str]:
        """The path of the switch."""
        return frozenset({self.switch})


@dataclass(frozen=True, slots=True)
class ToggleFeedbackLoop(_Toggle):
    """Switch the feedback loop on or off."""

    switch: ClassVar[str] = "feedbackLoop.active"

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` switched."""
        return replace(live, feedback_active=self.active)


@dataclass(frozen=True, slots=True)
class ToggleContinuousTraining(_Toggle):
    """Switch continuous training on or off; a run in flight goes on."""

    switch: ClassVar[str] = "continuousTraining.active"

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` switched."""
        return replace(live, training_active=self.active)


@dataclass(frozen=True, slots=True)
class ToggleContinuousDeployment(_Toggle):
    """Switch continuous deployment on or off."""

    switch: ClassVar[str] = "continuousDeployment.active"

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` switched."""
        return replace(live, deployment_active=self.active)


@dataclass(frozen=True, slots=True)
class DeleteDeployment(_Configure):
    """Delete the deployment; `force` also stops its loops and removes predictions and reviews."""

    phase: ClassVar[Phase] = Phase.REMOVE
    absent_means_done: ClassVar[bool] = True
    force: bool = False

    def effect(self, live: LiveDeployment) -> None:  # nothing is left
        """Return nothing: the deployment is gone."""

    def satisfied_by(self, live: LiveDeployment | None) -> Verdict:
        """Tell whether the deployment is gone."""
        return Verdict.SATISFIED if live is None else Verdict.UNSATISFIED


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
    | DeleteDeployment
)
"""One API write. Match it exhaustively."""

ACTIONS: Final[tuple[type[Action], ...]] = get_args(Action)
"""Every member of the union, in the order of the design's table."""
