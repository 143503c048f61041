"""Read what a platform holds, by names only: two platforms that were seeded alike compare equal."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.platform.app import Platform, open_platform
from reconciler.platform.seed.samples import Collection
from reconciler.platform.store import datalakes, datasets, finding, material, models, objects, projects, tags
from reconciler.platform.store.finding import Wanted
from reconciler.platform.store.paging import PageRequest
from reconciler.platform.store.schema import METADATA
from reconciler.platform.store.tables.data import Data
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import TagTarget
from tests.platform.stores import settings_of

Rows = dict[str, list[tuple[object, ...]]]


@contextmanager
def opened(folder: Path) -> Iterator[Platform]:
    platform = open_platform(settings_of(folder))
    try:
        yield platform
    finally:
        platform.close()


def every_row(platform: Platform) -> Rows:
    """Return all rows of all tables, ids and times included: equal only if nothing at all was written between."""
    with platform.store.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in METADATA.sorted_tables
        }


def every_blob(folder: Path) -> dict[str, bytes]:
    """Return the objects on disk by file name."""
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("objects/??/*"))}


def summary(platform: Platform, images: Collection) -> dict[str, object]:
    """Return what a seed is about, without ids and times."""
    with platform.store.read(platform.owner) as unit:
        home = platform.owner.organization_id
        scope = tags.Scope.organization(home, TagTarget.DEPLOYMENT)
        project = projects.find_by_name(unit, home, images.name)
        return {
            "tags": sorted(tag.name for tag in tags.list_page(unit, scope, PageRequest()).items),
            "attached": sorted(version.version for version in projects.attached(unit, project)),
            "versions": {name: _version(unit, images, name) for name in images.versions},
            "models": _models(unit, images.name),
        }


def _version(unit: Unit, images: Collection, name: str) -> dict[str, object]:
    dataset = datasets.find_by_name(unit, unit.actor.organization_id, images.name)
    version = datasets.find_version(unit, dataset, name)
    page = finding.list_assets(unit, version, Wanted(), PageRequest())
    return {
        "type": version.type,
        "description": version.description,
        "labels": [label.name for label in datasets.labels(unit, version)],
        "images": sorted((asset.data.filename, _digest(unit, asset.data)) for asset in page.items),
        "truth": truth(unit, version),
    }


def truth(unit: Unit, version: DatasetVersion) -> dict[str, list[material.Mark]]:
    """Return what a version's images are annotated with, as trainers read it, by file name."""
    return {picture.filename: list(picture.marks) for picture in material.pictures(unit, version)}


def _digest(unit: Unit, datum: Data) -> str:
    connector = datalakes.default(unit, unit.actor.organization_id).connector_id
    return hashlib.sha256(objects.content(unit, connector, datum.object_name)).hexdigest()


def _models(unit: Unit, name: str) -> list[tuple[object, ...]]:
    model = models.find_by_name(unit, unit.actor.organization_id, name)
    return [
        (version.version, version.name, version.description, version.labels, version.parameters)
        for version in models.list_versions(unit, model, PageRequest()).items
    ]
