"""Data of a datalake (wire protocol 2.4)."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Request, status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import CursorItems
from reconciler.platform.late import LateRouter
from reconciler.platform.links import Link, sign
from reconciler.platform.routes.filters import DataFilters, FilterBody, Rest, cursored
from reconciler.platform.routes.objects import origin
from reconciler.platform.routes.queries import CursorPaging, Whole
from reconciler.platform.shapes.base import IdsOrAll, chosen
from reconciler.platform.shapes.data import (
    CustomMetadata,
    DataDetail,
    DatalakeShape,
    DataShape,
    MetadataUpdate,
    NewDataBody,
    ObjectImport,
    PresignedUrl,
    StartedImport,
)
from reconciler.platform.shapes.organizations import JobShape
from reconciler.platform.store import data, finding, imports, jobs
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.data import Data, Datalake

router = LateRouter(tags=["data"])


@router.post("/datalake/{datalake_id}/datas", status_code=status.HTTP_201_CREATED)
def register_data(call: Writing, datalake_id: UUID, body: NewDataBody) -> DataShape:
    """Add an uploaded file to a datalake; PENDING until its bytes are there."""
    with call.write() as unit:
        return DataShape.model_validate(data.register(unit, unit.find(Datalake, datalake_id), body.new()))


@router.get("/datalake/{datalake_id}/datas")
def list_data(call: Reading, datalake_id: UUID, filters: DataFilters, page: CursorPaging) -> CursorItems[DataShape]:
    """List a datalake's data."""
    with call.read() as unit:
        found = finding.list_data(unit, unit.find(Datalake, datalake_id), filters, page)
        return cursored(found, DataShape)


# OpenAPI has no word for the client's own verb XGET; the description of the document tells of it.
@router.api_route("/datalake/{datalake_id}/datas", methods=["XGET"], include_in_schema=False)
def list_given_data(
    call: Reading, datalake_id: UUID, body: FilterBody, rest: Rest, page: Whole
) -> CursorItems[DataShape]:
    """List the data named in the body."""
    with call.read() as unit:
        found = finding.list_data(unit, unit.find(Datalake, datalake_id), body.wanted(rest), page)
        return cursored(found, DataShape)


@router.delete("/datalake/{datalake_id}/datas", status_code=status.HTTP_204_NO_CONTENT)
def delete_many_data(call: Writing, datalake_id: UUID, body: Annotated[IdsOrAll, Body()]) -> None:
    """Delete data, their bytes and the assets made of them; unknown ids are left alone."""
    with call.write() as unit:
        lake = unit.find(Datalake, datalake_id)
        data.delete(unit, data.chosen(unit, lake, chosen(body)))


@router.post("/datalake/{datalake_id}/objects", status_code=status.HTTP_201_CREATED)
def import_objects(call: Writing, datalake_id: UUID, body: ObjectImport) -> StartedImport:
    """Make data of images and videos that are in the storage already. The work is done when the answer comes."""
    with call.write() as unit:
        lake = unit.find(Datalake, datalake_id)
        if (body.prefixes is None) == (body.objects is None):
            raise Invalid("Give either prefixes or objects.")
        if body.prefixes is not None:
            imports.import_prefixes(unit, lake, body.prefixes, tag_ids=body.tag_ids, source_id=body.data_source_id)
        if body.objects is not None:
            wanted = {name: said.facts() for name, said in body.objects.items()}
            imports.import_objects(unit, lake, wanted)
        job = jobs.run(unit, lake.organization_id, "import")
        return StartedImport(datalake=DatalakeShape.model_validate(lake), job=JobShape.model_validate(job))


@router.get("/datalake/{datalake_id}/datas/find")
def find_data(call: Reading, datalake_id: UUID, filters: DataFilters) -> DataShape:
    """Find a data by id, file name or object name."""
    with call.read() as unit:
        return DataShape.model_validate(finding.find_data(unit, unit.find(Datalake, datalake_id), filters))


@router.get("/data/{data_id}")
def read_data(call: Reading, data_id: UUID) -> DataDetail:
    """Read a data."""
    with call.read() as unit:
        return DataDetail.model_validate(unit.find(Data, data_id))


@router.patch("/data/{data_id}")
def update_metadata(call: Writing, data_id: UUID, body: MetadataUpdate) -> DataDetail:
    """Replace a data's metadata."""
    with call.write() as unit:
        row = unit.find(Data, data_id)
        row.facts = body.metadata
        return DataDetail.model_validate(row)


@router.patch("/data/{data_id}/custom-metadata")
def update_custom_metadata(call: Writing, data_id: UUID, body: CustomMetadata) -> CustomMetadata:
    """Replace a data's custom metadata."""
    with call.write() as unit:
        unit.find(Data, data_id).custom_metadata = body.custom_metadata
        return body


@router.delete("/data/{data_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_data(call: Writing, data_id: UUID) -> None:
    """Delete a data, its bytes and the assets made of it."""
    with call.write() as unit:
        data.delete(unit, [unit.find(Data, data_id)])


@router.get("/data/{data_id}/presigned-url")
def sign_data(call: Reading, request: Request, data_id: UUID) -> PresignedUrl:
    """Sign the download of a data."""
    with call.read() as unit:
        row = unit.find(Data, data_id)
        link = Link("get", row.datalake.connector_id, row.object_name)
    return PresignedUrl(presigned_url=sign(call.context, origin(call, request), link))
