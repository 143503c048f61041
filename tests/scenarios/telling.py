"""Reads `world.yaml`: what is live, what the ledger remembers, what the platform can say, in the words of a manifest.

story: one or two sentences
platform: full | sdk-only
live:                     # deployments that exist; everything not said is "not configured"
  surface-defects: {models.champion: digits@v1, threshold: 0.4, tags: [production]}
remembered: nothing | all | {ADDRESS: all | {PATH: VALUE} | lost}   # lost: a creation whose answer never came
in-doubt: {ADDRESS: [PATH]}
lifecycle: {ADDRESS: {onRemoval: Delete, preventDestroy: false, forceDelete: true, dependsOn: [ADDRESS]}}   # as applied
missing: [digits@v9]      # names that lead nowhere; every other name exists
types: {digits@v9: OBJECT_DETECTION}
labels: {digits@v9: [a, b]}
trained-on: {digits@v1: [digits@2026-06]}
numbers: {digits@v1: 1}   # of model versions; the others have none
unreadable: {surface-defects: reason}
management:               # tells people who manages what; {ADDRESS: nobody | {catalog, revision, file, line, fields}}
  surface-defects: {catalog: lyon, revision: 1a2b3c4, file: manifests/a.yaml, line: 1, fields: [threshold]}
protected: [surface-defects]   # cannot be deleted without force
plan: {targets: [], excludes: [], reassert: [], prune: false, force: reason, part: false}
faults: {SetChampion: 400}
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from reconciler.core.applied import AppliedDeployment, Record
from reconciler.core.journal import Memory
from reconciler.core.live import (
    BLANK,
    FIELD,
    FIELDS,
    MANAGEMENT,
    Alias,
    LiveDeployment,
    Management,
    TrainingConfiguration,
    Unreadable,
    canonical_json,
)
from reconciler.core.manifest.spec import Policy, Serving, TriggerEvent
from reconciler.core.planner import PlanPolicy
from reconciler.core.references import Missing, Ref, Reference, ReferenceKind, Resolved, Title
from reconciler.core.selection import Selection
from reconciler.core.unreported import UNREPORTED
from reconciler.core.wants import references_of
from tests.strategies.actions import SDK_SILENT
from tests.strategies.worlds import FULL_CAPABILITIES, World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.manifest.catalog import Catalog

KEYS: Final = frozenset(
    {
        "story", "platform", "live", "remembered", "in-doubt", "missing", "types",
        "labels", "trained-on", "unreadable", "plan", "faults", "lifecycle", "numbers", "protected",
        "management",
    }
)  # fmt: skip
APPLIED_AT: Final = "2026-10-01T08:00:00Z"

NEVER_CONFIGURED: Final = replace(
    BLANK,
    inference_type="CLASSIFICATION",
    serving=Serving.MANAGED,
    threshold=0.0,
    sample_rate=1.0,
    datalake=Ref("default", "default"),
    tags=frozenset[str](),
    shadow=None,
    training_data=None,
    feedback_configured=False,
    feedback_active=False,
    feedback_datasets=frozenset[Ref](),
    training_configuration=None,
    training_active=False,
    training_datasets=frozenset[Alias](),
    deployment_policy=None,
    deployment_active=False,
)


@dataclass(frozen=True)
class Tale:
    """A scenario, ready to be planned and applied."""

    world: World
    policy: PlanPolicy
    references: Mapping[Reference, Resolved | Missing]
    unreadable: tuple[Unreadable, ...]
    faults: Mapping[str, str]
    titles: Mapping[str, Title]
    protected: frozenset[str]


def tell(data: Mapping[str, Any], catalog: Catalog) -> Tale:
    """Turn the parsed `world.yaml` into values. Raises KeyError for a word it does not know."""
    unknown = data.keys() - KEYS
    if unknown:
        raise KeyError(f"world.yaml says {sorted(unknown)}, which nobody reads")
    managed = data.get("management") or {}
    live = {name: _live(name, told, managed.get(name)) for name, told in (data.get("live") or {}).items()}
    sdk_only = {"full": False, "sdk-only": True}[data.get("platform", "full")]
    world = World(
        catalog=catalog,
        truth={str(item.id): item for item in live.values()},
        memory=Memory(_memory(data, live)),
        silent=SDK_SILENT if sdk_only else frozenset(),
        capabilities=frozenset() if sdk_only else _announced(data),
    )
    options = data.get("plan") or {}
    selection = Selection(frozenset(options.get("targets", ())), frozenset(options.get("excludes", ())))
    return Tale(
        world=world,
        policy=PlanPolicy(
            selection=selection,
            reassert=frozenset(options.get("reassert", ())),
            prune=options.get("prune", False),
            whole=not options.get("part", False),
            force=options.get("force", ""),
        ),
        references={reference: _resolve(reference, data) for reference in references_of(catalog)},
        unreadable=tuple(
            Unreadable(f"id-{name}", name, reason) for name, reason in (data.get("unreadable") or {}).items()
        ),
        faults=data.get("faults") or {},
        titles={label: _title(label, number) for label, number in (data.get("numbers") or {}).items()},
        protected=frozenset(f"id-{name}" for name in data.get("protected") or ()),
    )


def _announced(data: Mapping[str, Any]) -> frozenset[str]:
    return FULL_CAPABILITIES if "management" in data else FULL_CAPABILITIES - {"management"}


def _title(label: str, number: int) -> Title:
    container, _, name = label.partition("@")
    return Title(container, name, number)


def _resolve(reference: Reference, data: Mapping[str, Any]) -> Resolved | Missing:
    label = reference.label
    if label in (data.get("missing") or ()):
        return Missing(f"the platform has no {reference.kind} {label}")
    labels = (data.get("labels") or {}).get(label)
    trained_on = (data.get("trained-on") or {}).get(label)
    typed = reference.kind in (ReferenceKind.MODEL_VERSION, ReferenceKind.DATASET_VERSION)
    return Resolved(
        Ref(label, label),
        inference_type=(data.get("types") or {}).get(label, "CLASSIFICATION") if typed else None,
        labels=None if labels is None else tuple(labels),
        trained_on=None if trained_on is None else frozenset(trained_on),
        parameters=canonical_json({"epochs": 5}) if reference.kind is ReferenceKind.SOURCE_PARAMETERS else None,
    )


def _management(told: Mapping[str, Any] | str | None) -> Management | None:
    if told is None or isinstance(told, str):
        return {None: None, "nobody": None}[told]
    return Management(told["catalog"], told["revision"], told["file"], told["line"], tuple(told["fields"]))


def _live(name: str, told: Mapping[str, Any], managed: Mapping[str, Any] | str | None) -> LiveDeployment:
    live = replace(NEVER_CONFIGURED, management=_management(managed))
    live = replace(live, id=told.get("id", f"id-{name}"), name=told.get("name", name))
    live = replace(live, inference_type=told.get("type", "CLASSIFICATION"))
    return _with(live, {path: value for path, value in told.items() if path not in ("id", "name", "type")})


def _with(live: LiveDeployment, told: Mapping[str, Any]) -> LiveDeployment:
    for path, value in told.items():
        live = FIELD[path].put(live, _value(path, value))
    if isinstance(live.feedback_datasets, frozenset) and (live.feedback_datasets or live.feedback_active is True):
        live = replace(live, feedback_configured=True)
    return live


def _value(path: str, value: Any) -> object:
    match path:
        case "models.champion" | "models.shadow" | "trainingData" | "datalake":
            return None if value in (None, "none") else Ref(value, value)
        case "tags":
            return frozenset(value)
        case "feedbackLoop.datasets":
            return frozenset(Ref(item, item) for item in value)
        case "continuousTraining.datasets":
            return frozenset(Alias(alias, Ref(item, item)) for alias, item in value.items())
        case "continuousTraining.configuration":
            return None if value is None else _configuration(value)
        case "continuousDeployment.policy":
            return None if value is None else Policy(value)
        case "serving":
            return Serving(value)
        case "management":
            return _management(value)
        case _:
            return value


def _configuration(value: Mapping[str, Any]) -> TrainingConfiguration:
    threshold = value.get("threshold")
    event = TriggerEvent.NONE if threshold is None else TriggerEvent.FEEDBACK_LOOP
    project = Ref(value["project"], value["project"])
    return TrainingConfiguration(project, event, threshold, False, canonical_json(dict(value["parameters"])))


def _memory(data: Mapping[str, Any], live: Mapping[str, LiveDeployment]) -> dict[str, AppliedDeployment]:
    told = data.get("remembered", "nothing")
    if told == "nothing":
        return {}
    record = Record(APPLIED_AT, "an-earlier-run", "0123456789abcdef")
    wanted = dict.fromkeys(live, "all") if told == "all" else told
    return {address: _remember(address, what, live.get(address), data, record) for address, what in wanted.items()}


def _remember(
    address: str, what: Any, live: LiveDeployment | None, data: Mapping[str, Any], record: Record
) -> AppliedDeployment:
    base = live or replace(BLANK, id=f"id-{address}", name=address)
    if what == "lost":
        base, what = replace(BLANK, name=address), {}
    values = base if what == "all" else _with(base, what)
    doubted = (data.get("in-doubt") or {}).get(address, ())
    known = FIELDS if what == "all" or MANAGEMENT.path not in what else FIELD.values()
    paths = [item.path for item in known if item.of(values) is not UNREPORTED]
    records = {path: replace(record, in_doubt=path in doubted) for path in paths}
    lifecycle = (data.get("lifecycle") or {}).get(address, {})
    return AppliedDeployment(
        address,
        values,
        records,
        on_removal=lifecycle.get("onRemoval", "Orphan"),
        prevent_destroy=lifecycle.get("preventDestroy", True),
        force_delete=lifecycle.get("forceDelete", False),
        depends_on=tuple(lifecycle.get("dependsOn", ())),
    )
