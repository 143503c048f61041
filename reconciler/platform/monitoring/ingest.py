"""Predictions made elsewhere, as they are told to the monitoring service (wire protocol 2.12)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, status

from reconciler.platform import envelope
from reconciler.platform.auth import Pass, writing
from reconciler.platform.context import Context
from reconciler.platform.intake import accepting, pictures
from reconciler.platform.login import Opened
from reconciler.platform.shapes import formats
from reconciler.platform.shapes.formats import RawPredictions
from reconciler.platform.shapes.predictions import MonitorBody, Recorded, ShadowResult
from reconciler.platform.store import predictions
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.predictions import Answer, Seen
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Actor

router = APIRouter(tags=["predictions"], prefix="/api", responses=envelope.ERRORS)

Granted = Annotated[Pass, Depends(writing("monitoring"))]


@router.post("/deployment/{deployment_id}/predictions", status_code=status.HTTP_201_CREATED)
def record_prediction(context: Opened, granted: Granted, deployment_id: UUID, body: MonitorBody) -> Recorded:
    """Record an image with what was predicted on it; 409 where the deployment has processed its data already."""
    granted.admit(deployment_id)
    picture = _picture(context, granted.actor, body)
    with context.store.read(granted.actor) as unit:
        deployment = unit.find(Deployment, deployment_id)
        seen = _seen(deployment, body)
        keeps = accepting.keeps(deployment.sample_rate, wish=body.sample)
    observation = accepting.Observation(picture, seen, keeps, body.metadata, body.custom_metadata)
    accepted = accepting.accept(context.store, granted.actor, deployment_id, observation)
    return Recorded.model_validate(accepted)


@router.post("/prediction/{oracle_prediction_id}/shadow", status_code=status.HTTP_201_CREATED)
def record_shadow(context: Opened, granted: Granted, oracle_prediction_id: UUID, body: ShadowResult) -> Recorded:
    """Record what the shadow answered for an image; 409 where it has answered already."""
    with context.store.write(granted.actor) as unit:
        asset = predictions.of_oracle(unit, granted.deployment_id, oracle_prediction_id)
        answer = _shadow(asset.deployment, body.shadow_raw_predictions, body.shadow_latency)
        predictions.add_shadow(unit, asset, answer)
        told = accepting.Accepted(asset.oracle_prediction_id, asset.id, asset.data_id)
    return Recorded.model_validate(told)


def _picture(context: Context, actor: Actor, body: MonitorBody) -> pictures.Picture:
    picture = _sent(context, actor, body)
    # The sender tells the size, and its file may be one we cannot read; but not one that is too large.
    pictures.header(picture.content, context.settings.limits)
    return picture


def _sent(context: Context, actor: Actor, body: MonitorBody) -> pictures.Picture:
    if (body.image is None) == (body.cloud_image is None):
        raise Invalid("Give either 'image' or 'cloud_image'.")
    if body.cloud_image is not None:
        place = body.cloud_image.place
        return pictures.fetch(context.store, actor, place=place, limits=context.settings.limits)
    content = pictures.decode_base64(body.image or "")
    return pictures.Sent(content, body.filename, body.content_type.lower(), body.upload_dir)


def _seen(deployment: Deployment, body: MonitorBody) -> Seen:
    return Seen(
        width=body.width,
        height=body.height,
        champion=_answer(deployment, body.raw_predictions, body.latency, deployment.model_version_id),
        shadow=_shadow_of(deployment, body),
        timestamp=body.moment,
        source=body.source,
        tags=tuple(dict.fromkeys(body.tags or ())),
        custom_metrics=body.custom_metrics,
        fingerprint=body.fingerprint,
    )


def _shadow_of(deployment: Deployment, body: MonitorBody) -> Answer | None:
    if body.shadow_raw_predictions is None:
        return None
    if body.shadow_latency is None:
        raise Invalid("A shadow prediction needs its 'shadow_latency'.")
    return _shadow(deployment, body.shadow_raw_predictions, body.shadow_latency)


def _shadow(deployment: Deployment, raw: RawPredictions, latency: float) -> Answer:
    if deployment.shadow_model_version_id is None:
        raise Invalid(f"The deployment '{deployment.name}' has no shadow model.")
    return _answer(deployment, raw, latency, deployment.shadow_model_version_id)


def _answer(deployment: Deployment, raw: RawPredictions, latency: float, version_id: UUID) -> Answer:
    shapes = formats.checked(deployment.type, raw)
    return Answer(shapes, latency, version_id, formats.count(shapes))
