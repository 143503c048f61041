"""What the API says: one deployment field by field, and the Snapshot of everything a plan needs to know.

Every field of `LiveDeployment` may be `UNREPORTED`. Three tables below tie attributes to the manifest's field paths and
to JSON, so that ledger, plan and drift speak of the same fields in the same words.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from reconciler.core.manifest.spec import Policy, Serving, TriggerEvent, parameters_of
from reconciler.core.references import Missing, Ref, Reference, Resolved, Title
from reconciler.core.unreported import UNREPORTED, Unreported

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class TrainingConfiguration:
    """What the API replaces in one call: project, trigger and parameters of continuous training.

    Attributes:
        project: The project new experiments appear in.
        event: What starts a run; with `NONE` the threshold is `None`.
        threshold: Submitted images per run, at least 1.
        scan: Whether `parameters` are a scan configuration instead of experiment parameters.
        parameters: Canonical JSON text (RFC 8785) of the parameters.
    """

    project: Ref
    event: TriggerEvent
    threshold: int | None
    scan: bool
    parameters: str

    @property
    def can_trigger(self) -> bool:
        """Tell whether anything starts a run by itself."""
        return self.event is not TriggerEvent.NONE


@dataclass(frozen=True, slots=True, order=True)
class Alias:
    """One dataset of continuous training: the name the experiment sees it under, and the dataset version."""

    name: str
    dataset: Ref


@dataclass(frozen=True, slots=True)
class Management:
    """Who manages a deployment, as a platform shows it to people (wire protocol, section 6.3).

    Attributes:
        catalog: Name of the catalog.
        revision: Commit of the manifests, with `-dirty` where they differ from it; `None` outside of any repository.
        file: The manifest's file, as it was named when it was read.
        line: The manifest's first line, from 1.
        fields: Paths of the managed fields, spelled as in the manifest.
    """

    catalog: str
    revision: str | None
    file: str
    line: int
    fields: tuple[str, ...]

    def __str__(self) -> str:
        at = f" at {self.revision[:12]}" if self.revision else ""
        return f"catalog {self.catalog} ({self.file}:{self.line}{at})"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveDeployment:
    """One deployment as far as it is known. `None` is a known absence; `UNREPORTED` is no knowledge."""

    id: str | None = None
    name: str | Unreported = UNREPORTED
    inference_type: str | Unreported = UNREPORTED
    serving: Serving | Unreported = UNREPORTED
    threshold: float | Unreported = UNREPORTED
    sample_rate: float | Unreported = UNREPORTED
    datalake: Ref | Unreported = UNREPORTED
    tags: frozenset[str] | Unreported = UNREPORTED
    champion: Ref | Unreported = UNREPORTED
    shadow: Ref | Unreported | None = UNREPORTED
    training_data: Ref | Unreported | None = UNREPORTED
    feedback_configured: bool | Unreported = UNREPORTED
    feedback_active: bool | Unreported = UNREPORTED
    feedback_datasets: frozenset[Ref] | Unreported = UNREPORTED
    training_configuration: TrainingConfiguration | Unreported | None = UNREPORTED
    training_active: bool | Unreported = UNREPORTED
    training_datasets: frozenset[Alias] | Unreported = UNREPORTED
    deployment_policy: Policy | Unreported | None = UNREPORTED
    deployment_active: bool | Unreported = UNREPORTED
    management: Management | Unreported | None = UNREPORTED


BLANK: Final = LiveDeployment()
"""A deployment about which nothing is known."""


@dataclass(frozen=True, slots=True)
class Field:
    """One comparable field: its path in the manifest, its attribute here, and its JSON form.

    Two attributes have no spelling of their own in manifests (`feedbackLoop.configured`, `continuousTraining.
    configuration`): the first is implied by the block, the second stands for project, trigger and parameters together.
    """

    path: str
    attribute: str
    encode: Callable[[Any], Json] = field(compare=False, repr=False)
    decode: Callable[[Any], object] = field(compare=False, repr=False)

    def of(self, live: LiveDeployment) -> object:
        """Return this field's value in `live`, possibly `UNREPORTED`."""
        value: object = getattr(live, self.attribute)
        return value

    def put(self, live: LiveDeployment, value: object) -> LiveDeployment:
        """Return `live` with this field set to `value`."""
        return replace(live, **{self.attribute: value})  # type: ignore[arg-type]  # the table pairs names with types

    def to_json(self, live: LiveDeployment) -> Json:
        """Return the JSON form of this field's reported value."""
        return self.encode(self.of(live))


def _same(value: Any) -> Any:  # noqa: ANN401  # JSON scalars pass through unchanged
    return value


def ref_to_json(ref: Ref | None) -> Json:
    """Return `{id, label}`, or null."""
    return None if ref is None else {"id": ref.id, "label": ref.label}


def ref_from_json(data: Any) -> Ref | None:  # noqa: ANN401  # parsed JSON
    """Return the Ref that `ref_to_json` wrote."""
    return None if data is None else Ref(data["id"], data.get("label", ""))


def _refs_to_json(refs: frozenset[Ref]) -> Json:
    return [ref_to_json(ref) for ref in sorted(refs)]


def _refs_from_json(data: Any) -> frozenset[Ref]:  # noqa: ANN401  # parsed JSON
    return frozenset(Ref(item["id"], item.get("label", "")) for item in data)


def _aliases_to_json(aliases: frozenset[Alias]) -> Json:
    return {alias.name: ref_to_json(alias.dataset) for alias in sorted(aliases)}


def _aliases_from_json(data: Any) -> frozenset[Alias]:  # noqa: ANN401  # parsed JSON
    return frozenset(Alias(name, Ref(item["id"], item.get("label", ""))) for name, item in data.items())


def configuration_to_json(configuration: TrainingConfiguration | None) -> Json:
    """Return the JSON form of a continuous-training configuration, parameters as plain JSON."""
    if configuration is None:
        return None
    return {
        "project": ref_to_json(configuration.project),
        "trigger": {"event": configuration.event.value, "threshold": configuration.threshold},
        "scanConfig" if configuration.scan else "experimentParameters": cast(
            "Json", parameters_of(configuration.parameters)
        ),
    }


def configuration_from_json(data: Any) -> TrainingConfiguration | None:  # noqa: ANN401  # parsed JSON
    """Return the configuration that `configuration_to_json` wrote."""
    if data is None:
        return None
    scan = "scanConfig" in data
    parameters = data["scanConfig" if scan else "experimentParameters"]
    return TrainingConfiguration(
        project=Ref(data["project"]["id"], data["project"].get("label", "")),
        event=TriggerEvent(data["trigger"]["event"]),
        threshold=data["trigger"]["threshold"],
        scan=scan,
        parameters=canonical_json(parameters),
    )


def canonical_json(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """Return the RFC 8785 text of a JSON value, the one form in which parameters are compared."""
    import rfc8785

    return rfc8785.dumps(value).decode()


def _policy(data: Any) -> Policy | None:  # noqa: ANN401  # parsed JSON
    return None if data is None else Policy(data)


def management_to_json(management: Management | None) -> Json:
    """Return `{catalog, revision, file, line, fields}`, or null: what the platform takes, too."""
    if management is None:
        return None
    return {
        "catalog": management.catalog,
        "revision": management.revision,
        "file": management.file,
        "line": management.line,
        "fields": list(management.fields),
    }


def management_from_json(data: Any) -> Management | None:  # noqa: ANN401  # parsed JSON
    """Return the management that `management_to_json` wrote."""
    if data is None:
        return None
    return Management(data["catalog"], data["revision"], data["file"], data["line"], tuple(data["fields"]))


FIELDS: Final[tuple[Field, ...]] = (
    Field("name", "name", _same, _same),
    Field("serving", "serving", str, Serving),
    Field("threshold", "threshold", _same, float),
    Field("sampleRate", "sample_rate", _same, float),
    Field("datalake", "datalake", ref_to_json, ref_from_json),
    Field("tags", "tags", sorted, frozenset),
    Field("models.champion", "champion", ref_to_json, ref_from_json),
    Field("models.shadow", "shadow", ref_to_json, ref_from_json),
    Field("trainingData", "training_data", ref_to_json, ref_from_json),
    Field("feedbackLoop.configured", "feedback_configured", _same, bool),
    Field("feedbackLoop.active", "feedback_active", _same, bool),
    Field("feedbackLoop.datasets", "feedback_datasets", _refs_to_json, _refs_from_json),
    Field("continuousTraining.configuration", "training_configuration", configuration_to_json, configuration_from_json),
    Field("continuousTraining.active", "training_active", _same, bool),
    Field("continuousTraining.datasets", "training_datasets", _aliases_to_json, _aliases_from_json),
    Field("continuousDeployment.policy", "deployment_policy", _same, _policy),
    Field("continuousDeployment.active", "deployment_active", _same, bool),
)
"""Every comparable field, in the order in which plans show them."""

MANAGEMENT: Final = Field("management", "management", management_to_json, management_from_json)
"""Who manages it: observed, written and remembered like a field, but declared by no manifest, so never compared."""

FIELD: Final[Mapping[str, Field]] = {item.path: item for item in (*FIELDS, MANAGEMENT)}
"""All of these by path."""


def live_to_json(live: LiveDeployment) -> dict[str, Json]:
    """Return id, type and every reported field, by path; unreported fields are left out."""
    known = {path: item for path, item in FIELD.items() if item.of(live) is not UNREPORTED}
    fields: dict[str, Json] = {path: item.to_json(live) for path, item in known.items()}
    kind = {} if live.inference_type is UNREPORTED else {"type": live.inference_type}
    return {"id": live.id, **kind, "fields": fields}


def live_from_json(data: Mapping[str, Any]) -> LiveDeployment:
    """Return the deployment that `live_to_json` wrote. Unknown paths are ignored, as a newer minor may add some."""
    live = LiveDeployment(id=data.get("id"), inference_type=data.get("type", UNREPORTED))
    for path, value in data["fields"].items():
        if path in FIELD:
            live = FIELD[path].put(live, FIELD[path].decode(value))
    return live


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A deployment whose details could not be read: no action for it, and nothing is concluded from it."""

    id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything observed for one plan, at one time.

    Attributes:
        deployments: All that were found; complete for the scope asked for, or the observer raised.
        references: Every distinct reference of the catalog, resolved or missing.
        capabilities: What the platform's ping announced (wire protocol, section 6.1).
        organization: The organisation's id and name.
        endpoint: Base URL of the platform.
        complete: Whether `deployments` is the whole organisation (a targeted observation is not).
        unreadable: Deployments of the catalog whose details could not be read.
        requests: Requests by route template, such as `GET /api/deployment/{id}`.
        observed_at: RFC 3339 time.
        titles: What the objects are called that were read so far, by id.
    """

    deployments: tuple[LiveDeployment, ...]
    references: Mapping[Reference, Resolved | Missing]
    capabilities: frozenset[str]
    organization: Ref
    endpoint: str
    complete: bool = True
    unreadable: tuple[Unreadable, ...] = ()
    requests: Mapping[str, int] = field(default_factory=dict)
    observed_at: str = ""
    titles: Mapping[str, Title] = field(default_factory=dict)

    def named(self, name: str) -> tuple[LiveDeployment, ...]:
        """Return every live deployment of that platform name; more than one means a duplicate."""
        return tuple(live for live in self.deployments if live.name == name)

    def by_id(self, deployment_id: str) -> LiveDeployment | None:
        """Return the live deployment of that id, if it was observed."""
        return next((live for live in self.deployments if live.id == deployment_id), None)
