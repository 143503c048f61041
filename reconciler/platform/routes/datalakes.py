"""Datalakes and the tags of their data (wire protocol 2.4)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import ByNameOrId, Name, Paging, listed, shaped
from reconciler.platform.shapes.data import DatalakeShape
from reconciler.platform.shapes.tags import Named, TagShape
from reconciler.platform.store import datalakes, tags
from reconciler.platform.store.names import Sought, seek
from reconciler.platform.store.tables.data import Datalake

router = LateRouter(tags=["datalakes"])


@router.get("/organization/{organization_id}/datalake")
def find_datalake(call: Reading, organization_id: UUID, sought: ByNameOrId) -> DatalakeShape:
    """Find a datalake by id or name; the default one where neither is given."""
    with call.read() as unit:
        if sought == Sought():
            return DatalakeShape.model_validate(datalakes.default(unit, organization_id))
        return DatalakeShape.model_validate(seek(unit, Datalake, organization_id, sought))


@router.get("/organization/{organization_id}/datalakes")
def list_datalakes(call: Reading, organization_id: UUID) -> Items[DatalakeShape]:
    """List an organisation's datalakes."""
    with call.read() as unit:
        return listed(datalakes.list_all(unit, organization_id), DatalakeShape)


@router.get("/datalake/{datalake_id}")
def read_datalake(call: Reading, datalake_id: UUID) -> DatalakeShape:
    """Read a datalake."""
    with call.read() as unit:
        return DatalakeShape.model_validate(unit.find(Datalake, datalake_id))


@router.get("/datalake/{datalake_id}/tags")
def list_data_tags(call: Reading, datalake_id: UUID, page: Paging) -> Items[TagShape]:
    """List the tags that a datalake's data may carry."""
    with call.read() as unit:
        scope = tags.Scope.datalake(unit.find(Datalake, datalake_id))
        return shaped(tags.list_page(unit, scope, page), TagShape)


@router.post("/datalake/{datalake_id}/tags", status_code=status.HTTP_201_CREATED)
def create_data_tag(call: Writing, datalake_id: UUID, body: Named) -> TagShape:
    """Create a tag for a datalake's data."""
    with call.write() as unit:
        scope = tags.Scope.datalake(unit.find(Datalake, datalake_id))
        return TagShape.model_validate(tags.create(unit, scope, body.name))


@router.get("/datalake/{datalake_id}/tags/find")
def find_data_tag(call: Reading, datalake_id: UUID, name: Name) -> TagShape:
    """Find a tag of a datalake's data by name."""
    with call.read() as unit:
        scope = tags.Scope.datalake(unit.find(Datalake, datalake_id))
        return TagShape.model_validate(tags.find_by_name(unit, scope, name))
