"""What clients send and get when a deployment predicts, or is told what was predicted (wire protocol 2.12, 2.13)."""

import hashlib
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from reconciler.platform.shapes.base import JsonObject, Name, ObjectName, Request, Shape, Text
from reconciler.platform.shapes.formats import RawPredictions

_LAST_SECOND = 253402300799
_MOST_TAGS = 1000


def _base_name(name: str) -> str:
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    if base in {"", ".", ".."}:
        raise ValueError("this is not the name of a file")
    return base


FileName = Annotated[Name, AfterValidator(_base_name)]
Folder = Annotated[Text, Field(max_length=512)]
Pixels = Annotated[int, Field(ge=1, le=2**31 - 1)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Tags = Annotated[list[Name], Field(max_length=_MOST_TAGS)]


class CloudImage(Request):
    """An image that is in the storage already."""

    connector_id: UUID
    client_type: Text | None = None
    bucket_name: Text | None = None
    object_name: ObjectName

    @property
    def place(self) -> tuple[UUID, str]:
        """The connector and the object's name."""
        return self.connector_id, self.object_name


class ShadowResult(Request):
    """What the shadow answered for an image that the champion answered before."""

    shadow_raw_predictions: RawPredictions
    shadow_latency: Seconds


class MonitorBody(Request):
    """An image and what was predicted on it, elsewhere; either `image` or `cloud_image` is needed."""

    filename: FileName
    content_type: str = Field(
        pattern=r"^[Ii][Mm][Aa][Gg][Ee]/([Pp][Nn][Gg]|[Jj][Pp][Ee][Gg])$",
        description="IMAGE/PNG or IMAGE/JPEG, in any case.",
        examples=["IMAGE/PNG"],
    )
    height: Pixels
    width: Pixels
    raw_predictions: RawPredictions
    latency: Seconds
    image: str | None = Field(default=None, description="The whole file, in base64.")
    cloud_image: CloudImage | None = None
    source: Name | None = None
    tags: Tags | None = None
    timestamp: float | None = Field(
        default=None,
        ge=0,
        le=_LAST_SECOND,
        description="Unix seconds. A request that names its moment may be sent again: it is recorded once.",
    )
    shadow_raw_predictions: RawPredictions | None = None
    shadow_latency: Seconds | None = None
    metadata: JsonObject | None = None
    custom_metadata: JsonObject | None = None
    custom_metrics: JsonObject | None = None
    upload_dir: Folder | None = None
    sample: bool | None = Field(default=None, description="Keep the image or not; null leaves it to the sample rate.")

    @property
    def moment(self) -> datetime | None:
        """The moment of inference, where it is told."""
        return None if self.timestamp is None else datetime.fromtimestamp(self.timestamp, UTC)

    @property
    def fingerprint(self) -> str | None:
        """What tells this request from all others; None where it does not name its moment."""
        if self.timestamp is None:
            return None
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Recorded(Shape):
    """A prediction that was recorded."""

    id: UUID = Field(validation_alias="oracle_prediction_id", description="What later calls know the prediction by.")
    predicted_asset_id: UUID
    data_id: UUID | None = Field(description="Null where the image was left out by the sample rate.")


class PredictBody(Request):
    """An image of the storage to predict on."""

    cloud_image: CloudImage
    tags: Tags = Field(default_factory=list)
    monitor: bool = True
    postprocess: bool = Field(default=True, description="Whether shapes below the threshold are dropped.")
    source: Name | None = None
    metadata: JsonObject | None = None
    custom_metadata: JsonObject | None = None


class ShadowPredictBody(Request):
    """An image of the storage for the shadow to predict on, beside a prediction that is recorded."""

    cloud_image: CloudImage
    prediction_id: UUID
    monitor: bool = True


class Predicted(Shape):
    """What the champion answers; lists belong together, entry by entry."""

    id: UUID | None = Field(description="The recorded prediction; null where nothing was recorded.")
    predicted_asset_id: UUID | None
    model_version_id: UUID
    latency: float = Field(description="Seconds the model took, from the file to the shapes.")
    detection_classes: list[int]
    detection_scores: list[float]
    detection_boxes: list[list[int]] | None = Field(
        default=None, description="Top, left, bottom, right in pixels of the image; null for classification."
    )
