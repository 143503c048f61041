"""Assets of dataset versions (wire protocol 2.3)."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import CursorItems
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.filters import AssetFilters, FilterBody, Rest, cursored
from reconciler.platform.routes.queries import CursorPaging, Whole
from reconciler.platform.shapes.base import IdsOrAll, chosen
from reconciler.platform.shapes.datasets import (
    AddedAssets,
    AssetCopy,
    AssetDetail,
    AssetShape,
    CopiedAssets,
    DatasetVersionShape,
    NewAssets,
)
from reconciler.platform.shapes.organizations import JobShape
from reconciler.platform.store import assets, finding, forks, jobs
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion

router = LateRouter(tags=["assets"])


@router.post("/dataset/version/{version_id}/assets", status_code=status.HTTP_201_CREATED)
def add_assets(call: Writing, version_id: UUID, body: NewAssets) -> AddedAssets:
    """Add data to a version; what it holds already stays once. The work is done when the answer comes."""
    with call.write() as unit:
        version = unit.find(DatasetVersion, version_id)
        assets.add(unit, version, body.data_ids, asset_tag_ids=body.asset_tag_ids)
        job = jobs.done(unit, version.organization_id, "add data")
        return AddedAssets(
            dataset_version=DatasetVersionShape.model_validate(version), job=JobShape.model_validate(job)
        )


@router.get("/dataset/version/{version_id}/assets")
def list_assets(call: Reading, version_id: UUID, filters: AssetFilters, page: CursorPaging) -> CursorItems[AssetShape]:
    """List a version's assets."""
    with call.read() as unit:
        found = finding.list_assets(unit, unit.find(DatasetVersion, version_id), filters, page)
        return cursored(found, AssetShape)


# OpenAPI has no word for the client's own verb XGET; the description of the document tells of it.
@router.api_route("/dataset/version/{version_id}/assets", methods=["XGET"], include_in_schema=False)
def list_given_assets(
    call: Reading, version_id: UUID, body: FilterBody, rest: Rest, page: Whole
) -> CursorItems[AssetShape]:
    """List the assets named in the body."""
    with call.read() as unit:
        version = unit.find(DatasetVersion, version_id)
        return cursored(finding.list_assets(unit, version, body.wanted(rest), page), AssetShape)


@router.delete("/dataset/version/{version_id}/assets", status_code=status.HTTP_204_NO_CONTENT)
def delete_assets(call: Writing, version_id: UUID, body: Annotated[IdsOrAll, Body()]) -> None:
    """Take assets out of a version; the data stay, unknown ids are left alone."""
    with call.write() as unit:
        assets.delete(unit, unit.find(DatasetVersion, version_id), chosen(body))


@router.post("/dataset/version/{version_id}/assets/copy", status_code=status.HTTP_201_CREATED)
def copy_assets(call: Writing, version_id: UUID, body: AssetCopy) -> CopiedAssets:
    """Copy assets into another version of the same dataset, which keeps what it has."""
    with call.write() as unit:
        version = unit.find(DatasetVersion, version_id)
        destination = unit.find(DatasetVersion, body.destination_id, within=version.organization_id)
        taking = forks.Taking(body.asset_ids, tags=body.with_tags, labels=False, annotations=body.with_annotations)
        forks.copy(unit, version, destination, taking)
        return CopiedAssets(job=JobShape.model_validate(jobs.done(unit, version.organization_id, "copy assets")))


@router.get("/dataset/version/{version_id}/assets/find")
def find_asset(call: Reading, version_id: UUID, filters: AssetFilters) -> AssetShape:
    """Find an asset by id, by its data, or by the data's names."""
    with call.read() as unit:
        version = unit.find(DatasetVersion, version_id)
        return AssetShape.model_validate(finding.find_asset(unit, version, filters))


@router.get("/asset/{asset_id}")
def read_asset(call: Reading, asset_id: UUID) -> AssetDetail:
    """Read an asset."""
    with call.read() as unit:
        return AssetDetail.model_validate(unit.find(Asset, asset_id))


@router.delete("/asset/{asset_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_asset(call: Writing, asset_id: UUID) -> None:
    """Take an asset out of its version; the data stays."""
    with call.write() as unit:
        asset = unit.find(Asset, asset_id)
        assets.delete(unit, asset.version, [asset.id])
