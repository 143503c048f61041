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
    Strict,
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

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True)


_CONTROL: Final = r"\x00-\x1f\x7f-\x9f"
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255, pattern=rf"^[^\s{_CONTROL}]([^{_CONTROL}]*[^\s{_CONTROL}])?$"),
]
"""A platform name: 1..255 characters, no control characters, no white space at either end."""

# JSON has one kind of number: whole ones are written without `.0`, as RFC 8785 does.
Fraction = Annotated[
    float,
    Strict(),
    Field(ge=0, le=1, allow_inf_nan=False),
    PlainSerializer(lambda value: int(value) if value in (0, 1) else value),
]
"""A number from 0 to 1, both included."""

# Strict: `active: "yes"` and `threshold: true` are mistakes, not spellings.
Switch = Annotated[bool, Strict()]
Count = Annotated[int, Strict(), Field(ge=1, le=2_147_483_647)]
VersionNumber = Annotated[int, Strict(), Field(ge=0)]


class ModelVersionReference(SpecModel):
    """A version of a registered model, by name ("v7") or by number (7)."""

    model: Name = Field(description="Name of the model.", examples=["surface-defects"])
    version: VersionNumber | Name = Field(
        description="Quoted or non-numeric: the name of the version. Unquoted digits: its number.",
        examples=["v7", 7],
    )

    @property
    def label(self) -> str:
        """`model@version`, as plans show it."""
        return f"{self.model}@{self.version}"


class DatasetVersionReference(SpecModel):
    """A version of a dataset, always by its name."""

    dataset: Name = Field(description="Name of the dataset.", examples=["surface-defects"])
    version: Name = Field(description="Name of the version; quote it if it has digits only.", examples=["2026-06"])

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
    ModelVersionReference | Annotated[Literal[Absence.ABSENT], WithJsonSchema({"enum": ["None", None]})],
    _reads_absence("None"),
    _writes_absence("None"),
]

TrainingData = Annotated[
    DatasetVersionReference | Annotated[Literal[Absence.ABSENT], WithJsonSchema({"enum": ["Disabled", None]})],
    _reads_absence("Disabled"),
    _writes_absence("Disabled"),
]


class Models(SpecModel):
    """The champion answers; the shadow predicts beside it and is only recorded."""

    champion: ModelVersionReference = Field(description="The version that answers.")
    shadow: Shadow | None = Field(None, description="A model version, or None: there must be no shadow.")


class FeedbackLoop(SpecModel):
    """Where reviewed and submitted predictions go."""

    active: Switch = Field(True, description="Whether submitted reviews are added to the datasets.")  # noqa: FBT003
    datasets: DatasetVersionSet | None = Field(None, description="The dataset versions that grow; order is irrelevant.")


class Trigger(SpecModel):
    """When a retraining starts: after `threshold` submitted images, or never by itself."""

    event: Annotated[TriggerEvent, BeforeValidator(lambda value: "None" if value is None else value)] = Field(
        description="FeedbackLoop: after `threshold` submitted images. None: only when somebody starts it."
    )
    threshold: Count | None = Field(
        None, description="Submitted images after which a retraining starts; with FeedbackLoop only.", examples=[150]
    )


class ParametersFrom(SpecModel):
    """Take the parameters from the experiment that produced the champion."""

    source: Literal["SourceExperiment"] = Field(alias="from", description="The experiment to take them from.")


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
        return parameters_of(self.canonical)


def parameters_of(canonical: str) -> dict[str, JsonValue]:
    """Return the JSON values of canonical parameters.

    Canonical JSON writes 1e20 as a whole number; beyond 2^53 - 1 it is read back as the float that it was.
    """
    parsed: dict[str, JsonValue] = json.loads(canonical, parse_int=_whole_or_float)
    return parsed


def _whole_or_float(text: str) -> int | float:
    number = int(text)
    return number if abs(number) <= _EXACT else float(text)


_EXACT = 2**53 - 1


def _canonical(value: object) -> object:
    return {"canonical": rfc8785.dumps(value).decode()} if isinstance(value, dict) else value


def _experiment_parameters(value: object) -> object:
    return value if isinstance(value, dict) and set(value) == {"from"} else _canonical(value)


_FREE: Final = {"type": "object", "minProperties": 1}

ExperimentParameters = Annotated[
    ParametersFrom | Annotated[ParameterMap, WithJsonSchema({**_FREE, "not": {"required": ["from"]}})],
    BeforeValidator(_experiment_parameters),
]

ScanConfig = Annotated[ParameterMap, BeforeValidator(_canonical), WithJsonSchema(_FREE)]


class ContinuousTraining(SpecModel):
    """When and how a new version is trained. Project, trigger and parameters are one group: all or none."""

    active: Switch = Field(True, description="Whether the trigger may start a retraining.")  # noqa: FBT003
    project: Name | None = Field(None, description="The project that holds the experiments.")
    trigger: Trigger | None = Field(None, description="What starts a retraining.")
    experiment_parameters: ExperimentParameters | None = Field(
        None,
        description="Training parameters, or {from: SourceExperiment}: those of the champion's own experiment.",
        examples=[{"epochs": 50, "batch_size": 8}, {"from": "SourceExperiment"}],
    )
    scan_config: ScanConfig | None = Field(
        None, description="A hyper-parameter search, in place of experimentParameters."
    )
    datasets: dict[Name, DatasetVersionReference] | None = Field(
        None, description="Dataset versions by the alias that the training knows them by, such as train and test."
    )

    @property
    def declares_configuration(self) -> bool:
        """Tell whether the group of project, trigger and parameters is declared."""
        return self.project is not None


class ContinuousDeployment(SpecModel):
    """What happens to a newly trained version. Without a policy only the switch is owned."""

    active: Switch = Field(True, description="Whether the policy is carried out.")  # noqa: FBT003
    policy: Policy | None = Field(
        None, description="Deploy a new version as shadow, as champion, or leave it to a person (DeployManual)."
    )


class Lifecycle(SpecModel):
    """Protections, and what removal of the manifest means."""

    prevent_destroy: Switch = Field(True, description="Never delete the live deployment.")  # noqa: FBT003
    on_removal: OnRemoval = Field(
        OnRemoval.ORPHAN, description="When the manifest disappears: leave the deployment, or delete it with --prune."
    )
    force_delete: Switch = Field(False, description="Delete even if the platform holds predictions.")  # noqa: FBT003


class DeploymentSpec(SpecModel):
    """Everything a manifest may declare about one deployment; what is absent is never compared and never written."""

    name: Name | None = Field(None, description="The platform's name for it; metadata.name unless given.")
    renamed_from: Name | None = Field(
        None, description="A former platform name: rename that deployment instead of creating one."
    )
    serving: Serving | None = Field(
        None, description="Managed: the platform infers. Own: you infer and monitor. Fixed at creation."
    )
    threshold: Fraction | None = Field(
        None, description="Confidence, 0..1; shapes scored strictly below it are dropped.", examples=[0.4]
    )
    datalake: Name | None = Field(None, description="Where predicted images are stored.", examples=["default"])
    sample_rate: Fraction | None = Field(
        None, description="Share of the predictions that is monitored, 0..1.", examples=[1.0]
    )
    tags: NameSet | None = Field(None, description="The tags it carries; order is irrelevant.")
    models: Models
    training_data: TrainingData | None = Field(
        None, description="The dataset version that the champion was trained on, or Disabled: no reference."
    )
    feedback_loop: FeedbackLoop | None = None
    continuous_training: ContinuousTraining | None = None
    continuous_deployment: ContinuousDeployment | None = None
    ownership: dict[str, Ownership] = Field(
        default_factory=dict, description="Who may move a field, by its path; Managed unless given."
    )
    lifecycle: Lifecycle = Lifecycle()
    depends_on: NameSet = Field((), description="metadata.name of deployments to be settled before this one.")


class Metadata(SpecModel):
    """What we, not the platform, call the deployment, and how it is selected."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")] = Field(
        description="Unique in the catalog: lower-case letters, digits, hyphens and dots.", examples=["surface-defects"]
    )
    labels: dict[str, str] = Field(
        default_factory=dict, description="For selecting with -l; never sent.", examples=[{"site": "lyon"}]
    )
    annotations: dict[str, str] = Field(
        default_factory=dict, description="Notes for tools, such as reconciler.dev/hold-until; never sent."
    )
