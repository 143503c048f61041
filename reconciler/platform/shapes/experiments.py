"""Experiments, what they are given, log, make, print, and how they are judged."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from reconciler.platform.shapes.base import (
    JsonObject,
    Name,
    ObjectName,
    Request,
    Shape,
    StorableValue,
    Text,
    storable,
)
from reconciler.platform.shapes.drawn import (
    NewClassification,
    NewKeypoints,
    NewLine,
    NewMask,
    NewPoint,
    NewPolygon,
    NewRectangle,
)
from reconciler.platform.store.evaluations import Guess, NewEvaluation
from reconciler.platform.store.evaluations import Wanted as Comparison
from reconciler.platform.store.experiments import NewExperiment
from reconciler.platform.store.loggings import Line
from reconciler.platform.store.words import (
    AnnotationStatus,
    EvaluationMode,
    ExperimentStatus,
    InferenceType,
    JobStatus,
    LogType,
    ShapeKind,
)

MOST_EVALUATIONS = 100
_LARGEST_LINE = 2**31 - 1

LogData = Annotated[dict[str, object] | list[object] | int | float | str, AfterValidator(storable)]
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class ExperimentShape(Shape):
    """One training run."""

    id: UUID
    name: str
    description: str
    project_id: UUID
    status: ExperimentStatus
    base_model_version_id: UUID | None
    base_experiment_id: UUID | None


class NewExperimentBody(Request):
    """An experiment to create."""

    name: Name
    description: Text = ""
    parameters: JsonObject | None = None
    base_experiment_id: UUID | None = None
    base_model_version_id: UUID | None = None

    def new(self) -> NewExperiment:
        """Return it as the store takes it."""
        return NewExperiment(**self.model_dump())


class ExperimentUpdate(Request):
    """What to change of an experiment."""

    name: Name | None = None
    description: Text | None = None
    status: ExperimentStatus | None = None


class BaseExperiment(Request):
    """The experiment to start from."""

    base_experiment_id: UUID


class BaseModel(Request):
    """The model version to start from; null takes parameters and files only where there are none."""

    model_version_id: UUID
    attach_base_parameters: bool | None = None
    attach_model_files: bool | None = None


class Launch(Request):
    """Where to train; this platform trains on its own machine, whatever is asked for."""

    gpus: int = Field(default=1, ge=0, le=_LARGEST_LINE)
    gpu_type: Name | None = None
    compute_connector_id: UUID | None = None


class JobReport(Request):
    """How far a training program has come."""

    status: JobStatus


class Publication(Request):
    """The name of the model to create."""

    name: Name


class VersionPublication(Request):
    """The model to release a version of."""

    model_id: UUID


class LogShape(Shape):
    """Something an experiment recorded."""

    id: UUID
    name: str
    type: LogType
    data: dict[str, object] | list[object] | int | float | str


class NewLog(Request):
    """Something to record."""

    name: Name
    type: LogType
    data: LogData


class LogUpdate(Request):
    """What to change of a log."""

    name: Name | None = None
    data: LogData | None = None


class LogAppendix(Request):
    """What a line goes on with."""

    data: LogData


class ArtifactUpdate(Request):
    """What to change of an artifact."""

    name: Name | None = None
    filename: Name | None = None
    object_name: ObjectName | None = None
    large: bool | None = None


class LoggingLineBody(Request):
    """One printed line."""

    line_nb: int = Field(ge=0, le=_LARGEST_LINE)
    log: StorableValue
    part: Name
    final: bool = False
    special: StorableValue = False

    def line(self) -> Line:
        """Return it as the store takes it."""
        return Line(**self.model_dump())


class LoggingFileShape(Shape):
    """All that was printed, as a stored object."""

    id: UUID
    object_name: str


class StoredObjectName(Request):
    """A stored object."""

    object_name: ObjectName


class JobLoggingFile(Request):
    """A stored object that holds all that a job printed."""

    logging_object_name: ObjectName


class EvaluationShape(Shape):
    """What an experiment's model says of one asset."""

    id: UUID
    asset_id: UUID
    custom_metrics: dict[str, object] | None
    shapes: dict[str, object]


class _Scored(Request):
    """How sure a model is of a shape."""

    score: Score


class ScoredClassification(NewClassification, _Scored):
    """A class that was found."""


class ScoredRectangle(NewRectangle, _Scored):
    """A rectangle that was found."""


class ScoredPolygon(NewPolygon, _Scored):
    """A polygon that was found."""


class ScoredLine(NewLine, _Scored):
    """A line that was found."""


class ScoredPoint(NewPoint, _Scored):
    """A point that was found."""


class ScoredMask(NewMask, _Scored):
    """A mask that was found."""


class ScoredKeypoints(NewKeypoints, _Scored):
    """Keypoints that were found."""


Scored = (
    ScoredClassification | ScoredRectangle | ScoredPolygon | ScoredLine | ScoredPoint | ScoredMask | ScoredKeypoints
)
Found = Field(default=None, max_length=10_000)


class EvaluationBody(Request):
    """What a model says of one asset."""

    asset_id: UUID
    classifications: list[ScoredClassification] | None = Found
    rectangles: list[ScoredRectangle] | None = Found
    polygons: list[ScoredPolygon] | None = Found
    lines: list[ScoredLine] | None = Found
    points: list[ScoredPoint] | None = Found
    masks: list[ScoredMask] | None = Found
    keypoints: list[ScoredKeypoints] | None = Found
    custom_metrics: JsonObject | None = None

    def new(self) -> NewEvaluation:
        """Return it as the store takes it."""
        found: list[Scored] = [shape for kind in ShapeKind for shape in getattr(self, kind.value) or ()]
        guesses = [Guess(shape.new(), shape.score) for shape in found]
        return NewEvaluation(self.asset_id, guesses, self.custom_metrics)


class NewEvaluations(Request):
    """What a model says of several assets."""

    import_type: EvaluationMode = EvaluationMode.REPLACE
    evaluations: list[EvaluationBody] = Field(min_length=1, max_length=MOST_EVALUATIONS)


class EvaluationWish(Request):
    """What to compare with the annotations, as `inference_type`; the result becomes a log of the experiment."""

    inference_type: InferenceType
    evaluation_ids: list[UUID] | None = Field(default=None, max_length=100_000)
    status: AnnotationStatus | None = None

    def wanted(self) -> Comparison:
        """Return it as the store takes it."""
        return Comparison(self.inference_type, self.evaluation_ids, self.status)
