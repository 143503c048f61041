"""Valid manifests and catalogs over small pools of names, so that references meet and collide as they do in real life.

`manifests()` and `catalogs()` build values directly; `to_yaml` writes one as a file that loads back to the same value.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st

from reconciler.core.manifest.canonical import digest_of, document_of
from reconciler.core.manifest.catalog import Catalog, Manifest, Source
from reconciler.core.manifest.ownership import OWNABLE_PATHS, policy_slot
from reconciler.core.manifest.spec import (
    ABSENT,
    ContinuousDeployment,
    ContinuousTraining,
    DatasetVersionReference,
    DeploymentSpec,
    FeedbackLoop,
    Lifecycle,
    Metadata,
    Models,
    ModelVersionReference,
    OnRemoval,
    Ownership,
    ParameterMap,
    ParametersFrom,
    Policy,
    Serving,
    Trigger,
    TriggerEvent,
)
from reconciler.core.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.manifest.spec import Shadow

ADDRESSES = ("alpha", "bravo", "charlie", "delta", "echo")
MODELS = ("m1", "m2", "m3")
MODEL_VERSIONS = ("v1", "v2", "v3")
DATASETS = ("d1", "d2", "d3")
DATASET_VERSIONS = ("w1", "w2")
PROJECTS = ("p1", "p2")
TAGS = ("t1", "t2", "t3", "t4")
DATALAKES = ("default", "lake2")
ALIASES = ("train", "test", "eval")
FRACTIONS = (0.0, 0.25, 0.4, 1.0)

T = TypeVar("T")

# Every strategy below is a constant or built once: building one costs more than drawing from it, and the planner's
# laws draw thousands of catalogs. What depends on another draw is repaired afterwards instead of drawn dependently.


def undeclared_or(declared: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """Draw a declared value twice as often as none, since declared fields are where things happen."""
    return st.one_of(declared, declared, st.none())


MODEL_REFERENCES = st.sampled_from(
    [ModelVersionReference(model=model, version=version) for model in MODELS for version in MODEL_VERSIONS]
)
DATASET_REFERENCES = st.sampled_from(
    [DatasetVersionReference(dataset=name, version=version) for name in DATASETS for version in DATASET_VERSIONS]
)
DATASET_SETS = st.lists(DATASET_REFERENCES, max_size=3, unique=True).map(tuple)
"""Up to three different dataset versions; none is a valid declaration too."""


def _models(champion: ModelVersionReference, shadow: Shadow | None, *, sibling: bool) -> Models:
    # One model has one inference type, so the shadow mostly is another version of the champion's model.
    if isinstance(shadow, ModelVersionReference):
        shadow = ModelVersionReference(model=champion.model, version=shadow.version) if sibling else shadow
        shadow = None if shadow == champion else shadow
    return Models(champion=champion, shadow=shadow)


MODELS_BLOCKS = st.builds(
    _models,
    champion=MODEL_REFERENCES,
    shadow=st.one_of(MODEL_REFERENCES, MODEL_REFERENCES, st.just(ABSENT), st.none()),
    sibling=st.booleans(),
)
"""A champion with, beside it, an undeclared, an absent or another version as shadow."""

FEEDBACK_LOOPS = st.builds(FeedbackLoop, active=st.booleans(), datasets=undeclared_or(DATASET_SETS))

TRIGGERS = st.sampled_from(
    [
        Trigger(event=TriggerEvent.NONE),
        *(Trigger(event=TriggerEvent.FEEDBACK_LOOP, threshold=threshold) for threshold in (1, 2, 150)),
    ]
)

_LEAVES = st.sampled_from([0, 3, 0.5, True, None, "adam", [], [1, "b"], {"a": {"b": None}}])
PARAMETER_MAPS = st.dictionaries(
    st.sampled_from(("epochs", "batch_size", "augment")), _LEAVES, min_size=1, max_size=3
).map(ParameterMap.of)
"""Small, nested training parameters."""

_GROUPS = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {
            "project": st.sampled_from(PROJECTS),
            "trigger": TRIGGERS,
            "experiment_parameters": st.one_of(
                PARAMETER_MAPS, st.just(ParametersFrom.model_validate({"from": "SourceExperiment"}))
            ),
        }
    ),
    st.fixed_dictionaries({"project": st.sampled_from(PROJECTS), "trigger": TRIGGERS, "scan_config": PARAMETER_MAPS}),
)


def _training(
    group: dict[str, Any], references: tuple[DatasetVersionReference, ...] | None, *, active: bool, turn: int
) -> ContinuousTraining:
    aliases = ALIASES[turn:] + ALIASES[:turn]
    datasets = None if references is None else dict(zip(aliases, references, strict=False))
    return ContinuousTraining(active=active, datasets=datasets, **group)


CONTINUOUS_TRAININGS = st.builds(
    _training, _GROUPS, undeclared_or(DATASET_SETS), active=st.booleans(), turn=st.integers(0, 2)
)
"""With and without the group of project, trigger and parameters; datasets under changing aliases."""

CONTINUOUS_DEPLOYMENTS = st.builds(
    ContinuousDeployment, active=st.booleans(), policy=undeclared_or(st.sampled_from(list(Policy)))
)

LIFECYCLES = st.sampled_from(
    [
        Lifecycle(force_delete=False),
        Lifecycle(force_delete=True),
        *(
            Lifecycle(prevent_destroy=False, on_removal=removal, force_delete=force)
            for removal in OnRemoval
            for force in (False, True)
        ),
    ]
)
"""Every combination of protections that does not contradict itself."""

OWNERSHIPS = st.one_of(
    st.just({}), st.dictionaries(st.sampled_from(OWNABLE_PATHS), st.sampled_from(list(Ownership)), max_size=3)
)

LABELS = st.dictionaries(st.sampled_from(("site", "line")), st.sampled_from(("lyon", "3")), max_size=2)


def _spec(**fields: Any) -> DeploymentSpec:
    spec = DeploymentSpec(**fields)
    slot = policy_slot(spec)
    if slot is None or spec.ownership.get(slot) is not Ownership.MANAGED:
        return spec
    # Managed on the slot that an active policy writes is a contradiction the loader refuses.
    return spec.model_copy(update={"ownership": spec.ownership | {slot: Ownership.ON_CHANGE}})


SPECS = st.builds(
    _spec,
    serving=st.sampled_from((None, None, Serving.MANAGED, Serving.OWN)),
    threshold=undeclared_or(st.sampled_from(FRACTIONS)),
    datalake=undeclared_or(st.sampled_from(DATALAKES)),
    sample_rate=undeclared_or(st.sampled_from(FRACTIONS)),
    tags=undeclared_or(st.lists(st.sampled_from(TAGS), max_size=3, unique=True).map(tuple)),
    models=MODELS_BLOCKS,
    training_data=st.one_of(DATASET_REFERENCES, DATASET_REFERENCES, st.just(ABSENT), st.none()),
    feedback_loop=undeclared_or(FEEDBACK_LOOPS),
    continuous_training=undeclared_or(CONTINUOUS_TRAININGS),
    continuous_deployment=undeclared_or(CONTINUOUS_DEPLOYMENTS),
    ownership=OWNERSHIPS,
    lifecycle=LIFECYCLES,
)
"""Everything a manifest may declare about one deployment, but its names and what ties it to other manifests."""


@dataclass(frozen=True)
class _Draft:
    """What one manifest of a catalog is made from; the choices are reduced to what its neighbours allow."""

    address: str
    spec: DeploymentSpec
    labels: dict[str, str]
    named: bool
    rename: int
    depend: tuple[int, ...]


def _drafts(address: str) -> st.SearchStrategy[_Draft]:
    return st.builds(
        _Draft,
        address=st.just(address),
        spec=SPECS,
        labels=LABELS,
        named=st.booleans(),
        rename=st.sampled_from((0, 0, 0, 1, 2, 3)),
        depend=st.sampled_from(((), (), (0,), (1,), (0, 2))),
    )


_DRAFTS = {address: _drafts(address) for address in ADDRESSES}


def manifests(address: str = "alpha") -> st.SearchStrategy[Manifest]:
    """Draw one valid manifest; its platform name is its address or `live-` and its address."""
    return _DRAFTS[address].map(_alone)


@functools.cache
def catalogs(*, min_size: int = 1, max_size: int = 4, renames: bool = True) -> st.SearchStrategy[Catalog]:
    """Draw a valid catalog of `min_size`..`max_size` manifests (at most 5), with dependencies and renames.

    A rename starts from `was-` and the address, or from the platform name of another manifest (a chain).
    """
    size = st.integers(min_size, max_size)
    chosen = st.builds(lambda n, order: order[:n], size, st.permutations(ADDRESSES))
    return chosen.flatmap(lambda these: st.tuples(*(_DRAFTS[it] for it in these))).map(
        lambda drafts: catalog_of(_woven(drafts, renames=renames))
    )


def _alone(draft: _Draft) -> Manifest:
    return _manifest(draft, renamed_from=None, depends_on=())


def _manifest(draft: _Draft, *, renamed_from: str | None, depends_on: tuple[str, ...]) -> Manifest:
    names = {"name": f"live-{draft.address}" if draft.named else None, "renamed_from": renamed_from}
    spec = draft.spec.model_copy(update={**names, "depends_on": depends_on})
    return Manifest(Metadata(name=draft.address, labels=draft.labels), spec, _places(draft.address, spec))


def _woven(drafts: Sequence[_Draft], *, renames: bool) -> list[Manifest]:
    # Whoever takes over a name waits for the rename that frees it, so names come from earlier manifests while
    # dependencies lead to later ones: every wait leads forward, and no cycle can arise.
    woven: list[Manifest] = []
    free: list[str] = []
    for position, draft in enumerate(drafts):
        sources = [None, f"was-{draft.address}", *free]
        source = sources[draft.rename % len(sources)] if renames else None
        later = [each.address for each in drafts[position + 1 :]]
        depends_on = tuple(sorted({later[n % len(later)] for n in draft.depend} if later else ()))
        woven.append(_manifest(draft, renamed_from=source, depends_on=depends_on))
        free = [*(name for name in free if name != source), woven[-1].platform_name]
    return woven


def catalog_of(manifests: Sequence[Manifest], *, name: str = "demo") -> Catalog:
    """Make a catalog of manifests as the loader would."""
    return Catalog(name, tuple(manifests), Source(paths=("manifests/",), manifest_digest=digest_of(manifests)))


def to_yaml(manifest: Manifest) -> str:
    """Write a manifest as a YAML document (its JSON form is one) that loads back to the same value."""
    document: dict[str, Any] = document_of(manifest)
    defaults = Lifecycle().model_dump(mode="json", by_alias=True)
    lifecycle = document["spec"]["lifecycle"]
    document["spec"]["lifecycle"] = {key: value for key, value in lifecycle.items() if value != defaults[key]}
    return json.dumps(document, indent=2) + "\n"


def _places(address: str, spec: DeploymentSpec) -> dict[str, Origin]:
    # A plausible line per declared field, so that messages in tests point somewhere.
    document = spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    file = f"manifests/{address}.yaml"
    return {"": Origin(file, 1, 1)} | {key: Origin(file, 10 + n, 3) for n, key in enumerate(document)}
