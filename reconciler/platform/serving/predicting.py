"""A request to predict: the champion answers, the shadow answers beside it, and both are recorded."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from reconciler.platform.context import Context
from reconciler.platform.intake import accepting, pictures
from reconciler.platform.intake.pictures import Kept, Picture, Sent
from reconciler.platform.serving.inference import Inferred, Photograph, infer
from reconciler.platform.store import predictions, serving
from reconciler.platform.store.faults import Fault, Invalid
from reconciler.platform.store.images import FORMATS
from reconciler.platform.store.predictions import Answer, Seen
from reconciler.platform.store.serving import Servable, Served
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.unit import Actor, Unit

SOURCE = "serving"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wish:
    """What a caller wants beside the answer.

    Attributes:
        monitor: record the prediction.
        postprocess: drop shapes below the deployment's threshold.
        tags: names of tags for the data.
        source: name of the data's source.
        metadata: facts for the data.
        custom_metadata: the caller's own facts for the data.
    """

    monitor: bool = True
    postprocess: bool = True
    tags: Sequence[str] = ()
    source: str | None = None
    metadata: Json | None = None
    custom_metadata: Json | None = None


@dataclass(frozen=True)
class Caller:
    """On whose behalf, and for which deployment, something is predicted."""

    context: Context
    actor: Actor
    deployment_id: UUID


@dataclass(frozen=True)
class Outcome:
    """The champion's answer, and what was recorded of it; None where nothing was."""

    answer: Answer
    accepted: accepting.Accepted | None


@dataclass(frozen=True)
class _Setting:
    """A deployment and its models at the moment of a request; a swap meanwhile does not concern it."""

    deployment: Served
    champion: Servable
    shadow: Servable | None


def predict(caller: Caller, picture: Picture, wish: Wish) -> Outcome:
    """Predict on an image and record what the wish says.

    Raises:
        Invalid: when the champion cannot be run, or the file is no image.
        TooLarge: for an image beyond the limits.
        NotFound: when the deployment or the stored image is not there.
        Conflict: when a person has reviewed what was predicted on this data before.
    """
    photograph, sent = _opened(caller, picture)
    setting = _setting(caller)
    champion = _inferred(caller, setting, setting.champion, photograph)
    threshold = setting.deployment.threshold if wish.postprocess else float("-inf")
    answer = champion.answer(threshold)
    if not wish.monitor:
        return Outcome(answer, None)
    seen = Seen(
        width=photograph.width,
        height=photograph.height,
        champion=answer,
        shadow=_shadow_answer(caller, setting, photograph, threshold),
        source=wish.source or SOURCE,
        tags=tuple(dict.fromkeys(wish.tags)),
    )
    observation = accepting.Observation(
        sent,
        seen,
        keeps=accepting.keeps(setting.deployment.sample_rate, wish=None),
        metadata=wish.metadata,
        custom_metadata=wish.custom_metadata,
        replaces=True,
    )
    return Outcome(answer, accepting.accept(caller.context.store, caller.actor, caller.deployment_id, observation))


def predict_shadow(caller: Caller, kept: Kept, oracle_prediction_id: UUID, *, monitor: bool) -> Outcome:
    """Let the shadow predict on an image that the champion has predicted on, and return its answer.

    Raises:
        Invalid: when there is no shadow that can be run, or the image is another one.
        Conflict: when the shadow has answered already.
        NotFound: when the prediction or the stored image is not there.
    """
    with caller.context.store.read(caller.actor) as unit:
        asset = predictions.of_oracle(unit, caller.deployment_id, oracle_prediction_id)
        _require_image(asset, kept)
        deployment = serving.served(unit, caller.deployment_id)
        if deployment.shadow is None:
            raise Invalid(f"The deployment '{deployment.name}' has no shadow model.")
        shadow = serving.servable(unit, deployment.shadow)
    setting = _Setting(deployment, shadow, None)
    photograph, _ = _opened(caller, kept)
    answer = _inferred(caller, setting, shadow, photograph).answer(deployment.threshold)
    if not monitor:
        return Outcome(answer, None)
    with caller.context.store.write(caller.actor) as unit:
        asset = predictions.of_oracle(unit, caller.deployment_id, oracle_prediction_id)
        predictions.add_shadow(unit, asset, answer)
        return Outcome(answer, accepting.Accepted(asset.oracle_prediction_id, asset.id, asset.data_id))


def _setting(caller: Caller) -> _Setting:
    with caller.context.store.read(caller.actor) as unit:
        deployment = serving.served(unit, caller.deployment_id)
        champion = serving.servable(unit, deployment.champion)
        return _Setting(deployment, champion, _shadow(unit, deployment))


def _shadow(unit: Unit, deployment: Served) -> Servable | None:
    """Return what the shadow runs; one that cannot be run is no reason to fail the champion's callers."""
    if deployment.shadow is None:
        return None
    try:
        return serving.servable(unit, deployment.shadow)
    except Invalid as fault:
        _LOG.warning("the shadow of %s does not predict: %s", deployment.name, fault.message)
        return None


def _opened(caller: Caller, picture: Picture) -> tuple[Photograph, Picture]:
    """Return the image with its size, and the picture with the content type that its header tells."""
    content = picture.content
    header = pictures.header(content, caller.context.settings.limits)
    if header is None:
        raise Invalid("The file is not an image that can be read.", [", ".join(FORMATS)])
    photograph = Photograph(content, header.width, header.height)
    if isinstance(picture, Sent):
        return photograph, Sent(content, picture.filename, header.content_type, picture.folder)
    return photograph, picture


def _inferred(caller: Caller, setting: _Setting, servable: Servable, photograph: Photograph) -> Inferred:
    return infer(caller.context.models.get(servable), servable, setting.deployment, photograph)


def _shadow_answer(caller: Caller, setting: _Setting, photograph: Photograph, threshold: float) -> Answer | None:
    if setting.shadow is None:
        return None
    try:
        return _inferred(caller, setting, setting.shadow, photograph).answer(threshold)
    except Fault as fault:
        _LOG.warning("the shadow of %s does not predict: %s", setting.deployment.name, fault.message)
        return None


def _require_image(asset: PredictedAsset, kept: Kept) -> None:
    datum = asset.data
    if datum is None or (datum.object_name, datum.datalake.connector_id) != (kept.object_name, kept.connector_id):
        raise Invalid("The image is not the one that the champion has predicted on.")
