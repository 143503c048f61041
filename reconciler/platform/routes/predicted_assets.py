"""Predicted assets of deployments, their reviews and their submission (wire protocol 2.11, 6.3)."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Depends, status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import CursorItems
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.filters import AssetFilters, cursored
from reconciler.platform.routes.queries import CursorPaging
from reconciler.platform.shapes.base import IdsOrAll, chosen
from reconciler.platform.shapes.predicted_assets import (
    PredictedAssetDetail,
    PredictedAssetShape,
    ReviewBody,
    ReviewShape,
    Submit,
    Submitted,
    review_shape,
)
from reconciler.platform.store import predicted_assets, predictions, reviews, submissions
from reconciler.platform.store.predicted_assets import WantedAssets
from reconciler.platform.store.tables.deployments import Deployment

router = LateRouter(tags=["predictions"])
extra = LateRouter(tags=["predictions"])


async def _filters(filters: AssetFilters, oracle_prediction_id: UUID | None = None) -> WantedAssets:
    return WantedAssets(filters, oracle_prediction_id)


Filters = Annotated[WantedAssets, Depends(_filters)]


@router.get("/deployment/{deployment_id}/predictedassets")
def list_predicted_assets(
    call: Reading, deployment_id: UUID, filters: Filters, page: CursorPaging
) -> CursorItems[PredictedAssetShape]:
    """List what a deployment saw; images that the sample rate left out are not listed."""
    with call.read() as unit:
        found = predicted_assets.list_page(unit, unit.find(Deployment, deployment_id), filters, page)
        return cursored(found, PredictedAssetShape)


@router.get("/deployment/{deployment_id}/predictedassets/ids")
def list_predicted_asset_ids(call: Reading, deployment_id: UUID, filters: Filters) -> list[UUID]:
    """List the ids of what a deployment saw."""
    with call.read() as unit:
        return list(predicted_assets.ids(unit, unit.find(Deployment, deployment_id), filters))


@router.get("/deployment/{deployment_id}/predictedassets/find")
def find_predicted_asset(call: Reading, deployment_id: UUID, filters: Filters) -> PredictedAssetShape:
    """Find a predicted asset by id, by prediction id, by its data or by the data's names."""
    with call.read() as unit:
        row = predicted_assets.find(unit, unit.find(Deployment, deployment_id), filters)
        return PredictedAssetShape.model_validate(row)


@router.delete("/deployment/{deployment_id}/predictedassets", status_code=status.HTTP_204_NO_CONTENT)
def delete_predicted_assets(call: Writing, deployment_id: UUID, body: Annotated[IdsOrAll, Body()]) -> None:
    """Delete predicted assets with their predictions and reviews; data and assets stay, unknown ids are left alone."""
    with call.write() as unit:
        predicted_assets.delete(unit, unit.find(Deployment, deployment_id), chosen(body))


@router.get("/predicted/asset/{predicted_asset_id}")
def read_predicted_asset(call: Reading, predicted_asset_id: UUID) -> PredictedAssetDetail:
    """Read a predicted asset with its predictions and reviews."""
    with call.read() as unit:
        return PredictedAssetDetail.of(predicted_assets.visible(unit, predicted_asset_id))


@router.delete("/predicted/asset/{predicted_asset_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_predicted_asset(call: Writing, predicted_asset_id: UUID) -> None:
    """Delete a predicted asset with its predictions and reviews; its data stays."""
    with call.write() as unit:
        predictions.delete(unit, [predicted_assets.visible(unit, predicted_asset_id).id])


@router.post("/predicted/asset/{predicted_asset_id}/reviews", status_code=status.HTTP_201_CREATED)
def review_predicted_asset(call: Writing, predicted_asset_id: UUID, body: ReviewBody) -> ReviewShape:
    """Say what is on the image. The newest review counts; none is taken back, and none follows a submission (409)."""
    with call.write() as unit:
        row = predicted_assets.visible(unit, predicted_asset_id)
        return review_shape(reviews.add(unit, row, body.new()))


@extra.post("/deployment/{deployment_id}/fl/submit")
def submit_predicted_assets(call: Writing, deployment_id: UUID, body: Submit) -> Submitted:
    """Make annotated assets of reviewed predictions, in dataset versions of the loop (capability `submit`)."""
    with call.write() as unit:
        row = unit.find(Deployment, deployment_id)
        done = submissions.submit(unit, row, body.predicted_asset_ids, body.dataset_version_ids)
        return Submitted.model_validate(done)
