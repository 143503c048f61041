"""The shapes we read from the platform (wire protocol, sections 2.0 and 6.2): lenient to more, strict about meaning.

Unknown fields are ignored. Ids come out as canonical UUID text, so that equal ids are equal strings; words of the API
come out as the core's enumerations, whose member names they are.
"""

from __future__ import annotations

import enum
from typing import Annotated, Generic, TypeAlias, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    RootModel,
    Strict,
    ValidationInfo,
)

from reconciler.core.live import canonical_json
from reconciler.core.manifest.spec import Policy, Serving, TriggerEvent
from reconciler.core.references import Title

T = TypeVar("T")

Id = Annotated[str, AfterValidator(lambda text: str(UUID(text)))]
Text = Annotated[str, Field(min_length=1)]
Flag = Annotated[bool, Strict()]
Fraction = Annotated[float, Field(strict=True, ge=0, le=1)]
Count = Annotated[int, Field(strict=True, ge=0)]


def _word(kind: type[enum.Enum]) -> BeforeValidator:
    def read(word: object) -> object:
        if isinstance(word, str) and word in kind.__members__:
            return kind[word]
        raise ValueError(f"a {kind.__name__} that this version does not know")

    return BeforeValidator(read)


def _canonical(parameters: object) -> object:
    return canonical_json(parameters) if isinstance(parameters, dict) else parameters


Parameters = Annotated[str, BeforeValidator(_canonical)]
"""A JSON object as canonical text; numbers that RFC 8785 cannot write are against the protocol."""


def _announced(value: object, info: ValidationInfo) -> object:
    # Another service may use the same key for something else.
    return value if "settings" in (info.context or ()) else None


class Wire(BaseModel):
    """Something read; fields we do not know are not ours to mind."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Ping(Wire):
    """The greeting: whose token it is, and what the platform can do beyond the SDK's needs."""

    default_organization: Id | None = None
    capabilities: Annotated[frozenset[str], BeforeValidator(lambda names: names or ())] = frozenset()


class Found(Wire):
    """The id of what was looked for."""

    id: Id


class Organization(Wire):
    """A tenant; without a default connector its id is not sent along."""

    id: Id | None = None
    name: Text
    default_connector_id: Id | None = None


class Page(Wire, Generic[T]):
    """A part of a list, and how long the whole is, where the platform says so."""

    items: tuple[T, ...]
    count: Count | None = None


class Named(Wire):
    """Anything with an id and a name: model, dataset, datalake, project, tag."""

    id: Id
    name: Text

    @property
    def title(self) -> Title:
        """Its name."""
        return Title("", self.name)


class Origin(Wire):
    """The model that a version belongs to."""

    id: Id | None = None
    name: Text


class ModelVersion(Wire):
    """A release of a model. `labels` maps an index, as text, to a class name."""

    id: Id
    name: Text
    version: Count
    type: Text
    origin: Origin
    labels: dict[str, JsonValue] | None = None

    @property
    def title(self) -> Title:
        """Model, name and number."""
        return Title(self.origin.name, self.name, self.version)

    @property
    def label(self) -> str:
        """`model@version`."""
        return str(self.title)


class UsedDataset(Wire):
    """A dataset version that a model version was trained on."""

    version_id: Id


class ModelContext(Wire):
    """Where a model version comes from."""

    datas: tuple[UsedDataset, ...] = ()
    parameters: Parameters = "{}"


class DatasetVersion(Wire):
    """A version of a dataset; `origin_name` is the dataset's."""

    id: Id
    origin_name: Text
    version: Text
    type: Text

    @property
    def title(self) -> Title:
        """Dataset and version."""
        return Title(self.origin_name, self.version)


Labelled: TypeAlias = Named | ModelVersion | DatasetVersion
"""What people know by a label."""


class FeedbackDataset(Wire):
    """A dataset version attached to the feedback loop."""

    dataset_version: DatasetVersion

    @property
    def id(self) -> str:
        """The dataset version's id: it is attached at most once."""
        return self.dataset_version.id


class TrainingDataset(Wire):
    """A dataset version attached to continuous training, and its alias."""

    name: Text
    dataset_version: DatasetVersion

    @property
    def id(self) -> str:
        """The alias: it is unique in a deployment."""
        return self.name


class TrainingDataSettings(Wire):
    """The reference that production is compared with."""

    dataset_version_id: Id


class FeedbackLoopSettings(Wire):
    """The feedback loop."""

    configured: Flag
    active: Flag
    dataset_version_ids: tuple[Id, ...]


class AliasSettings(Wire):
    """One dataset of continuous training."""

    name: Text
    dataset_version_id: Id


class TrainingType(enum.Enum):
    """What a run is: one experiment, or a search over many."""

    EXPERIMENT = "EXPERIMENT"
    SCAN = "SCAN"


class ContinuousTrainingSettings(Wire):
    """Continuous training as it was set up."""

    active: Flag
    project_id: Id
    training_type: Annotated[TrainingType, _word(TrainingType)]
    trigger: Annotated[TriggerEvent, _word(TriggerEvent), BeforeValidator(lambda word: word or "NONE")] = (
        TriggerEvent.NONE
    )
    threshold: Count | None = None
    experiment_parameters: Parameters | None = None
    scan_config: Parameters | None = None
    datasets: tuple[AliasSettings, ...] = ()


class ContinuousDeploymentSettings(Wire):
    """What happens to newly trained versions."""

    active: Flag
    policy: Annotated[Policy, _word(Policy)]


class ManagementSettings(Wire):
    """Which manifest manages a deployment, and which of its fields."""

    catalog: Text
    revision: str | None = None
    file: str
    line: Count
    fields: tuple[str, ...]


class Settings(Wire):
    """Everything that is set on a deployment (capability `settings`)."""

    min_threshold: Fraction
    sample_rate: Fraction
    target_datalake_id: Id
    serving: Annotated[Serving, _word(Serving)]
    model_version_id: Id
    shadow_model_version_id: Id | None
    tags: tuple[Named, ...]
    training_data: TrainingDataSettings | None
    feedback_loop: FeedbackLoopSettings
    continuous_training: ContinuousTrainingSettings | None
    continuous_deployment: ContinuousDeploymentSettings | None
    management: ManagementSettings | None = None


class Deployment(Wire):
    """A deployment as lists and look-ups show it; `settings` are read only where they were announced."""

    id: Id
    name: Text
    type: Text
    settings: Annotated[Settings | None, BeforeValidator(_announced)] = None


class Outline(Wire):
    """A deployment of which only id and name can be understood."""

    id: Id
    name: Text


Listed = Annotated[Deployment | Outline, Field(union_mode="left_to_right")]
"""An item of the list: one that follows the protocol, or else at least its outline."""


class DeploymentDetail(Deployment):
    """A deployment with its models and tags; a missing shadow is no shadow, as the SDK reads it."""

    model_version_id: Id
    shadow_model_version_id: Id | None = None
    tags: tuple[Named, ...]


class AnyDeployment(RootModel[Listed]):
    """One deployment, well understood or in outline."""


class AnyDetail(RootModel[Annotated[DeploymentDetail | Outline, Field(union_mode="left_to_right")]]):
    """One deployment in detail, well understood or in outline."""


class Role(enum.Enum):
    """A model slot of a deployment."""

    CHAMPION = "CHAMPION"
    SHADOW = "SHADOW"


class ModelChange(Wire):
    """One change of a model slot (capability `model-history`)."""

    role: Annotated[Role, _word(Role)]
    model_version_id: Id | None = None
    cause: Text
    actor: str | None = None
