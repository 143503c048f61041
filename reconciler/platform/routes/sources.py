"""Data sources (wire protocol 2.8)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import ByNameOrId, Paging, shaped
from reconciler.platform.shapes.tags import DataSourceShape, Named
from reconciler.platform.store import sources
from reconciler.platform.store.names import seek
from reconciler.platform.store.tables.data import DataSource

router = LateRouter(tags=["data sources"])


@router.post("/organization/{organization_id}/datasources", status_code=status.HTTP_201_CREATED)
def create_source(call: Writing, organization_id: UUID, body: Named) -> DataSourceShape:
    """Create a data source."""
    with call.write() as unit:
        return DataSourceShape.model_validate(sources.create(unit, organization_id, body.name))


@router.get("/organization/{organization_id}/datasources/find")
def find_source(call: Reading, organization_id: UUID, sought: ByNameOrId) -> DataSourceShape:
    """Find a data source by id or name."""
    with call.read() as unit:
        return DataSourceShape.model_validate(seek(unit, DataSource, organization_id, sought))


@router.get("/organization/{organization_id}/datasources")
def list_sources(call: Reading, organization_id: UUID, page: Paging) -> Items[DataSourceShape]:
    """List an organisation's data sources."""
    with call.read() as unit:
        return shaped(sources.list_page(unit, organization_id, page), DataSourceShape)


@router.get("/data/source/{source_id}")
def read_source(call: Reading, source_id: UUID) -> DataSourceShape:
    """Read a data source."""
    with call.read() as unit:
        return DataSourceShape.model_validate(unit.find(DataSource, source_id))


@router.patch("/data/source/{source_id}")
def rename_source(call: Writing, source_id: UUID, body: Named) -> DataSourceShape:
    """Rename a data source."""
    with call.write() as unit:
        row = unit.find(DataSource, source_id)
        sources.rename(unit, row, body.name)
        return DataSourceShape.model_validate(row)


@router.delete("/data/source/{source_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_source(call: Writing, source_id: UUID) -> None:
    """Delete a data source; its data stay, without one."""
    with call.write() as unit:
        sources.delete(unit, unit.find(DataSource, source_id))
