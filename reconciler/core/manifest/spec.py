"""The spec models of a `Deployment` manifest: typed, frozen, and free of anything that was not declared.

`None` means *not declared*, so unmanaged: never compared, never written. `ABSENT` is the declared absence, spelled
`None` or null for the shadow and `Disabled` or null for the training data: it must not exist.
"""

from __future__ import annotations

import enum
import json
from typing import Annotated, Final, Literal

import rfc8785
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_serializer,
)
from pydantic.alias_generators import to_camel


class Absence(enum.Enum):
    """The type of `ABSENT`, an enum so that type checkers can narrow on identity."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absence.ABSENT
"""Declared: there must be none."""


class Ownership(enum.StrEnum):
    """Who may move a field, and what the reconciler does when it moved.

    Managed: write whenever live differs from desired. OnChange: write when desired differs from applied (git moved);
    if only live moved, report it. Observed: report, never write. Ignored: not even read.
    """

    MANAGED = "Managed"
    ON_CHANGE = "OnChange"
    OBSERVED = "Observed"
    IGNORED = "Ignored"


class Serving(enum.StrEnum):
    """Who infers: the platform, or the team's own machines. Fixed at creation."""

    MANAGED = "Managed"
    OWN = "Own"


class Policy(enum.StrEnum):
    """What continuous deployment does with a newly trained version, from least to most permissive."""

    DEPLOY_MANUAL = "DeployManual"
    DEPLOY_SHADOW = "DeployShadow"
    DEPLOY_CHAMPION = "DeployChampion"


class TriggerEvent(enum.StrEnum):
    """What starts a retraining."""

    FEEDBACK_LOOP = "FeedbackLoop"
    NONE = "None"


class OnRemoval(enum.StrEnum):
    """What happens to the live deployment when its manifest disappears."""

    ORPHAN = "Orphan"
    DELETE = "Delete"


class SpecModel(BaseModel):
    """The common shape: camelCase in files, frozen, unknown fields are errors."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        extra="forbid",
        frozen=True,
        str_strip_whitespace=False,
    )


Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^\S(.*\S)?$")]
"""A platform name: 1..255 characters, no white space at either end."""

Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""A number from 0 to 1, both included."""


class ModelVersionReference(SpecModel):
    """A version of a registered model, by name ("v7", "latest") or by number (7)."""

    model: Name
    version: Annotated[int, Field(ge=0)] | Name

    @property
    def label(self) -> str:
        """`model@version`, as plans show it."""
        return f"{self.model}@{self.version}"


class DatasetVersionReference(SpecModel):
    """A version of a dataset, always by its name."""

    dataset: Name
    version: Name

    @property
    def label(self) -> str:
        """`dataset@version`, as plans show it."""
        return f"{self.dataset}@{self.version}"


def _sorted_references(references: tuple[DatasetVersionReference, ...]) -> tuple[DatasetVersionReference, ...]:
    return tuple(sorted(set(references), key=lambda reference: (reference.dataset, reference.version)))


DatasetVersionSet = Annotated[tuple[DatasetVersionReference, ...], AfterValidator(_sorted_references)]
"""Dataset versions as a set: sorted, each once, so that the order in a file never matters."""

NameSet = Annotated[tuple[Name, ...], AfterValidator(lambda names: tuple(sorted(set(names))))]
"""Names as a set: sorted, each once."""


def _reads_absence(spelling: str) -> BeforeValidator:
    # Null is not read here: to Python code None means "not declared"; the loader spells a null out first.
    return BeforeValidator(lambda value: ABSENT if value == spelling else value)


def _writes_absence(spelling: str) -> PlainSerializer:
    return PlainSerializer(lambda value: spelling if value is ABSENT else value)


Shadow = Annotated[
    ModelVersionReference | Literal[Absence.ABSENT],
    _reads_absence("None"),
    _writes_absence("None"),
    WithJsonSchema(
        {
            "anyOf": [{"$ref": "#/$defs/ModelVersionReference"}, {"const": "None"}, {"type": "null"}],
            "description": "A model version, or None: there must be no shadow.",
        }
    ),
]

TrainingData = Annotated[
    DatasetVersionReference | Literal[Absence.ABSENT],
    _reads_absence("Disabled"),
    _writes_absence("Disabled"),
    WithJsonSchema(
        {
            "anyOf": [{"$ref": "#/$defs/DatasetVersionReference"}, {"const": "Disabled"}, {"type": "null"}],
            "description": "The dataset version that the champion was trained on, or Disabled: no reference.",
        }
    ),
]


class Models(SpecModel):
    """The champion answers; the shadow predicts beside it and is only recorded."""

    champion: ModelVersionReference
    shadow: Shadow | None = None


class FeedbackLoop(SpecModel):
    """Where reviewed and submitted predictions go."""

    active: bool = True
    datasets: DatasetVersionSet | None = None


class Trigger(SpecModel):
    """When a retraining starts: after `threshold` submitted images, or never by itself."""

    event: Annotated[TriggerEvent, BeforeValidator(lambda value: "None" if value is None else value)]
    threshold: Annotated[int, Field(ge=1)] | None = None


class ParametersFrom(SpecModel):
    """Take the parameters from the experiment that produced the champion."""

    source: Annotated[Literal["SourceExperiment"], Field(alias="from")]


class ParameterMap(SpecModel):
    """Free training parameters, kept as canonical JSON (RFC 8785): 1 and 1.0 are one number there, true is not 1."""

    canonical: str

    @classmethod
    def of(cls, parameters: dict[str, JsonValue]) -> ParameterMap:
        """Make one from JSON values; integers must lie within 2^53, and numbers be finite."""
        return cls(canonical=rfc8785.dumps(parameters).decode())

    @model_serializer
    def as_json(self) -> dict[str, JsonValue]:
        """Return the parameters as JSON values."""
        parsed: dict[str, JsonValue] = json.loads(self.canonical)
        return parsed


def _experiment_parameters(value: object) -> object:
    if isinstance(value, dict) and set(value) != {"from"}:
        return {"canonical": rfc8785.dumps(value).decode()}
    return value


def _scan_config(value: object) -> object:
    return {"canonical": rfc8785.dumps(value).decode()} if isinstance(value, dict) else value


ExperimentParameters = Annotated[
    ParametersFrom | ParameterMap,
    BeforeValidator(_experiment_parameters),
    WithJsonSchema(
        {
            "anyOf": [
                {"$ref": "#/$defs/ParametersFrom"},
                {"type": "object", "minProperties": 1, "additionalProperties": True},
            ],
            "description": "Training parameters, or {from: SourceExperiment}.",
        }
    ),
]

ScanConfig = Annotated[
    ParameterMap,
    BeforeValidator(_scan_config),
    WithJsonSchema({"type": "object", "minProperties": 1, "additionalProperties": True}),
]


class ContinuousTraining(SpecModel):
    """When and how a new version is trained. Project, trigger and parameters are one group: all or none."""

    active: bool = True
    project: Name | None = None
    trigger: Trigger | None = None
    experiment_parameters: ExperimentParameters | None = None
    scan_config: ScanConfig | None = None
    datasets: dict[Name, DatasetVersionReference] | None = None

    @property
    def declares_configuration(self) -> bool:
        """Tell whether the group of project, trigger and parameters is declared."""
        return self.project is not None


class ContinuousDeployment(SpecModel):
    """What happens to a newly trained version. Without a policy only the switch is owned."""

    active: bool = True
    policy: Policy | None = None


class Lifecycle(SpecModel):
    """Protections, and what removal of the manifest means."""

    prevent_destroy: bool = True
    on_removal: OnRemoval = OnRemoval.ORPHAN
    force_delete: bool = False


class DeploymentSpec(SpecModel):
    """Everything a manifest may declare about one deployment."""

    name: Name | None = None
    renamed_from: Name | None = None
    serving: Serving | None = None
    threshold: Fraction | None = None
    datalake: Name | None = None
    sample_rate: Fraction | None = None
    tags: NameSet | None = None
    models: Models
    training_data: TrainingData | None = None
    feedback_loop: FeedbackLoop | None = None
    continuous_training: ContinuousTraining | None = None
    continuous_deployment: ContinuousDeployment | None = None
    ownership: dict[str, Ownership] = Field(default_factory=dict)
    lifecycle: Lifecycle = Lifecycle()
    depends_on: NameSet = ()


class Metadata(SpecModel):
    """What we, not the platform, call the deployment, and how it is selected."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
