"""Annotations of assets: one at a time, and what a whole dataset version holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy import delete as sql_delete
from sqlalchemy.orm import joinedload, selectinload

from reconciler.platform.store.datasets import require_unlocked
from reconciler.platform.store.drawing import Easel
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.geometry import NewShape
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.tables.annotations import AnnotatedShape, Annotation
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion, Label
from reconciler.platform.store.tags import chunked
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import AnnotationStatus

S = TypeVar("S", bound=Select[Any])

_DRAWN: Final = (selectinload(Annotation.shapes).joinedload(AnnotatedShape.label),)


@dataclass(frozen=True)
class Facts:
    """What is known of an annotation besides its shapes; `duration` in seconds."""

    duration: float = 0.0
    status: AnnotationStatus = AnnotationStatus.PENDING
    attributes: Json | None = None


@dataclass(frozen=True)
class Stats:
    """What a dataset version holds: shapes by label name, all shapes, all annotations."""

    label_repartition: dict[str, int]
    nb_objects: int
    nb_annotations: int


def create(unit: Unit, asset: Asset, shapes: Sequence[NewShape] = (), *, facts: Facts | None = None) -> Annotation:
    """Annotate an asset, beside what is annotated already.

    Raises:
        Invalid: for a shape that is not sane, or of a kind that the dataset version does not hold.
        NotFound: for a label of another dataset version.
        Locked: when the version takes no writes.
    """
    require_unlocked(asset.version)
    easel = Easel.of(unit, asset.version)
    annotation = blank(asset, facts or Facts())
    annotation.shapes[:] = easel.draw(asset, shapes)
    return unit.add(annotation)


def blank(asset: Asset, facts: Facts) -> Annotation:
    """Return a new annotation without shapes, not yet kept."""
    return Annotation(
        organization_id=asset.organization_id,
        dataset_version_id=asset.dataset_version_id,
        asset_id=asset.id,
        **vars(facts),
    )


def add_shapes(unit: Unit, annotation: Annotation, shapes: Sequence[NewShape]) -> list[AnnotatedShape]:
    """Draw more shapes; raises as `create`."""
    require_unlocked(annotation.version)
    drawn = Easel.of(unit, annotation.version).draw(annotation.asset, shapes)
    annotation.shapes.extend(drawn)
    unit.session.flush()
    return drawn


def overwrite(unit: Unit, annotation: Annotation, shapes: Sequence[NewShape], *, duration: float) -> None:
    """Let an annotation hold these shapes and no others; raises as `create`."""
    require_unlocked(annotation.version)
    annotation.shapes[:] = Easel.of(unit, annotation.version).draw(annotation.asset, shapes)
    annotation.duration = duration
    unit.session.flush()


def update(annotation: Annotation, *, duration: float | None, status: AnnotationStatus | None) -> None:
    """Change what is given."""
    require_unlocked(annotation.version)
    if duration is not None:
        annotation.duration = duration
    if status is not None:
        annotation.status = status


def delete(unit: Unit, annotation: Annotation) -> None:
    """Remove an annotation with its shapes."""
    require_unlocked(annotation.version)
    unit.session.delete(annotation)


def of_asset(unit: Unit, asset: Asset) -> Sequence[Annotation]:
    """Return an asset's annotations, newest first."""
    rows = select(Annotation).where(Annotation.asset_id == asset.id).order_by(Annotation.id.desc())
    return unit.session.scalars(rows).all()


def newest(unit: Unit, asset: Asset) -> Annotation:
    """Return an asset's newest annotation, or raise NotFound."""
    rows = select(Annotation).where(Annotation.asset_id == asset.id).order_by(Annotation.id.desc())
    annotation = unit.session.scalar(rows.limit(1))
    if annotation is None:
        raise NotFound(f"The asset {asset.id} has no annotation.")
    return annotation


def list_page(
    unit: Unit, version: DatasetVersion, request: PageRequest, *, status: AnnotationStatus | None
) -> Page[Annotation]:
    """Return a page of a version's annotations."""
    return paged(unit, _of_version(version, status), Annotation, request)


def ids(
    unit: Unit, version: DatasetVersion, *, status: AnnotationStatus | None, asset_ids: Sequence[UUID] | None
) -> list[UUID]:
    """Return the ids of a version's annotations, newest first."""
    rows = _of_version(version, status).with_only_columns(Annotation.id).order_by(Annotation.id.desc())
    if asset_ids is None:
        return list(unit.session.scalars(rows))
    found = [item for chunk in chunked(asset_ids) for item in unit.session.scalars(_on(rows, chunk))]
    return sorted(set(found), reverse=True)


def load(unit: Unit, version: DatasetVersion, annotation_ids: Sequence[UUID]) -> list[Annotation]:
    """Return a version's annotations of these ids with their shapes, newest first; unknown ids are left out."""
    rows = _of_version(version, None).options(*_DRAWN)
    found = [
        annotation
        for chunk in chunked(list(dict.fromkeys(annotation_ids)))
        for annotation in unit.session.scalars(rows.where(Annotation.id.in_(chunk)))
    ]
    return sorted(found, key=lambda annotation: annotation.id, reverse=True)


def on_assets(unit: Unit, version: DatasetVersion, asset_ids: Sequence[UUID]) -> dict[UUID, list[Annotation]]:
    """Return the annotations, with their shapes, of a version's assets; newest first on each."""
    rows = _of_version(version, None).options(*_DRAWN).order_by(Annotation.id.desc())
    held: dict[UUID, list[Annotation]] = {asset_id: [] for asset_id in asset_ids}
    for chunk in chunked(asset_ids):
        for annotation in unit.session.scalars(_on(rows, chunk)):
            held[annotation.asset_id].append(annotation)
    return held


def newest_of_each(
    unit: Unit,
    version: DatasetVersion,
    *,
    status: AnnotationStatus | None = None,
    asset_ids: Sequence[UUID] | None = None,
) -> list[Annotation]:
    """Return the newest annotation (of that status) of each of a version's assets, with shapes, asset and data.

    Assets that nobody annotated are left out; the others come in the order in which they were added.
    """
    ranked = _of_version(version, status).with_only_columns(
        Annotation.id,
        func.row_number().over(partition_by=Annotation.asset_id, order_by=Annotation.id.desc()).label("age"),
    )
    chunks = [None] if asset_ids is None else chunked(list(dict.fromkeys(asset_ids)))
    found: list[Annotation] = []
    for chunk in chunks:
        aged = (ranked if chunk is None else _on(ranked, chunk)).subquery()
        rows = select(Annotation).where(Annotation.id.in_(select(aged.c.id).where(aged.c.age == 1)))
        found += unit.session.scalars(rows.options(*_DRAWN, joinedload(Annotation.asset).joinedload(Asset.data)))
    return sorted(found, key=lambda annotation: annotation.asset_id)


def delete_many(
    unit: Unit, version: DatasetVersion, *, asset_ids: Sequence[UUID] | None, annotation_ids: Sequence[UUID] | None
) -> None:
    """Remove a version's annotations on these assets (None: all), of these ids (None: any); others are left alone."""
    require_unlocked(version)
    rows = sql_delete(Annotation).where(Annotation.dataset_version_id == version.id)
    for assets in _chunks(asset_ids):
        for chosen in _chunks(annotation_ids):
            narrowed = rows if assets is None else rows.where(Annotation.asset_id.in_(assets))
            narrowed = narrowed if chosen is None else narrowed.where(Annotation.id.in_(chosen))
            unit.session.execute(narrowed)


def stats(unit: Unit, version: DatasetVersion) -> Stats:
    """Return how many shapes of each label, and how many annotations, a version holds."""
    drawn = select(Label.name, func.count()).join(AnnotatedShape, AnnotatedShape.label_id == Label.id)
    rows = drawn.where(Label.dataset_version_id == version.id).group_by(Label.id, Label.name).order_by(Label.id)
    counts = {row.name: int(row[1]) for row in unit.session.execute(rows)}
    held = select(func.count()).select_from(Annotation).where(Annotation.dataset_version_id == version.id)
    return Stats(counts, sum(counts.values()), unit.session.scalar(held) or 0)


def _of_version(version: DatasetVersion, status: AnnotationStatus | None) -> Select[Annotation]:
    rows: Select[Annotation] = select(Annotation).where(Annotation.dataset_version_id == version.id)
    return rows if status is None else rows.where(Annotation.status == status)


def _on(rows: S, asset_ids: Iterable[UUID]) -> S:
    return rows.where(Annotation.asset_id.in_(list(asset_ids)))


def _chunks(identifiers: Sequence[UUID] | None) -> Sequence[Sequence[UUID] | None]:
    return [None] if identifiers is None else chunked(identifiers)
