"""Live deployments, references, actions and outcomes over the names of `tests.strategies.manifests`, so that both meet.

`RESOLVED` gives every name of the manifests' pools its object, as a platform would that has all of them.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from reconciler.core import actions as a
from reconciler.core.live import (
    FIELD,
    FIELDS,
    Alias,
    LiveDeployment,
    Management,
    TrainingConfiguration,
    canonical_json,
)
from reconciler.core.manifest.spec import Policy, Serving, TriggerEvent
from reconciler.core.outcome import AlreadySatisfied, Done, Failed, Outcome, Skipped, Unverified
from reconciler.core.references import Ref, Reference, ReferenceKind, Resolved
from reconciler.core.unreported import UNREPORTED
from tests.strategies.manifests import (
    ADDRESSES,
    ALIASES,
    DATALAKES,
    DATASET_VERSIONS,
    DATASETS,
    FRACTIONS,
    MODEL_VERSIONS,
    MODELS,
    PROJECTS,
    TAGS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

PARAMETERS: Final = tuple(
    canonical_json(value)
    for value in (
        {"epochs": 50},
        {"epochs": 50, "batch_size": 8},
        {"epochs": 3, "rate": 0.001, "augment": {"flip": True, "names": ["a", "é", None]}},
    )
)
"""Training parameters; the first are those of every source experiment."""


def _resolved() -> dict[Reference, Resolved]:
    found: dict[Reference, Resolved] = {}
    for model in MODELS:
        for version in MODEL_VERSIONS:
            ref = Ref(f"id-{model}-{version}", f"{model}@{version}")
            found[Reference(ReferenceKind.MODEL_VERSION, model, version)] = Resolved(
                ref, "CLASSIFICATION", labels=("a", "b"), trained_on=frozenset({"id-d1-w1"})
            )
            found[Reference(ReferenceKind.SOURCE_PARAMETERS, model, version)] = Resolved(ref, parameters=PARAMETERS[0])
    for dataset in DATASETS:
        for version in DATASET_VERSIONS:
            ref = Ref(f"id-{dataset}-{version}", f"{dataset}@{version}")
            found[Reference(ReferenceKind.DATASET_VERSION, dataset, version)] = Resolved(ref, "CLASSIFICATION")
    for kind, names in (
        (ReferenceKind.DATALAKE, DATALAKES),
        (ReferenceKind.PROJECT, PROJECTS),
        (ReferenceKind.TAG, TAGS),
    ):
        found |= {Reference(kind, "", name): Resolved(Ref(f"id-{name}", name)) for name in names}
    return found


RESOLVED: Final[Mapping[Reference, Resolved]] = _resolved()
"""Every reference that the manifests' pools can make, resolved; all model versions are of one type."""


def refs(kind: ReferenceKind) -> st.SearchStrategy[Ref]:
    """Draw one object of a kind that manifests can name."""
    return st.sampled_from([found.ref for wanted, found in RESOLVED.items() if wanted.kind is kind])


MODEL_REFS = refs(ReferenceKind.MODEL_VERSION)
DATASET_REFS = refs(ReferenceKind.DATASET_VERSION)
DATALAKE_REFS = refs(ReferenceKind.DATALAKE)
PROJECT_REFS = refs(ReferenceKind.PROJECT)

_TRIGGERS = st.sampled_from([(TriggerEvent.NONE, None), *((TriggerEvent.FEEDBACK_LOOP, n) for n in (1, 2, 150))])

CONFIGURATIONS = st.builds(
    lambda project, trigger, scan, parameters: TrainingConfiguration(project, trigger[0], trigger[1], scan, parameters),
    PROJECT_REFS,
    _TRIGGERS,
    st.booleans(),
    st.sampled_from(PARAMETERS),
)
"""Configurations of continuous training that can and that cannot fire."""

ALIAS_SETS = st.dictionaries(st.sampled_from(ALIASES), DATASET_REFS, max_size=3).map(
    lambda found: frozenset(Alias(name, ref) for name, ref in found.items())
)
"""Datasets of continuous training, each alias at most once."""

CATALOGS: Final = ("demo", "elsewhere")
"""The catalog of the generated manifests, and another one."""

MANAGEMENTS = st.builds(
    Management,
    catalog=st.sampled_from(CATALOGS),
    revision=st.sampled_from((None, "1a2b3c4", "1a2b3c4-dirty")),
    file=st.sampled_from(("manifests/a.yaml", "manifests/é.yaml")),
    line=st.sampled_from((1, 12)),
    fields=st.sampled_from(((), ("name",), ("models.champion", "name", "threshold"))),
)
"""Who may manage a deployment."""

NAMES = st.sampled_from([name for it in ADDRESSES for name in (it, f"live-{it}", f"was-{it}")])
"""Platform names that manifests can ask for or rename from."""


def _possible(live: LiveDeployment) -> LiveDeployment:
    # What was never set up is off and holds nothing; no platform reports otherwise.
    if not live.feedback_configured:
        live = replace(live, feedback_active=False, feedback_datasets=frozenset())
    if live.training_configuration is None:
        live = replace(live, training_active=False, training_datasets=frozenset())
    if live.deployment_policy is None:
        live = replace(live, deployment_active=False)
    return replace(live, shadow=None) if live.shadow == live.champion else live


FULL: Final[st.SearchStrategy[LiveDeployment]] = st.builds(
    LiveDeployment,
    id=st.uuids(version=4).map(str),
    name=NAMES,
    inference_type=st.just("CLASSIFICATION"),
    serving=st.sampled_from(list(Serving)),
    threshold=st.sampled_from(FRACTIONS),
    sample_rate=st.sampled_from(FRACTIONS),
    datalake=DATALAKE_REFS,
    tags=st.frozensets(st.sampled_from(TAGS), max_size=3),
    champion=MODEL_REFS,
    shadow=st.none() | MODEL_REFS,
    training_data=st.none() | DATASET_REFS,
    feedback_configured=st.booleans(),
    feedback_active=st.booleans(),
    feedback_datasets=st.frozensets(DATASET_REFS, max_size=3),
    training_configuration=st.none() | CONFIGURATIONS,
    training_active=st.booleans(),
    training_datasets=ALIAS_SETS,
    deployment_policy=st.none() | st.sampled_from(list(Policy)),
    deployment_active=st.booleans(),
    management=st.none() | MANAGEMENTS,
).map(_possible)


SDK_SILENT: Final = frozenset(
    {
        "serving",
        "threshold",
        "sampleRate",
        "datalake",
        "trainingData",
        "feedbackLoop.configured",
        "feedbackLoop.active",
        "continuousTraining.configuration",
        "continuousTraining.active",
        "continuousTraining.datasets",
        "continuousDeployment.policy",
        "continuousDeployment.active",
        "management",
    }
)
"""Field paths that the official SDK cannot read back: what the `sdk-only` profile leaves unreported."""


def masked(live: LiveDeployment, silent: frozenset[str]) -> LiveDeployment:
    """Return `live` as a platform reports it that says nothing about these paths."""
    for path in sorted(silent):
        live = FIELD[path].put(live, UNREPORTED)
    return live


MASKS = st.one_of(
    st.just(frozenset[str]()),
    st.just(SDK_SILENT),
    st.frozensets(st.sampled_from([item.path for item in FIELDS if item.path != "name"])),
)
"""What a platform does not report: nothing, what the SDK cannot read, or any fields but the name."""


@functools.cache
def live_deployments(name: str | None = None, *, full: bool = False) -> st.SearchStrategy[LiveDeployment]:
    """Draw one deployment as a platform reports it; with `full`, every field is reported."""
    whole = FULL if name is None else FULL.map(lambda live: replace(live, name=name))
    return whole if full else st.builds(masked, whole, MASKS)


_TAG_NAMES = st.sampled_from(TAGS)
_FRACTIONS = st.sampled_from(FRACTIONS)
_OFF_PHASES = st.sampled_from((a.Phase.DISARM, a.Phase.CONFIGURE, a.Phase.ARM))


def _toggles(kind: type[a.Toggle]) -> st.SearchStrategy[a.Toggle]:
    # A chain has a place for switching on only at its end.
    return st.booleans().flatmap(
        lambda active: st.builds(kind, st.just(active), phase=st.just(a.Phase.ARM) if active else _OFF_PHASES)
    )


ACTIONS_BY_KIND: Final[Mapping[type[a.Action], st.SearchStrategy[a.Action]]] = {
    a.CreateTag: st.builds(a.CreateTag, _TAG_NAMES),
    a.CreateDeployment: st.builds(
        a.CreateDeployment,
        name=NAMES,
        champion=MODEL_REFS,
        shadow=st.none() | MODEL_REFS,
        threshold=st.none() | _FRACTIONS,
        datalake=st.none() | DATALAKE_REFS,
        serving=st.sampled_from(list(Serving)),
    ),
    a.RenameDeployment: st.builds(a.RenameDeployment, NAMES),
    a.ToggleContinuousDeployment: _toggles(a.ToggleContinuousDeployment),
    a.ToggleContinuousTraining: _toggles(a.ToggleContinuousTraining),
    a.ToggleFeedbackLoop: _toggles(a.ToggleFeedbackLoop),
    a.UpdateSettings: st.builds(
        a.UpdateSettings,
        threshold=st.none() | _FRACTIONS,
        datalake=st.none() | DATALAKE_REFS,
        sample_rate=st.none() | _FRACTIONS,
    ).filter(lambda action: bool(action.touches)),
    a.SetTrainingData: st.builds(a.SetTrainingData, DATASET_REFS),
    a.DisableTrainingData: st.just(a.DisableTrainingData()),
    a.SetShadow: st.builds(a.SetShadow, MODEL_REFS),
    a.ClearShadow: st.just(a.ClearShadow()),
    a.SetChampion: st.builds(a.SetChampion, MODEL_REFS),
    a.AttachTag: st.builds(a.AttachTag, _TAG_NAMES),
    a.DetachTag: st.builds(a.DetachTag, _TAG_NAMES),
    a.SetUpFeedbackLoop: st.just(a.SetUpFeedbackLoop()),
    a.AttachFeedbackDataset: st.builds(a.AttachFeedbackDataset, DATASET_REFS),
    a.DetachFeedbackDataset: st.builds(a.DetachFeedbackDataset, DATASET_REFS),
    a.PrepareContinuousTraining: st.builds(a.PrepareContinuousTraining, CONFIGURATIONS),
    a.ConfigureContinuousDeployment: st.builds(a.ConfigureContinuousDeployment, st.sampled_from(list(Policy))),
    a.DetachTrainingDataset: st.builds(a.DetachTrainingDataset, DATASET_REFS),
    a.AttachTrainingDataset: st.builds(a.AttachTrainingDataset, st.sampled_from(ALIASES), DATASET_REFS),
    a.ConfigureContinuousTraining: st.builds(a.ConfigureContinuousTraining, CONFIGURATIONS),
    a.RecordManagement: st.builds(a.RecordManagement, MANAGEMENTS),
    a.DeleteDeployment: st.builds(a.DeleteDeployment, st.booleans()),
}
"""One strategy per member of the union of actions; a test holds it complete."""


@functools.cache
def actions(*without: type[a.Action]) -> st.SearchStrategy[a.Action]:
    """Draw any action, but those of the kinds left out."""
    return st.one_of([drawn for kind, drawn in ACTIONS_BY_KIND.items() if kind not in without])


_SENTENCES = st.sampled_from(("", "the platform answered 422", "d1@w1 n'est plus là — 'é'"))

OUTCOMES_BY_KIND: Final[Mapping[type[Outcome], st.SearchStrategy[Outcome]]] = {
    Done: st.builds(Done, st.sampled_from((0.0, 0.25, 31.5)), st.integers(1, 5)),
    AlreadySatisfied: st.builds(AlreadySatisfied, _SENTENCES),
    Skipped: st.builds(Skipped, _SENTENCES),
    Failed: st.builds(Failed, _SENTENCES, _SENTENCES, st.sampled_from((4, 7, 10))),
    Unverified: st.builds(Unverified, _SENTENCES),
}
"""One strategy per member of the union of outcomes; a test holds it complete."""

OUTCOMES = st.one_of(list(OUTCOMES_BY_KIND.values()))
"""Any way in which a step ends."""
