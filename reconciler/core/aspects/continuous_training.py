"""Continuous training: project, trigger and parameters as one, and the datasets by alias; its switch is in `arming`.

First set-up, or a state that nobody knows, goes the safe way round:

    Prepare (no trigger) ── off ── attach datasets ── Configure (arms)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reconciler.core import references as refs
from reconciler.core.actions import (
    AttachTrainingDataset,
    ConfigureContinuousTraining,
    DetachTrainingDataset,
    Phase,
    PrepareContinuousTraining,
    ToggleContinuousTraining,
)
from reconciler.core.explain import explain_configuration
from reconciler.core.gap import NO_GAP, Gap, Move
from reconciler.core.live import Alias, TrainingConfiguration
from reconciler.core.manifest.spec import Ownership, ParameterMap, ParametersFrom, TriggerEvent
from reconciler.core.refusal import Refusal, Scope
from reconciler.core.sets import difference
from reconciler.core.unreported import UNREPORTED
from reconciler.core.view import SILENT, judge, switch_not_ours

if TYPE_CHECKING:
    from reconciler.core.actions import Action
    from reconciler.core.manifest.spec import ContinuousTraining
    from reconciler.core.view import Judgement, View

_CONFIGURATION = "continuousTraining.configuration"
_DATASETS = "continuousTraining.datasets"
_ACTIVE = "continuousTraining.active"


def gap(view: View) -> Gap:
    """Return what differs in continuous training but for its switch, and the actions that close it."""
    declared = view.manifest.spec.continuous_training
    if declared is None or view.mode("continuousTraining") is Ownership.IGNORED:
        return NO_GAP
    configuration, datasets = _configuration(view, declared), _datasets(view, declared)
    refused = tuple(item for item in (configuration, datasets) if isinstance(item, Refusal))
    if refused:
        return Gap(refusals=refused)
    return _close(view, cast("TrainingConfiguration | None", configuration), cast("frozenset[Alias] | None", datasets))


def _configuration(view: View, declared: ContinuousTraining) -> TrainingConfiguration | Refusal | None:
    if declared.project is None or declared.trigger is None:
        return None
    project = view.resolve(refs.project(declared.project), "continuousTraining.project")
    parameters = _parameters(view, declared)
    if isinstance(project, Refusal) or isinstance(parameters, Refusal):
        return project if isinstance(project, Refusal) else cast("Refusal", parameters)
    fires = declared.trigger.event is not TriggerEvent.NONE
    return TrainingConfiguration(
        project=project.ref,
        event=declared.trigger.event,
        threshold=declared.trigger.threshold if fires else None,
        scan=declared.scan_config is not None,
        parameters=parameters,
    )


def _parameters(view: View, declared: ContinuousTraining) -> str | Refusal:
    match declared.scan_config or declared.experiment_parameters:
        case ParameterMap(canonical=canonical):
            return canonical
        case ParametersFrom():
            reference = refs.source_parameters(view.manifest.spec.models.champion)
            found = view.resolve(reference, "continuousTraining.experimentParameters")
            return found if isinstance(found, Refusal) else (found.parameters or "{}")
        case _:
            return "{}"


def _datasets(view: View, declared: ContinuousTraining) -> frozenset[Alias] | Refusal | None:
    if declared.datasets is None or view.mode(_DATASETS) is Ownership.IGNORED:
        return None
    aliases = []
    for name, item in declared.datasets.items():
        found = view.resolve(refs.dataset_version(item), f"{_DATASETS}.{name}")
        if isinstance(found, Refusal):
            return found
        aliases.append(Alias(name, found.ref))
    return frozenset(aliases)


def _close(view: View, configuration: TrainingConfiguration | None, datasets: frozenset[Alias] | None) -> Gap:
    configured = SILENT if configuration is None else judge(view, _CONFIGURATION, configuration, explain_configuration)
    attached = SILENT if datasets is None else judge(view, _DATASETS, datasets)
    told = configured.gap + attached.gap
    unset = view.value(_CONFIGURATION) in (None, UNREPORTED)
    if unset and attached.write and not configured.write:
        return told + Gap(refusals=(_not_set_up(view),))
    if (configured.write or attached.write) and not view.ours(_ACTIVE):
        path = _CONFIGURATION if configured.write else _DATASETS
        return told + Gap(refusals=(switch_not_ours(view, path, _ACTIVE),))
    moves: tuple[Move, ...] = ()
    if configured.write and configuration is not None:
        moves = _configure(configuration, first=unset and bool(datasets))
    return told + Gap(moves=moves + _attachments(view, datasets, attached))


def _configure(configuration: TrainingConfiguration, *, first: bool) -> tuple[Move, ...]:
    arm = Move(ConfigureContinuousTraining(configuration), (_CONFIGURATION,))
    if not first:
        return (arm,)
    prepare = Move(PrepareContinuousTraining(configuration), (_CONFIGURATION,))
    off = Move(ToggleContinuousTraining(active=False, phase=Phase.CONFIGURE), (_CONFIGURATION,))
    return (prepare, off, arm)


def _attachments(view: View, desired: frozenset[Alias] | None, judged: Judgement) -> tuple[Move, ...]:
    if desired is None or not judged.write:
        return ()
    believed = view.value(_DATASETS)
    known = believed is not UNREPORTED
    extra, lacking = difference(view, _DATASETS, desired)
    # What may be attached already is detached first, so that a 409 means an alias taken by something else.
    detached = sorted({alias.dataset for alias in (*extra, *(() if known else desired))})
    present = cast("frozenset[Alias]", believed) if known else frozenset[Alias]()
    kept = {alias for alias in present if alias.dataset not in detached}
    attach = sorted(set(lacking) | (desired - kept))
    actions: list[Action] = [DetachTrainingDataset(dataset) for dataset in detached]
    actions += [AttachTrainingDataset(alias.name, alias.dataset) for alias in attach]
    return tuple(Move(action, (_DATASETS,)) for action in actions)


def _not_set_up(view: View) -> Refusal:
    return view.refuse(
        "training-not-set-up",
        _DATASETS,
        "datasets cannot be attached: continuous training is not known to be set up, and the manifest does not say how",
        "Declare `project`, `trigger` and `experimentParameters` too, or set it up on the platform and adopt it.",
        scope=Scope.STEP,
    )
