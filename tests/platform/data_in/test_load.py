"""Many of everything: work grows with their number, never with its square; counted in queries, not seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.platform.store import annotations, assets, data, datalakes, datasets, finding, forks
from reconciler.platform.store.annotation_imports import Sheet, run
from reconciler.platform.store.faults import Conflict
from reconciler.platform.store.finding import Wanted
from reconciler.platform.store.geometry import NewShape
from reconciler.platform.store.paging import PageRequest
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.words import ImportMode, InferenceType, ShapeKind
from tests.platform.api import Api, fresh
from tests.platform.test_load import statements

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from reconciler.platform.store.unit import Unit

pytestmark = pytest.mark.anyio

MANY, FEW = 1_200, 300


def filled(api: Api, count: int) -> UUID:
    """Return a dataset version with so many images, each annotated with one class."""
    owner = api.platform.owner
    with api.platform.store.write(owner) as unit:
        lake = datalakes.default(unit, owner.organization_id)
        new = [data.NewData(f"{number}.png", fresh("o"), "image/png", width=9, height=9) for number in range(count)]
        made = data.register_many(unit, lake, new)
        dataset = datasets.create(unit, owner.organization_id, fresh("dataset"))
        version = datasets.create_version(unit, dataset, "v", type=InferenceType.CLASSIFICATION)
        label = datasets.create_label(unit, version, "cat")
        assets.add(unit, version, [datum.id for datum in made])
        held = assets.by_data(unit, version, [datum.id for datum in made])
        shape = NewShape(ShapeKind.CLASSIFICATION, label.id, {})
        sheets = [Sheet(asset_id, [shape], annotations.Facts()) for asset_id in held.values()]
        run(unit, version, sheets, ImportMode.REPLACE)
        return version.id


@pytest.fixture(scope="module")
def versions(api: Api) -> dict[int, UUID]:
    return {count: filled(api, count) for count in (FEW, MANY)}


def walked(unit: Unit, version: DatasetVersion) -> None:
    """Walk a version's assets by cursor, as clients do."""
    page = finding.list_assets(unit, version, Wanted(), PageRequest())
    while page.next_cursor is not None:
        page = finding.list_assets(unit, version, Wanted(), PageRequest(cursor=page.next_cursor))


def forked(unit: Unit, version: DatasetVersion) -> None:
    copy = datasets.create_version(unit, version.dataset, fresh("fork"), type=version.type)
    forks.fill(unit, version, copy, forks.Taking(None, tags=True, labels=True, annotations=True))


def loaded(unit: Unit, version: DatasetVersion) -> None:
    ids = annotations.ids(unit, version, status=None, asset_ids=None)
    annotations.load(unit, version, ids)


def newest(unit: Unit, version: DatasetVersion) -> None:
    annotations.newest_of_each(unit, version)


def emptied(unit: Unit, version: DatasetVersion) -> None:
    chosen = finding.list_assets(unit, version, Wanted(), PageRequest(limit=MANY)).items
    assets.delete(unit, version, [asset.id for asset in chosen])


@pytest.mark.parametrize("work", [walked, newest, loaded, forked, emptied])
async def test_four_times_as_many_take_four_times_as_many_queries_at_most(
    api: Api, versions: dict[int, UUID], work: Callable[[Unit, DatasetVersion], None]
) -> None:
    queries = {}
    for count, version_id in versions.items():
        with api.platform.store.write(api.platform.owner) as unit:
            version = unit.find(DatasetVersion, version_id)
            with statements(api) as seen:
                work(unit, version)
        queries[count] = len(seen)
    assert queries[MANY] <= queries[FEW] * (MANY // FEW)
    # Chunks are asked for, never single rows.
    assert queries[MANY] < MANY / 20


async def test_many_files_are_registered_whole_or_not_at_all(api: Api) -> None:
    owner = api.platform.owner
    new = [data.NewData(f"{number}.png", fresh("o"), "image/png") for number in range(3)]
    with api.platform.store.write(owner) as unit:
        lake = datalakes.default(unit, owner.organization_id)
        made = data.register_many(unit, lake, new)
        assert [datum.filename for datum in made] == ["0.png", "1.png", "2.png"]
        with pytest.raises(Conflict):
            data.register_many(unit, lake, [data.NewData("x", fresh("o"), "image/png"), new[1]])
        twice = data.NewData("x", fresh("o"), "image/png")
        with pytest.raises(Conflict):
            data.register_many(unit, lake, [twice, twice])
