"""Submitting reviewed predictions: each image becomes an annotated asset of dataset versions that the loop may fill."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from reconciler.platform.store import annotations, assets, datasets, training_runs
from reconciler.platform.store.annotations import Facts
from reconciler.platform.store.faults import Conflict, Invalid, NotFound
from reconciler.platform.store.feedback_loop import loop_of
from reconciler.platform.store.geometry import NewShape
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.predictions import PredictedAsset, Submission
from reconciler.platform.store.tags import chunked
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import AnnotationStatus, ReviewState, ShapeKind

_LABELLING = ("label", "label_id")


@dataclass(frozen=True)
class Skipped:
    """A predicted asset that did not go to a dataset version, and why."""

    id: UUID
    reason: str


@dataclass(frozen=True)
class Outcome:
    """How many images were submitted, to one dataset version or more, and what was left out."""

    submitted: int
    skipped: Sequence[Skipped]


def submit(
    unit: Unit, deployment: Deployment, asset_ids: Sequence[UUID], version_ids: Sequence[UUID] | None
) -> Outcome:
    """Submit predicted assets to dataset versions of the feedback loop, and begin a training run if that is enough.

    What is not reviewed, or in the version already, is skipped; labels that a version lacks are created.

    Raises:
        NotFound: before the loop is set up, for a version that is not attached, for an unknown predicted asset.
        Conflict: while the loop is off, or nothing is attached to it.
        Invalid: when several versions are attached and none is named.
        Locked: when a version takes no writes.
    """
    versions = _versions(deployment, version_ids)
    wanted = _assets(unit, deployment, asset_ids)
    ready = [asset for asset in wanted if asset.state is not ReviewState.TO_REVIEW and asset.data_id is not None]
    skipped = [Skipped(asset.id, _unready(asset)) for asset in wanted if asset not in ready]
    done: set[UUID] = set()
    for version in versions:
        datasets.require_unlocked(version)
        fresh, held = _fresh(unit, version, ready)
        skipped += held
        _fill(unit, version, fresh)
        done |= {asset.id for asset in fresh}
    for asset in ready:
        if asset.id in done:
            asset.state = ReviewState.SUBMITTED
    unit.session.flush()
    training_runs.note_submissions(unit, deployment.id)
    return Outcome(len(done), skipped)


def waiting(unit: Unit, deployment: Deployment, *, limit: int) -> Sequence[UUID]:
    """Return the newest images of a deployment that are reviewed and not submitted, at most `limit`."""
    rows = select(PredictedAsset.id).where(
        PredictedAsset.deployment_id == deployment.id,
        PredictedAsset.state == ReviewState.REVIEWED,
        PredictedAsset.data_id.is_not(None),
    )
    newest = rows.order_by(PredictedAsset.timestamp.desc(), PredictedAsset.id.desc())
    return unit.session.scalars(newest.limit(limit)).all()


def _versions(deployment: Deployment, version_ids: Sequence[UUID] | None) -> list[DatasetVersion]:
    loop = loop_of(deployment)
    attached = {held.dataset_version_id: held.dataset_version for held in loop.datasets}
    if not loop.active:
        raise Conflict(f"The feedback loop of '{deployment.name}' is off.")
    if not attached:
        raise Conflict(f"No dataset version is attached to the feedback loop of '{deployment.name}'.")
    if version_ids is None and len(attached) > 1:
        raise Invalid("Several dataset versions are attached: say with 'dataset_version_ids' where to submit to.")
    wanted = list(dict.fromkeys(attached if version_ids is None else version_ids))
    if unknown := [str(identifier) for identifier in wanted if identifier not in attached]:
        raise NotFound("Some dataset versions are not attached to the feedback loop.", unknown)
    return [attached[identifier] for identifier in wanted]


def _assets(unit: Unit, deployment: Deployment, asset_ids: Sequence[UUID]) -> list[PredictedAsset]:
    wanted = list(dict.fromkeys(asset_ids))
    rows = select(PredictedAsset).where(PredictedAsset.deployment_id == deployment.id)
    # Locked, so that no review comes between what is read here and what is made of it.
    found = {
        asset.id: asset
        for chunk in chunked(wanted)
        for asset in unit.session.scalars(rows.where(PredictedAsset.id.in_(chunk)).with_for_update())
    }
    if unknown := [str(identifier) for identifier in wanted if identifier not in found]:
        raise NotFound(f"Some predicted assets of '{deployment.name}' do not exist.", unknown)
    return [found[identifier] for identifier in wanted]


def _unready(asset: PredictedAsset) -> str:
    return "It is not reviewed." if asset.state is ReviewState.TO_REVIEW else "Its image was not kept."


def _fresh(
    unit: Unit, version: DatasetVersion, ready: Sequence[PredictedAsset]
) -> tuple[list[PredictedAsset], list[Skipped]]:
    """Return which predicted assets a version does not hold yet, and which it does."""
    held = assets.by_data(unit, version, [asset.data_id for asset in ready if asset.data_id is not None])
    known = [asset for asset in ready if asset.data_id in held]
    told = f"Its image is in the version '{version.version}' of '{version.dataset.name}' already."
    return [asset for asset in ready if asset not in known], [Skipped(asset.id, told) for asset in known]


def _fill(unit: Unit, version: DatasetVersion, fresh: Sequence[PredictedAsset]) -> None:
    data_ids = [asset.data_id for asset in fresh if asset.data_id is not None]
    assets.add(unit, version, data_ids)
    made = assets.by_data(unit, version, data_ids)
    names = sorted({str(entry["label"]) for asset in fresh for _, entry in _entries(asset)})
    labels = {label.name: label.id for label in datasets.ensure_labels(unit, version, names)}
    for predicted in fresh:
        asset = unit.session.get_one(Asset, made[_data_id(predicted)])
        shapes = [_shape(kind, entry, labels[str(entry["label"])]) for kind, entry in _entries(predicted)]
        annotations.create(unit, asset, shapes, facts=Facts(status=AnnotationStatus.ACCEPTED))
        unit.session.add(_submission(predicted, asset))


def _data_id(asset: PredictedAsset) -> UUID:
    if asset.data_id is None:
        raise NotFound(f"The image of {asset.id} was not kept.")
    return asset.data_id


def _entries(asset: PredictedAsset) -> list[tuple[ShapeKind, Json]]:
    """Return the shapes of the review that counts."""
    shapes = asset.reviews[-1].shapes
    return [(ShapeKind(kind), entry) for kind, entries in shapes.items() for entry in _list(entries)]


def _list(value: object) -> list[Json]:
    return value if isinstance(value, list) else []


def _shape(kind: ShapeKind, entry: Json, label_id: UUID) -> NewShape:
    return NewShape(kind, label_id, {key: value for key, value in entry.items() if key not in _LABELLING})


def _submission(predicted: PredictedAsset, asset: Asset) -> Submission:
    return Submission(
        organization_id=predicted.organization_id,
        deployment_id=predicted.deployment_id,
        predicted_asset_id=predicted.id,
        dataset_version_id=asset.dataset_version_id,
        asset_id=asset.id,
    )
