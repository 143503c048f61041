"""What one accepted prediction leaves behind, all of it or nothing: data, predicted asset, predictions."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from reconciler.platform.intake import scoring
from reconciler.platform.intake.measuring import measure
from reconciler.platform.intake.pictures import Kept, Picture, Sent
from reconciler.platform.store import data, objects, predictions, sources, tags
from reconciler.platform.store.blobs import Blob
from reconciler.platform.store.database import Store
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.predictions import Seen
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.data import Data, Datalake
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.tables.tags import Tag
from reconciler.platform.store.unit import Actor, Unit
from reconciler.platform.store.words import ObjectKind


@dataclass(frozen=True)
class Observation:
    """An image with what was answered for it, on its way into the store.

    Attributes:
        picture: the image.
        seen: what is recorded of it.
        keeps: whether the image becomes data; if not, statistics alone will know of it.
        metadata: facts for the data.
        custom_metadata: the sender's own facts for the data.
        replaces: whether an earlier prediction of the same data gives way; otherwise it is a conflict.
    """

    picture: Picture
    seen: Seen
    keeps: bool = True
    metadata: Json | None = None
    custom_metadata: Json | None = None
    replaces: bool = False


@dataclass(frozen=True)
class Accepted:
    """A recorded prediction: the id that clients know it by, and the predicted asset and data behind it."""

    oracle_prediction_id: UUID
    predicted_asset_id: UUID
    data_id: UUID | None


def keeps(rate: float, *, wish: bool | None, draw: Callable[[], float] = random.random) -> bool:
    """Say whether an image is kept: as its sender wishes, or else by chance at the deployment's sample rate (0 to 1).

    `draw` gives numbers from 0 up to, not including, 1.
    """
    return draw() < rate if wish is None else wish


def accept(store: Store, actor: Actor, deployment_id: UUID, observation: Observation) -> Accepted:
    """Record an observation; one that was recorded before, by its fingerprint, is answered as it was then.

    The image's size must have been checked: here it is decoded, to be measured.

    Raises:
        NotFound: when the deployment, or the object of a kept image, is not there.
        Conflict: when the deployment has processed the data already.
    """
    # Written before the transaction, which on SQLite keeps everybody else waiting.
    blob = _written(store, observation)
    measured = replace(observation.seen, measured=measure(observation.picture.content))
    observation = replace(observation, seen=measured)
    try:
        accepted, is_new = store.settle(actor, partial(_once, deployment_id, observation, blob))
    except BaseException:
        _discard(store, blob)
        raise
    if not is_new:
        _discard(store, blob)
    return accepted


def _written(store: Store, observation: Observation) -> Blob | None:
    picture = observation.picture
    return store.blobs.write([picture.content]) if observation.keeps and isinstance(picture, Sent) else None


def _discard(store: Store, blob: Blob | None) -> None:
    if blob is not None:
        store.blobs.remove([blob.name])


def _once(deployment_id: UUID, observation: Observation, blob: Blob | None, unit: Unit) -> tuple[Accepted, bool]:
    deployment = unit.find(Deployment, deployment_id)
    held = predictions.replayed(unit, deployment_id, observation.seen.fingerprint)
    return _told(held or _record(unit, deployment, observation, blob)), held is None


def _told(asset: PredictedAsset) -> Accepted:
    return Accepted(asset.oracle_prediction_id, asset.id, asset.data_id)


def _record(unit: Unit, deployment: Deployment, observation: Observation, blob: Blob | None) -> PredictedAsset:
    datum = _datum(unit, deployment, observation, blob)
    if datum is not None and observation.replaces:
        predictions.dismiss(unit, deployment, datum)
    asset = predictions.record(unit, deployment, observation.seen, datum)
    scoring.note(unit, asset, observation.seen.measured)
    return asset


def _datum(unit: Unit, deployment: Deployment, observation: Observation, blob: Blob | None) -> Data | None:
    lake = unit.find(Datalake, deployment.target_datalake_id)
    match observation.picture:
        case Kept() as kept:
            return _found(unit, lake, observation, kept)
        case Sent() as sent if blob is not None:
            name = objects.invent_name(ObjectKind.DATA, sent.filename, context=deployment.id, folder=sent.folder)
            objects.place(unit, lake.connector_id, name, blob=blob, content_type=sent.content_type)
            return _registered(unit, lake, observation, data.NewData(sent.filename, name, sent.content_type))
        case _:
            return None


def _found(unit: Unit, lake: Datalake, observation: Observation, kept: Kept) -> Data | None:
    """Return the data of an object that is stored already, made now where nobody registered it."""
    if kept.connector_id != lake.connector_id:
        raise Invalid("The image is not in the storage of the deployment's datalake.")
    datum = data.of_object(unit, lake, kept.object_name)
    if datum is not None:
        tagged = {tag.name for tag in datum.tags}
        for tag_id in _tags(unit, lake, [name for name in observation.seen.tags if name not in tagged]):
            tags.attach(unit, unit.find(Tag, tag_id), [datum.id])
        return datum
    stored = objects.get(unit, kept.connector_id, kept.object_name)
    if not observation.keeps:
        return None
    filename = kept.object_name.rsplit("/", 1)[-1]
    return _registered(unit, lake, observation, data.NewData(filename, kept.object_name, stored.content_type))


def _registered(unit: Unit, lake: Datalake, observation: Observation, new: data.NewData) -> Data:
    seen = observation.seen
    source = sources.ensure(unit, lake.organization_id, seen.source) if seen.source else None
    whole = replace(
        new,
        width=seen.width,
        height=seen.height,
        tag_ids=_tags(unit, lake, seen.tags),
        source_id=source.id if source else None,
        metadata=observation.metadata,
        custom_metadata=observation.custom_metadata,
    )
    return data.register(unit, lake, whole)


def _tags(unit: Unit, lake: Datalake, names: Sequence[str]) -> list[UUID]:
    scope = tags.Scope.datalake(lake)
    return [tags.ensure(unit, scope, name).id for name in dict.fromkeys(names)]
