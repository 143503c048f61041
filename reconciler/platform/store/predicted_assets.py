"""Predicted assets as people work on them: found, listed, told with their predictions, removed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, select
from sqlalchemy.orm import joinedload

from reconciler.platform.store import predictions
from reconciler.platform.store.faults import Invalid, NotFound
from reconciler.platform.store.finding import Wanted, about_data, data_fields, tagged
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.query_language import Field, Value, parse
from reconciler.platform.store.tables.data import Data
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.unit import Unit


@dataclass(frozen=True)
class WantedAssets:
    """Which predicted assets are wanted: by what is wanted of their data, and by their prediction id."""

    data: Wanted = field(default_factory=Wanted)
    oracle_prediction_id: UUID | None = None


def list_page(unit: Unit, deployment: Deployment, wanted: WantedAssets, request: PageRequest) -> Page[PredictedAsset]:
    """Return a page of a deployment's predicted assets; those whose image was not kept are left out."""
    rows = _wanted(deployment, wanted).options(joinedload(PredictedAsset.data))
    return paged(unit, rows, PredictedAsset, request)


def ids(unit: Unit, deployment: Deployment, wanted: WantedAssets) -> Sequence[UUID]:
    """Return the ids of a deployment's predicted assets, oldest first."""
    rows = _wanted(deployment, wanted).with_only_columns(PredictedAsset.id).order_by(PredictedAsset.id)
    return unit.session.scalars(rows).all()


def find(unit: Unit, deployment: Deployment, wanted: WantedAssets) -> PredictedAsset:
    """Return the oldest of a deployment's predicted assets that is wanted.

    Raises:
        Invalid: when nothing says which.
        NotFound: when there is none.
    """
    plain = Wanted(statuses=wanted.data.statuses, types=wanted.data.types)
    if wanted == WantedAssets(plain):
        raise Invalid("Give an id, a prediction id, a data, a file name or an object name to find by.")
    page = list_page(unit, deployment, wanted, PageRequest(limit=1))
    if not page.items:
        raise NotFound("There is no such predicted asset.")
    return page.items[0]


def visible(unit: Unit, asset_id: UUID) -> PredictedAsset:
    """Return a predicted asset whose image was kept, or raise NotFound."""
    asset = unit.find(PredictedAsset, asset_id)
    if asset.data_id is None:
        raise NotFound(f"There is no {PredictedAsset.noun} {asset_id}.")
    return asset


def delete(unit: Unit, deployment: Deployment, asset_ids: Sequence[UUID] | None) -> None:
    """Remove a deployment's predicted assets of these ids (None: all that are listed); unknown ids are left alone."""
    wanted = ids(unit, deployment, WantedAssets(Wanted(ids=asset_ids)))
    predictions.delete(unit, wanted)


def _wanted(deployment: Deployment, wanted: WantedAssets) -> Select[PredictedAsset]:
    conditions: list[ColumnElement[bool]] = [PredictedAsset.deployment_id == deployment.id, *about_data(wanted.data)]
    if wanted.data.ids is not None:
        conditions.append(PredictedAsset.id.in_(wanted.data.ids))
    if wanted.oracle_prediction_id is not None:
        conditions.append(PredictedAsset.oracle_prediction_id == wanted.oracle_prediction_id)
    if wanted.data.query is not None:
        conditions.append(parse(wanted.data.query, _fields()))
    return select(PredictedAsset).join(Data, Data.id == PredictedAsset.data_id).where(*conditions)


def _fields() -> dict[str, Field]:
    return {"tags.name": Field(tagged(PredictedAsset.id)), "state": Field(_in_state), **data_fields("data.")}


def _in_state(values: list[Value]) -> ColumnElement[bool]:
    return cast(PredictedAsset.state, String).in_(values)
