"""Exports of a dataset version's annotations: what goes into the file, and where the file lies."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from uuid import UUID

from reconciler.platform.store import annotations, datalakes, datasets, exported, label_groups, objects
from reconciler.platform.store.annotation_files import Collection, Drawn, Picture, Skeleton, written
from reconciler.platform.store.tables.annotations import Annotation
from reconciler.platform.store.tables.data import StoredObject
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import AnnotationFile, AnnotationStatus, ExportKey

_FORMS: Final = {
    AnnotationFile.COCO: ("coco.json", "application/json"),
    AnnotationFile.PASCAL_VOC: ("pascal-voc.zip", "application/zip"),
    AnnotationFile.YOLO: ("yolo.zip", "application/zip"),
}


@dataclass(frozen=True)
class Wish:
    """What to export: the newest annotation (of that status) of these assets (None: all), and how images are called."""

    type: AnnotationFile
    key: ExportKey = ExportKey.FILENAME
    asset_ids: Sequence[UUID] | None = None
    status: AnnotationStatus | None = None


def content(unit: Unit, version: DatasetVersion, wish: Wish) -> bytes:
    """Return the file of a version's annotations.

    Raises:
        Invalid: when the format has no form for what is to be exported.
    """
    return written(wish.type, collected(unit, version, wish))


def keep(unit: Unit, version: DatasetVersion, wish: Wish, file: bytes) -> StoredObject:
    """Store a file where the same wish always finds it, in place of an earlier one; it goes with the version."""
    leaf, content_type = _FORMS[wish.type]
    digest = hashlib.sha256(repr(wish).encode()).hexdigest()[:16]
    name = f"{exported.folder(version)}{digest}-{leaf}"
    return objects.put(unit, datalakes.home(unit, version.organization_id), name, file, content_type=content_type)


def collected(unit: Unit, version: DatasetVersion, wish: Wish) -> Collection:
    """Return what is to be exported: annotated images in the order they were added, labels oldest first."""
    found = annotations.newest_of_each(unit, version, status=wish.status, asset_ids=wish.asset_ids)
    labels = datasets.labels(unit, version)
    names = {label.id: label.name for label in labels}
    joints = {
        names[row.label_id]: Skeleton(row.vertices, label_groups.edges(row))
        for row in label_groups.skeletons(unit, version)
    }
    return Collection([_picture(item, wish.key) for item in found], list(names.values()), joints)


def _picture(annotation: Annotation, key: ExportKey) -> Picture:
    data = annotation.asset.data
    ending = PurePosixPath(data.filename).suffix
    names = {
        ExportKey.FILENAME: data.filename,
        ExportKey.OBJECT_NAME: data.object_name,
        ExportKey.ASSET_ID: f"{annotation.asset_id}{ending}",
        ExportKey.DATA_ID: f"{data.id}{ending}",
    }
    shapes = [
        Drawn(shape.kind, shape.label.name, shape.geometry, shape.text, shape.attributes) for shape in annotation.shapes
    ]
    return Picture(names[key], data.width, data.height, shapes, annotation.attributes)
