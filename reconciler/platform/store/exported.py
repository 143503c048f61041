"""Where exported files of a dataset version lie, and how they go with it."""

from sqlalchemy import select

from reconciler.platform.store import datalakes, objects
from reconciler.platform.store.tables.data import StoredObject
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.unit import Unit


def folder(version: DatasetVersion) -> str:
    """Return how the names of a version's exported files begin."""
    return f"annotations/{version.id}/"


def discard(unit: Unit, version: DatasetVersion) -> None:
    """Remove all files that were exported of a version."""
    connector_id = datalakes.home(unit, version.organization_id)
    begins = StoredObject.object_name.startswith(folder(version), autoescape=True)
    rows = select(StoredObject.object_name).where(StoredObject.connector_id == connector_id, begins)
    for name in unit.session.scalars(rows).all():
        objects.discard(unit, connector_id, name)
