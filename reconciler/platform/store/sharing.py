"""Stored objects that several rows name: bytes go when the last row that names them is gone."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select

from reconciler.platform.store import objects
from reconciler.platform.store.tables.data import Data, Datalake
from reconciler.platform.store.tables.experiments import Artifact, Log, LoggingFile
from reconciler.platform.store.tables.models import ModelFile
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import LogType

_HOLDERS: Final = (ModelFile, Artifact, LoggingFile)


def release(unit: Unit, organization_id: UUID, object_names: Iterable[str]) -> None:
    """Remove the bytes of objects that no row of the organisation names any more; call after the rows are gone."""
    unit.session.flush()
    connector_id = unit.organization(organization_id).default_connector_id
    if connector_id is None:
        return
    for name in set(object_names):
        held = _holders(organization_id, connector_id, name)
        if all(unit.session.scalar(rows.limit(1)) is None for rows in held):
            objects.discard(unit, connector_id, name)


def _holders(organization_id: UUID, connector_id: UUID, name: str) -> list[Select[UUID]]:
    images = Log.data["object_name"].as_string() == name
    lakes = select(Datalake.id).where(Datalake.connector_id == connector_id)
    return [
        *(
            select(table.id).where(table.organization_id == organization_id, table.object_name == name)
            for table in _HOLDERS
        ),
        select(Log.id).where(Log.organization_id == organization_id, Log.type == LogType.IMAGE, images),
        select(Data.id).where(Data.datalake_id.in_(lakes), Data.object_name == name),
    ]
