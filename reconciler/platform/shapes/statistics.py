"""The bodies of `get_stats` (wire protocol 6.4).

Units everywhere: latency in seconds, sizes in pixels, areas in pixels², scores 0..1, timestamps in Unix seconds.
"""

from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from reconciler.platform.shapes.base import Shape
from reconciler.platform.shapes.organizations import JobShape
from reconciler.platform.store.words import ModelRole

T = TypeVar("T", bound=BaseModel)


class Infos(BaseModel):
    """What must be known about an answer."""

    info: str = Field(description="Why the data are out of date or missing, and what is done about it.")


class Told(BaseModel, Generic[T]):
    """Data about one deployment."""

    deployment_id: UUID
    data: T | None = Field(description="Null while an aggregate has never been computed.")


class Statistics(BaseModel, Generic[T]):
    """The envelope of every answer."""

    deployment: Told[T]
    infos: Infos | None = Field(default=None, description="Left out where the data are up to date.")


class ComputationShape(BaseModel):
    """The job that computes an aggregate."""

    job: JobShape


class Seen(Shape):
    """One image that the deployment saw."""

    id: UUID = Field(description="The prediction's id, as `monitor` answered it.")
    predicted_asset_id: UUID
    timestamp: float = Field(description="The moment of inference, Unix seconds.")


class OutlierScore(Seen):
    """How strange one image is."""

    score: float | None = Field(
        description="Mean squared reconstruction error in squared standard deviations of the training data; higher is "
        "stranger. Null where the image could not be read, or there is no training data."
    )
    is_outlier: bool | None = Field(description="Whether the score is above the cut-off.")


class OutlierScores(BaseModel):
    """`ae_outlier`: outlier scores, newest first."""

    cutoff: float | None = Field(
        description="The score above which an image is an outlier; null without training data."
    )
    outlier_share: float = Field(
        description="The share of unseen images like the training images that are called outliers, 0..1."
    )
    count: int = Field(description="How many images the filters select.")
    items: list[OutlierScore] = Field(description="The newest of them, 1000 at most.")


class AnswerMetrics(Shape):
    """What one model version answered for one image."""

    role: ModelRole
    model_version_id: UUID
    latency: float = Field(description="Seconds.")
    objects: int = Field(description="Predicted shapes; 1 for a classification.")


class PredictionMetrics(Seen):
    """One image with what was answered for it."""

    width: int = Field(description="Pixels.")
    height: int = Field(description="Pixels.")
    predictions: list[AnswerMetrics]


class PredictionsMetrics(BaseModel):
    """`metrics` of predictions, newest first."""

    count: int = Field(description="How many images the filters select.")
    items: list[PredictionMetrics] = Field(description="The newest of them, 1000 at most.")


class ReviewedAnswer(Seen):
    """One model's answer to one reviewed image."""

    role: ModelRole
    model_version_id: UUID


class ReviewedDetection(ReviewedAnswer):
    """How one answer compares with the review, at an intersection over union of 0.5."""

    objects: int = Field(description="Reviewed boxes.")
    predictions: int = Field(description="Predicted boxes.")
    right: int = Field(description="Predicted boxes that match a reviewed one of their class.")
    precision: float | None = Field(description="0..1; null where nothing was predicted.")
    recall: float | None = Field(description="0..1; null where nothing was to be found.")


class ReviewedDetections(BaseModel):
    """`object_detection` of reviews, newest image first."""

    count: int = Field(description="How many answers to reviewed images the filters select.")
    items: list[ReviewedDetection] = Field(description="The newest of them, 1000 at most.")


class ReviewedClassification(ReviewedAnswer):
    """The reviewed and the predicted class of one image."""

    reviewed: str
    predicted: str | None = Field(description="The best-scored class; null where nothing was predicted.")
    right: bool


class ClassFigures(Shape):
    """How well one class is told."""

    label: str
    precision: float | None = Field(description="0..1; null where it was never predicted.")
    recall: float | None = Field(description="0..1; null where it was never reviewed.")
    f1: float | None = Field(description="0..1, the harmonic mean of both.")
    reviewed: int
    predicted: int
    right: int


class ClassificationFigures(Shape):
    """How well a model classifies."""

    count: int = Field(description="Reviewed images.")
    right: int
    accuracy: float | None = Field(description="0..1; null without reviews.")
    labels: list[str]
    confusion: list[list[int]] = Field(description="Images by reviewed class (row) and predicted class (column).")
    unpredicted: list[int] = Field(description="Images by reviewed class for which nothing was predicted.")
    classes: list[ClassFigures]


class ModelClassification(BaseModel):
    """How well one model version classifies, in one role."""

    role: ModelRole
    model_version_id: UUID
    figures: ClassificationFigures


class ReviewedClassifications(BaseModel):
    """`classification` of reviews, newest image first."""

    count: int = Field(description="How many answers to reviewed images the filters select.")
    items: list[ReviewedClassification] = Field(description="The newest of them, 1000 at most.")
    models: list[ModelClassification] = Field(description="Over all of them.")


class LabelCount(Shape):
    """How often one class occurs."""

    label: str = Field(description="The class's name, or its number where the deployment does not name it.")
    count: int


class ReviewedLabels(BaseModel):
    """`label_distribution` of reviews."""

    reviews: int = Field(description="Reviewed images that the filters select.")
    objects: int = Field(description="Reviewed shapes on them.")
    labels: list[LabelCount] = Field(description="By name.")


class ModelLabels(BaseModel):
    """What one model version predicted, in one role."""

    role: ModelRole
    model_version_id: UUID
    predictions: int
    objects: int
    labels: list[LabelCount]


class LabelDistribution(BaseModel):
    """`label_distribution` of predictions: one model version after the other, and the champions' together."""

    predictions: int = Field(description="Images answered by a champion; with `model_id`, by that model version.")
    objects: int
    labels: list[LabelCount] = Field(description="By number of the class.")
    models: list[ModelLabels]


class Histogram(BaseModel):
    """Counts per bin: bin i holds values from edge i - 1 up to, not including, edge i; the outer bins are open."""

    unit: str
    edges: list[float]
    counts: list[int] = Field(description="One more than edges.")


class Latency(BaseModel):
    """How long a model took, in seconds."""

    mean: float
    least: float
    most: float
    p50: float = Field(description="Read from the histogram: at most 16 % off.")
    p95: float = Field(description="Read from the histogram: at most 16 % off.")
    p99: float = Field(description="Read from the histogram: at most 16 % off.")
    histogram: Histogram


class HeatMap(BaseModel):
    """Where on the image predicted shapes lie, whatever the image's size."""

    rows: int
    columns: int
    counts: list[list[int]] = Field(description="Shapes whose bounding box reaches into the cell, from the top left.")


class ModelMetrics(BaseModel):
    """What one model version, or all of one role, did."""

    role: ModelRole
    model_version_id: UUID | None = Field(description="Null for all versions of the role together.")
    predictions: int
    objects: int
    objects_per_image: float
    latency: Latency
    scores: Histogram
    object_areas: Histogram
    heat_map: HeatMap | None = Field(description="Null where predictions have no place on the image.")


class RatioBin(BaseModel):
    """Images of one kind of shape; `least` and `below` bound width over height."""

    name: str
    least: float | None
    below: float | None
    count: int


class ImageSizes(BaseModel):
    """How large the images are."""

    width: Histogram
    height: Histogram
    area: Histogram
    ratio: list[RatioBin]


class Point(BaseModel):
    """One stretch of time."""

    timestamp: float = Field(description="When it begins, Unix seconds.")
    role: ModelRole
    predictions: int
    latency: float = Field(description="The mean, in seconds.")


class PredictionsAggregate(BaseModel):
    """`metrics` of predictions, together."""

    count: int = Field(description="Images answered by a champion; with `model_id`, by that model version.")
    champion: ModelMetrics | None = Field(description="All champions together.")
    shadow: ModelMetrics | None = Field(description="All shadows together.")
    models: list[ModelMetrics] = Field(description="Each model version in each role.")
    images: ImageSizes = Field(description="Sizes of the images answered by a champion.")
    stretch: int = Field(description="How many seconds a point of the series stands for: an hour or a day.")
    series: list[Point] = Field(description="Oldest first; without stretches in which nothing happened.")


class ClassDetection(Shape):
    """How well one class is found."""

    label: str
    ap_50_95: float
    ap_50: float
    precision: float | None
    recall: float
    objects: int
    predictions: int
    right: int


class DetectionFigures(Shape):
    """How well a model detects, as the COCO challenge counts; shares 0..1, null where there is nothing to count."""

    ap_50_95: float | None = Field(description="Mean average precision over overlaps from 0.50 to 0.95.")
    ap_50: float | None = Field(description="Mean average precision at an overlap of 0.50.")
    ap_75: float | None = Field(description="Mean average precision at an overlap of 0.75.")
    precision: float | None = Field(description="At an overlap of 0.50.")
    recall: float | None = Field(description="At an overlap of 0.50.")
    objects: int
    predictions: int
    right: int
    classes: list[ClassDetection]


class ModelDetection(BaseModel):
    """How well one model version detects, in one role."""

    role: ModelRole
    model_version_id: UUID
    reviews: int = Field(description="Reviewed images that it answered.")
    figures: DetectionFigures


class DetectionStats(BaseModel):
    """`object_detection` over reviews."""

    reviews: int = Field(description="Reviewed images that the filters select.")
    champion: DetectionFigures | None = Field(description="All champions together; null without reviews.")
    shadow: DetectionFigures | None = Field(description="All shadows together; null where none answered.")
    models: list[ModelDetection]


class DriftingFeature(Shape):
    """The two-sample Kolmogorov-Smirnov test of one feature."""

    feature: str
    unit: str
    statistic: float = Field(description="The largest gap between both distribution functions, 0..1.")
    p_value: float
    threshold: float = Field(description="The feature drifts when the p-value is below: the risk over all features.")
    drifting: bool
    reference_mean: float = Field(description="In the feature's unit.")
    production_mean: float = Field(description="In the feature's unit.")


class DriftStats(BaseModel):
    """`ks_drift`: production compared with the training data."""

    drifting: bool | None = Field(description="Whether any feature drifts; null where there is nothing to compare.")
    reason: str | None = Field(description="Why there is nothing to compare.")
    risk: float = Field(description="The chance of a false alarm, over all features together.")
    reference_images: int = Field(description="Training images in the comparison, 2000 at most.")
    production_images: int = Field(description="Images of production in the comparison, a fair sample of 2000 at most.")
    features: list[DriftingFeature]
