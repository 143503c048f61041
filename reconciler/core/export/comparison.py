"""Whether a manifest says of a unit what is live, whatever words it says it in: `version: 7` may be what `v7` names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from reconciler.core import references as refs
from reconciler.core.live import FIELD
from reconciler.core.manifest.ownership import ownership_of
from reconciler.core.manifest.spec import (
    DatasetVersionReference,
    ModelVersionReference,
    Ownership,
    ParameterMap,
    ParametersFrom,
)
from reconciler.core.references import Ref, Resolved
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reconciler.core.export.spelling import Speller
    from reconciler.core.live import Alias, LiveDeployment, TrainingConfiguration
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.manifest.spec import ContinuousDeployment, ContinuousTraining, DeploymentSpec, FeedbackLoop
    from reconciler.core.references import Reference


def is_declared(spec: DeploymentSpec, unit: str) -> bool:
    """Tell whether a manifest declares a unit; the two kinds of parameters are one choice, declared together."""
    block, _, key = unit.rpartition(".")
    if block == "continuousTraining" and key in ("trigger", "experimentParameters", "scanConfig"):
        key = "project"
    holder = getattr(spec, _attribute(block)) if block else spec
    return holder is not None and getattr(holder, _attribute(key)) is not None


def _attribute(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One manifest beside the live deployment that it means; asked only about what it declares."""

    manifest: Manifest
    speller: Speller

    def is_same(self, unit: str) -> bool:
        """Tell whether a declared unit is what is live, as far as anybody knows; what nobody reported is."""
        field = FIELD.get(unit, FIELD["continuousTraining.configuration"])
        return field.of(self.live) is UNREPORTED or _SAME[unit](self)

    @property
    def spec(self) -> DeploymentSpec:
        """What the manifest declares."""
        return self.manifest.spec

    @property
    def loop(self) -> FeedbackLoop:
        """The declared feedback loop."""
        return cast("FeedbackLoop", self.spec.feedback_loop)

    @property
    def training(self) -> ContinuousTraining:
        """The declared continuous training."""
        return cast("ContinuousTraining", self.spec.continuous_training)

    @property
    def deployment(self) -> ContinuousDeployment:
        """The declared continuous deployment."""
        return cast("ContinuousDeployment", self.spec.continuous_deployment)

    @property
    def live(self) -> LiveDeployment:
        """What is live."""
        return self.speller.live

    @property
    def configuration(self) -> TrainingConfiguration | None:
        """How continuous training is set up; reported where it is compared."""
        return cast("TrainingConfiguration | None", self.live.training_configuration)

    def champion(self) -> ModelVersionReference:
        """Return the champion that the manifest will declare once it says what is live."""
        unit = "models.champion"
        if ownership_of(self.manifest, unit) is Ownership.IGNORED or self.is_same(unit):
            return self.spec.models.champion
        return ModelVersionReference.model_validate(self.speller.say(unit))

    def names(self, reference: Reference, ref: object) -> bool:
        """Tell whether a reference stands for what is live."""
        return isinstance(ref, Ref) and self.speller.lexicon.means(reference, ref)

    def ids(self, items: Iterable[DatasetVersionReference]) -> list[str] | None:
        """Return the ids of dataset versions, empty for one that does not exist; `None` if one was not looked up."""
        found = [self.speller.lexicon.found.get(refs.dataset_version(item)) for item in items]
        return None if None in found else [each.ref.id if isinstance(each, Resolved) else "" for each in found]


def _shadow(it: Comparison) -> bool:
    declared = it.spec.models.shadow
    if isinstance(declared, ModelVersionReference):
        return it.names(refs.model_version(declared), it.live.shadow)
    return it.live.shadow is None


def _training_data(it: Comparison) -> bool:
    declared = it.spec.training_data
    if isinstance(declared, DatasetVersionReference):
        return it.names(refs.dataset_version(declared), it.live.training_data)
    return it.live.training_data is None


def _feedback_datasets(it: Comparison) -> bool:
    ids = it.ids(it.loop.datasets or ())
    live = cast("frozenset[Ref]", it.live.feedback_datasets)
    return ids is None or sorted(ids) == sorted(ref.id for ref in live)


def _aliases(it: Comparison) -> bool:
    declared = it.training.datasets or {}
    ids = it.ids(declared.values())
    live = cast("frozenset[Alias]", it.live.training_datasets)
    return ids is None or dict(zip(declared, ids, strict=True)) == {alias.name: alias.dataset.id for alias in live}


def _project(it: Comparison) -> bool:
    return it.configuration is not None and it.names(refs.project(str(it.training.project)), it.configuration.project)


def _trigger(it: Comparison) -> bool:
    declared, live = it.training.trigger, it.configuration
    if declared is None or live is None or declared.event is not live.event:
        return False
    return not live.can_trigger or declared.threshold == live.threshold


def _experiment_parameters(it: Comparison) -> bool:
    return _are_parameters(it, it.training.experiment_parameters, scan=False)


def _scan_config(it: Comparison) -> bool:
    return _are_parameters(it, it.training.scan_config, scan=True)


def _are_parameters(it: Comparison, declared: ParameterMap | ParametersFrom | None, *, scan: bool) -> bool:
    live = it.configuration
    if live is None or live.scan is not scan:
        return declared is None
    if not isinstance(declared, ParametersFrom):
        return declared is not None and declared.canonical == live.parameters
    found = it.speller.lexicon.found.get(refs.source_parameters(it.champion()))
    return found is None or (isinstance(found, Resolved) and found.parameters == live.parameters)


_SAME: Final[Mapping[str, Callable[[Comparison], bool]]] = {
    "serving": lambda it: it.spec.serving == it.live.serving,
    "threshold": lambda it: it.spec.threshold == it.live.threshold,
    "datalake": lambda it: it.names(refs.datalake(str(it.spec.datalake)), it.live.datalake),
    "sampleRate": lambda it: it.spec.sample_rate == it.live.sample_rate,
    "tags": lambda it: frozenset(it.spec.tags or ()) == it.live.tags,
    "models.champion": lambda it: it.names(refs.model_version(it.spec.models.champion), it.live.champion),
    "models.shadow": _shadow,
    "trainingData": _training_data,
    "feedbackLoop.active": lambda it: it.loop.active is it.live.feedback_active,
    "feedbackLoop.datasets": _feedback_datasets,
    "continuousTraining.active": lambda it: it.training.active is it.live.training_active,
    "continuousTraining.project": _project,
    "continuousTraining.trigger": _trigger,
    "continuousTraining.datasets": _aliases,
    "continuousTraining.experimentParameters": _experiment_parameters,
    "continuousTraining.scanConfig": _scan_config,
    "continuousDeployment.active": lambda it: it.deployment.active is it.live.deployment_active,
    "continuousDeployment.policy": lambda it: it.deployment.policy == it.live.deployment_policy,
}
"""How each unit of a manifest is compared with what is live."""
