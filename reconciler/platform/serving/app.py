"""The serving service's ASGI app: its login, and predictions on images (wire protocol 2.13)."""

import json
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Form, UploadFile
from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from reconciler.platform import envelope
from reconciler.platform.auth import Pass, writing
from reconciler.platform.intake.pictures import Kept, Sent, fetch
from reconciler.platform.login import Credentials, Login, Opened, log_in
from reconciler.platform.serving import predicting
from reconciler.platform.serving.predicting import Caller, Outcome, Wish
from reconciler.platform.shapes.base import JsonObject, Name
from reconciler.platform.shapes.formats import BOXES, CLASSES, SCORES, entries
from reconciler.platform.shapes.predictions import (
    CloudImage,
    FileName,
    Folder,
    PredictBody,
    Predicted,
    ShadowPredictBody,
    Tags,
)
from reconciler.platform.store.faults import Invalid

Granted = Annotated[Pass, Depends(writing("serving"))]

_FILE_NAME: TypeAdapter[str] = TypeAdapter(FileName)


def _parsed(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


JsonText = Annotated[JsonObject | None, BeforeValidator(_parsed, json_schema_input_type=str)]


class PredictForm(BaseModel):
    """An image to predict on, and what to record with it."""

    media: UploadFile
    tags: Tags = Field(default_factory=list)
    monitor: bool = True
    postprocess: bool = Field(default=True, description="Whether shapes below the threshold are dropped.")
    source: Name | None = None
    upload_dir: Folder | None = None
    metadata: JsonText = Field(default=None, description="A JSON object.")
    custom_metadata: JsonText = Field(default=None, description="A JSON object.")


def build() -> FastAPI:
    """Build the app; it serves whichever platform a request is sent to."""
    app = FastAPI(
        title="Serving",
        version="1",
        docs_url=None,
        redoc_url=None,
        responses={**envelope.ERRORS, **envelope.BUSY},
        strict_content_type=False,
    )
    envelope.install(app)
    app.post("/api/login", tags=["login"])(log_into_serving)
    app.post("/api/deployments/{deployment_id}/predict", tags=["predictions"])(predict)
    app.post("/api/deployment/{deployment_id}/predict", tags=["predictions"], summary="Predict (older clients)")(
        predict
    )
    app.post("/api/v2/deployments/{deployment_id}/predict", tags=["predictions"])(predict_stored)
    app.post("/api/v2/deployments/{deployment_id}/predict/shadow", tags=["predictions"])(predict_shadow)
    return app


async def log_into_serving(context: Opened, body: Credentials) -> Login:
    """Exchange an API token and a deployment for a one-hour JWT."""
    return await log_in(context, "serving", body)


async def predict(
    context: Opened,
    granted: Granted,
    deployment_id: UUID,
    form: Annotated[PredictForm, Form(media_type="multipart/form-data")],
) -> Predicted:
    """Predict on an uploaded image; the answer is the champion's."""
    granted.admit(deployment_id)
    content = await form.media.read(context.settings.limits.image_bytes + 1)
    sent = Sent(content, _file_name(form.media.filename), "", form.upload_dir)
    wish = Wish(form.monitor, form.postprocess, tuple(form.tags), form.source, form.metadata, form.custom_metadata)
    caller = Caller(context, granted.actor, deployment_id)
    return _told(await context.workers.run(partial(predicting.predict, caller, sent, wish)))


async def predict_stored(context: Opened, granted: Granted, deployment_id: UUID, body: PredictBody) -> Predicted:
    """Predict on an image of the storage; an earlier prediction on it gives way unless it is reviewed."""
    granted.admit(deployment_id)
    wish = Wish(body.monitor, body.postprocess, tuple(body.tags), body.source, body.metadata, body.custom_metadata)
    caller = Caller(context, granted.actor, deployment_id)

    def work() -> Outcome:
        return predicting.predict(caller, _fetched(caller, body.cloud_image), wish)

    return _told(await context.workers.run(work))


async def predict_shadow(context: Opened, granted: Granted, deployment_id: UUID, body: ShadowPredictBody) -> Predicted:
    """Let the shadow predict on an image that the champion has predicted on; the answer is the shadow's."""
    granted.admit(deployment_id)
    caller = Caller(context, granted.actor, deployment_id)

    def work() -> Outcome:
        kept = _fetched(caller, body.cloud_image)
        return predicting.predict_shadow(caller, kept, body.prediction_id, monitor=body.monitor)

    return _told(await context.workers.run(work))


def _fetched(caller: Caller, image: CloudImage) -> Kept:
    context = caller.context
    return fetch(context.store, caller.actor, place=image.place, limits=context.settings.limits)


def _file_name(name: str | None) -> str:
    try:
        return _FILE_NAME.validate_python(name)
    except ValidationError as error:
        raise Invalid("The part 'media' has no usable file name.") from error


def _told(outcome: Outcome) -> Predicted:
    answer, accepted = outcome.answer, outcome.accepted
    return Predicted.model_validate(
        {
            "id": accepted.oracle_prediction_id if accepted else None,
            "predicted_asset_id": accepted.predicted_asset_id if accepted else None,
            "model_version_id": answer.model_version_id,
            "latency": answer.latency,
            CLASSES: entries(answer.shapes, CLASSES),
            SCORES: entries(answer.shapes, SCORES),
            BOXES: answer.shapes.get(BOXES),
        }
    )
