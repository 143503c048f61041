"""What an experiment's model says of assets, and the comparison of that with their annotations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from reconciler.platform.store import annotations, finding, jobs
from reconciler.platform.store.drawing import Easel, size_of
from reconciler.platform.store.faults import Invalid, NotFound
from reconciler.platform.store.geometry import NewShape, completed
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.tables.annotations import Annotation
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.data import Data
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion
from reconciler.platform.store.tables.experiments import Evaluation, Experiment
from reconciler.platform.store.tables.jobs import Job
from reconciler.platform.store.tags import chunked
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import AnnotationStatus, EvaluationMode, InferenceType, ShapeKind

# What its durable jobs are called.
KIND: Final = "evaluation"
# The types that can be compared, and the shapes that are.
COMPARED: Final = {
    InferenceType.CLASSIFICATION: ShapeKind.CLASSIFICATION,
    InferenceType.OBJECT_DETECTION: ShapeKind.RECTANGLE,
}


@dataclass(frozen=True)
class Guess:
    """A shape that a model found, with how sure it is, 0..1."""

    shape: NewShape
    score: float


@dataclass(frozen=True)
class NewEvaluation:
    """What a model says of one asset."""

    asset_id: UUID
    guesses: Sequence[Guess]
    custom_metrics: Json | None = None


@dataclass(frozen=True)
class Wanted:
    """What to compare: these evaluations (None: all), with the newest annotation of that status (None: of any)."""

    type: InferenceType
    evaluation_ids: Sequence[UUID] | None = None
    status: AnnotationStatus | None = None


@dataclass(frozen=True)
class Compared:
    """One asset: the shapes that a model found, and those that its annotation holds; as they are stored."""

    found: Sequence[Json]
    truth: Sequence[Json] = field(default_factory=tuple)


def add(unit: Unit, experiment: Experiment, new: Sequence[NewEvaluation], mode: EvaluationMode) -> None:
    """Keep what an experiment's model says of assets; one evaluated already is replaced or kept, as the mode says.

    Raises:
        Invalid: for an asset named twice, or a shape that is not sane.
        NotFound: for an asset out of reach, or a label that is not of its dataset version; then nothing is kept.
    """
    assets = _assets(unit, experiment, [item.asset_id for item in new])
    held = select(Evaluation.asset_id).where(Evaluation.experiment_id == experiment.id)
    known = set(unit.session.scalars(held.where(Evaluation.asset_id.in_(assets))))
    if mode is EvaluationMode.REPLACE and known:
        rows = sql_delete(Evaluation).where(Evaluation.experiment_id == experiment.id)
        unit.session.execute(rows.where(Evaluation.asset_id.in_(known)))
        known = set()
    easels = {version.id: Easel.of(unit, version) for version in {asset.version for asset in assets.values()}}
    unit.session.add_all(
        _row(experiment, item, assets[item.asset_id], easels) for item in new if item.asset_id not in known
    )
    unit.session.flush()


def list_page(unit: Unit, experiment: Experiment, request: PageRequest, *, query: str | None) -> Page[Evaluation]:
    """Return a page of an experiment's evaluations, of assets that a query (if given) holds of."""
    rows = select(Evaluation).where(Evaluation.experiment_id == experiment.id)
    if query is not None:
        rows = rows.join(Asset, Asset.id == Evaluation.asset_id).join(Data, Data.id == Asset.data_id)
        rows = rows.where(finding.of_assets(query))
    return paged(unit, rows, Evaluation, request)


def submit(unit: Unit, experiment: Experiment, wanted: Wanted) -> Job:
    """Ask for a comparison with the annotations; it becomes a log of the type EVALUATION.

    Raises:
        Invalid: for a type that cannot be compared.
    """
    if wanted.type not in COMPARED:
        known = ", ".join(COMPARED)
        raise Invalid(f"Evaluations of type {wanted.type} cannot be compared with annotations; known are {known}.")
    chosen = None if wanted.evaluation_ids is None else [str(item) for item in wanted.evaluation_ids]
    payload: Json = {
        "experiment_id": str(experiment.id),
        "inference_type": wanted.type.value,
        "evaluation_ids": chosen,
        "status": wanted.status and wanted.status.value,
    }
    return jobs.submit(unit, experiment.organization_id, KIND, payload, generation=1)


def compared(unit: Unit, experiment_id: UUID, wanted: Wanted) -> list[Compared]:
    """Return what is to be compared, in the order of the evaluations; assets that nobody annotated are left out."""
    kind = COMPARED[wanted.type]
    rows = select(Evaluation).where(Evaluation.experiment_id == experiment_id).order_by(Evaluation.id)
    found = unit.session.scalars(rows).all()
    if wanted.evaluation_ids is not None:
        chosen = set(wanted.evaluation_ids)
        found = [item for item in found if item.id in chosen]
    truth = _truth(unit, [item.asset_id for item in found], wanted.status)
    return [
        Compared(_listed(item.shapes, kind), _drawn(truth[item.asset_id], kind))
        for item in found
        if item.asset_id in truth
    ]


def _assets(unit: Unit, experiment: Experiment, asset_ids: Sequence[UUID]) -> dict[UUID, Asset]:
    if len(set(asset_ids)) < len(asset_ids):
        raise Invalid("Each asset may be named once.")
    rows = select(Asset).where(Asset.organization_id == experiment.organization_id, Asset.id.in_(asset_ids))
    assets = {asset.id: asset for asset in unit.session.scalars(rows.options(joinedload(Asset.data)))}
    if unknown := [str(asset_id) for asset_id in asset_ids if asset_id not in assets]:
        raise NotFound("Some assets do not exist.", unknown)
    return assets


def _row(experiment: Experiment, new: NewEvaluation, asset: Asset, easels: Mapping[UUID, Easel]) -> Evaluation:
    easel = easels[asset.dataset_version_id]
    easel.require_labels([guess.shape for guess in new.guesses])
    shapes: dict[str, list[Json]] = {}
    for guess in new.guesses:
        shapes.setdefault(guess.shape.kind.value, []).append(_stored(guess, easel, asset))
    return Evaluation(
        organization_id=experiment.organization_id,
        experiment_id=experiment.id,
        asset_id=asset.id,
        shapes=dict(shapes),
        custom_metrics=new.custom_metrics,
    )


def _stored(guess: Guess, easel: Easel, asset: Asset) -> Json:
    shape = guess.shape
    geometry = completed(shape.kind, shape.geometry, size=size_of(asset.data))
    label = easel.labels[shape.label_id]
    return {**geometry, "label_id": str(label.id), "label": label.name, "score": guess.score, "text": shape.text}


def _truth(unit: Unit, asset_ids: Sequence[UUID], status: AnnotationStatus | None) -> dict[UUID, Annotation]:
    """Return the newest annotation of each asset, whichever dataset version it is in."""
    of_assets = select(Asset.dataset_version_id, Asset.id)
    lying: dict[UUID, list[UUID]] = {}
    for chunk in chunked(asset_ids):
        for version_id, asset_id in unit.session.execute(of_assets.where(Asset.id.in_(chunk))):
            lying.setdefault(version_id, []).append(asset_id)
    return {
        annotation.asset_id: annotation
        for version_id, held in lying.items()
        for annotation in annotations.newest_of_each(
            unit, unit.session.get_one(DatasetVersion, version_id), status=status, asset_ids=held
        )
    }


def _listed(shapes: Json, kind: ShapeKind) -> list[Json]:
    listed = shapes.get(kind.value, [])
    return listed if isinstance(listed, list) else []


def _drawn(annotation: Annotation, kind: ShapeKind) -> list[Json]:
    return [{**shape.geometry, "label": shape.label.name} for shape in annotation.shapes if shape.kind is kind]
