"""Plant a dataset: its versions with labels and images, in transactions small enough to be interrupted between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.platform.seed.ground import Ground, ensure
from reconciler.platform.seed.plant_truth import annotate
from reconciler.platform.seed.report import DatasetReport, VersionReport
from reconciler.platform.store import assets, datalakes, datasets, finding
from reconciler.platform.store.finding import Wanted
from reconciler.platform.store.paging import PageRequest
from reconciler.platform.store.tables.data import Data, StoredObject
from reconciler.platform.store.words import DataType, InferenceType, UploadStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from reconciler.platform.seed.samples import Collection, Sample, Shape
    from reconciler.platform.store.tables.data import Datalake
    from reconciler.platform.store.tables.datasets import DatasetVersion
    from reconciler.platform.store.unit import Unit

# How many images one transaction plants: a running server's other writers wait for no longer than that takes.
CHUNK: Final = 200
PNG: Final = "image/png"


def plant_dataset(ground: Ground, images: Collection, *, roles: Mapping[str, str]) -> tuple[DatasetReport, int]:
    """Make sure that a dataset, its versions and their images exist; return what there is and how much was created.

    `roles` describes versions by name. Images that a version holds beyond these, such as those a feedback loop
    added, are left alone.
    """
    with ground.store.write(ground.owner) as unit:
        _, made = ensure(
            lambda: datasets.find_by_name(unit, ground.organization_id, images.name),
            lambda: datasets.create(unit, ground.organization_id, images.name, description=images.description),
        )
    added = int(made)
    reports = []
    for name in images.versions:
        added += _ensure_version(ground, images, name, roles[name])
        reports.append(_ensure_images(ground, images, name))
    return DatasetReport(images.name, tuple(reports)), added + sum(report.added for report in reports)


def _ensure_version(ground: Ground, images: Collection, name: str, role: str) -> int:
    """Make sure that a version exists and knows the class names; return how much was created."""
    with ground.store.write(ground.owner) as unit:
        dataset = datasets.find_by_name(unit, ground.organization_id, images.name)
        kind = InferenceType(images.kind)
        version, made = ensure(
            lambda: datasets.find_version(unit, dataset, name),
            lambda: datasets.create_version(unit, dataset, name, type=kind, description=role),
        )
        known = {label.name for label in datasets.labels(unit, version)}
        datasets.ensure_labels(unit, version, images.labels)
        return int(made) + len(set(images.labels) - known)


def _ensure_images(ground: Ground, images: Collection, name: str) -> VersionReport:
    """Add the images that a version lacks, chunk by chunk; write nothing where it lacks none."""
    added = 0
    for chunk in _chunks(images.versions[name]):
        with ground.store.read(ground.owner) as unit:
            held = _held(unit, _version(unit, images, name), images, chunk)
        if len(held) < len(chunk):
            added += _add(ground, images, name, chunk)
    with ground.store.read(ground.owner) as unit:
        total = assets.count(unit, _version(unit, images, name).id)
    if added:
        ground.say(f"Dataset {images.name}/{name}: {added} images added, {total} in all.")
    return VersionReport(name, total, added)


def _add(ground: Ground, images: Collection, name: str, samples: Sequence[Sample]) -> int:
    """Add images to a version, each with what is true of it; return how many it lacked."""
    with ground.store.write(ground.owner) as unit:
        version = _version(unit, images, name)
        ids = _ensure_data(unit, images, samples)
        added = assets.add(unit, version, list(ids.values()))
        annotate(unit, version, {ids[_object_name(images, sample)]: sample for sample in samples})
        return added


def _version(unit: Unit, images: Collection, name: str) -> DatasetVersion:
    return datasets.find_version(unit, datasets.find_by_name(unit, unit.actor.organization_id, images.name), name)


def _chunks(samples: Sequence[Sample]) -> Iterator[Sequence[Sample]]:
    for start in range(0, len(samples), CHUNK):
        yield samples[start : start + CHUNK]


def _object_name(images: Collection, sample: Sample) -> str:
    """Return where an image is kept: the same in every run, so that a second run recognises it."""
    return f"seed/{images.name}/{sample.filename}"


def _wanted(images: Collection, samples: Sequence[Sample]) -> Wanted:
    return Wanted(object_names=[_object_name(images, sample) for sample in samples])


def _held(unit: Unit, version: DatasetVersion, images: Collection, samples: Sequence[Sample]) -> set[str]:
    page = finding.list_assets(unit, version, _wanted(images, samples), PageRequest())
    return {asset.data.object_name for asset in page.items}


def _ensure_data(unit: Unit, images: Collection, samples: Sequence[Sample]) -> dict[str, UUID]:
    """Register the images that the default datalake lacks; return the ids of all of them by object name."""
    lake = datalakes.default(unit, unit.actor.organization_id)
    known = finding.list_data(unit, lake, _wanted(images, samples), PageRequest())
    ids = {datum.object_name: datum.id for datum in known.items}
    fresh = [sample for sample in samples if _object_name(images, sample) not in ids]
    return ids | _register(unit, lake, images, fresh)


def _register(unit: Unit, lake: Datalake, images: Collection, samples: Sequence[Sample]) -> dict[str, UUID]:
    """Store many images at once.

    `data.register` asks five questions about each file that somebody uploads. These are generated: their names are
    new, their sizes known and their bytes at hand, so two rows each and one flush do, five times as fast.
    """
    objects = [_stored(unit, lake, _object_name(images, sample), sample) for sample in samples]
    data = [_data(lake, _object_name(images, sample), sample) for sample in samples]
    unit.session.add_all([*objects, *data])
    unit.session.flush()
    return {datum.object_name: datum.id for datum in data}


def _stored(unit: Unit, lake: Datalake, name: str, sample: Sample) -> StoredObject:
    blob = unit.blobs.write([sample.png])
    return StoredObject(
        connector_id=lake.connector_id,
        object_name=name,
        blob=blob.name,
        size=blob.size,
        etag=blob.etag,
        content_type=PNG,
    )


def _data(lake: Datalake, name: str, sample: Sample) -> Data:
    return Data(
        organization_id=lake.organization_id,
        datalake_id=lake.id,
        type=DataType.IMAGE,
        filename=sample.filename,
        object_name=name,
        content_type=PNG,
        upload_status=UploadStatus.DONE,
        width=sample.width,
        height=sample.height,
        custom_metadata=_truth(sample),
    )


def _truth(sample: Sample) -> dict[str, object]:
    """Return what is true of an image: its `label`, or its `objects` with boxes (top, left, bottom, right; pixels)."""
    if all(shape.box is None for shape in sample.shapes):
        return {"label": sample.label}
    return {"objects": [_object(shape) for shape in sample.shapes]}


def _object(shape: Shape) -> dict[str, object]:
    edges = shape.box
    return {"label": shape.label, "box": edges and [edges.top, edges.left, edges.bottom, edges.right]}
