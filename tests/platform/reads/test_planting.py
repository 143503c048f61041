"""What benchmarks plant is what recording leaves: the same rows in every table, but for identifiers and clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from benchmarks import kinds, planting
from reconciler.platform.store.schema import METADATA

if TYPE_CHECKING:
    from reconciler.platform.app import Platform

COUNT = 200
END = 1_700_003_600.0
# What is drawn or told by the clock, and what names rows by that.
OWN = {
    *("id", "created_at", "oracle_prediction_id", "predicted_asset_id", "prediction_id", "data_id", "target_id"),
    *("deployment_id", "model_version_id", "object_name", "blob", "lot", "era", "revision"),
}
TABLES = (*planting._COLUMNS, "hourly_rollups", "statistics_revisions")


@pytest.fixture(scope="module")
def plots(platform: Platform) -> tuple[planting.Plot, planting.Plot]:
    planted, recorded = (planting.prepare(platform, name) for name in ("planted", "recorded"))
    planting.plant(platform, planted, COUNT, end=END)
    begin = (END // 3600 - planting.DAYS * 24) * 3600
    for number in range(COUNT):
        moment = begin + number * ((END - begin) / COUNT)
        planting.record(platform, recorded, number % kinds.KINDS, moment)
    return planted, recorded


@pytest.mark.parametrize("table", TABLES)
def test_planted_rows_are_recorded_rows(
    platform: Platform, plots: tuple[planting.Plot, planting.Plot], table: str
) -> None:
    planted, recorded = (rows(platform, table, plot) for plot in plots)
    assert len(planted) >= (1 if table == "statistics_revisions" else COUNT // 4)
    assert planted == recorded


def rows(platform: Platform, name: str, plot: planting.Plot) -> list[str]:
    """Return what the rows of a plot hold beside what is their own, in an order that they give."""
    table = METADATA.tables[name]
    with platform.store.read(platform.owner) as unit:
        found = unit.session.execute(select(table).where(*_of(name, plot))).mappings().all()
    kept = [{key: _plain(value) for key, value in row.items() if key not in OWN} for row in found]
    return sorted(str(row) for row in kept)


def _of(name: str, plot: planting.Plot) -> list[Any]:
    table, assets = METADATA.tables[name], METADATA.tables["predicted_assets"]
    ours = assets.c.deployment_id == plot.deployment.id
    kept = select(assets.c.data_id).where(ours)
    if "deployment_id" in table.c:
        return [table.c.deployment_id == plot.deployment.id]
    if name == "tag_links":
        return [table.c.target_id.in_(kept)]
    if name == "data":
        return [table.c.id.in_(kept)]
    if name == "stored_objects":
        return [table.c.object_name.startswith(f"data/{plot.deployment.id}/")]
    return [table.c.predicted_asset_id.in_(select(assets.c.id).where(ours))]


def _plain(value: object) -> object:
    if isinstance(value, float):
        # Scored together, images differ in the last digits from scored alone.
        return round(value, 9)
    return dict(sorted(value.items())) if isinstance(value, dict) else value
