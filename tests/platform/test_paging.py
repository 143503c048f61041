"""Laws of lists: pages put together are the whole list, in order, without a double."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.store import assets, data, datalakes, datasets, finding, projects
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.paging import PageRequest
from tests.platform.api import Api, fresh

if TYPE_CHECKING:
    from reconciler.platform.store.paging import Page
    from reconciler.platform.store.tables.data import Data
    from reconciler.platform.store.tables.projects import Project
    from reconciler.platform.store.unit import Unit

pytestmark = pytest.mark.anyio

MANY = 23


@pytest.fixture(scope="module")
def stocked(api: Api) -> Api:
    """A platform with many projects and data."""
    platform = api.platform
    with platform.store.write(platform.owner) as unit:
        home = platform.owner.organization_id
        lake = datalakes.default(unit, home)
        for number in range(MANY):
            projects.create(unit, home, f"{number * 7 % MANY:03}-{fresh('project')}", description=f"{number % 3}")
            new = data.NewData(f"{number % 5}.png", f"o/{number}", "image/png", custom_metadata={"n": number % 4})
            data.register(unit, lake, new)
    return api


def projects_page(unit: Unit, api: Api, request: PageRequest) -> Page[Project]:
    return projects.list_page(unit, api.platform.owner.organization_id, request)


def data_page(unit: Unit, api: Api, request: PageRequest) -> Page[Data]:
    lake = datalakes.default(unit, api.platform.owner.organization_id)
    return finding.list_data(unit, lake, finding.Wanted(), request)


orders = st.lists(
    st.sampled_from(["name", "-name", "description", "-description", "created_at", "-created_at", "id", "-id"]),
    max_size=3,
)


@given(limit=st.integers(1, MANY + 3), order=orders)
async def test_pages_by_offset_make_the_whole_list(stocked: Api, limit: int, order: list[str]) -> None:
    with stocked.platform.store.read(stocked.platform.owner) as unit:
        whole = projects_page(unit, stocked, PageRequest(order_by=tuple(order)))
        pages = [
            projects_page(unit, stocked, PageRequest(limit, offset, tuple(order)))
            for offset in range(0, whole.count, limit)
        ]
        assert [row.id for page in pages for row in page.items] == [row.id for row in whole.items]
        assert {page.count for page in pages} == {whole.count} == {len(whole.items)}


@given(first=st.integers(1, MANY), limit=st.integers(1, MANY), offset=st.integers(0, MANY + 2))
async def test_pages_by_cursor_make_the_whole_list(stocked: Api, first: int, limit: int, offset: int) -> None:
    with stocked.platform.store.read(stocked.platform.owner) as unit:
        whole = [row.id for row in data_page(unit, stocked, PageRequest()).items]
        page = data_page(unit, stocked, PageRequest(first, offset))
        found = [row.id for row in page.items]
        while page.next_cursor is not None:
            page = data_page(unit, stocked, PageRequest(limit, cursor=page.next_cursor))
            assert page.items
            found += [row.id for row in page.items]
        assert found == whole[offset:]


@given(order=orders)
async def test_lists_are_ordered_by_every_named_field_in_turn(stocked: Api, order: list[str]) -> None:
    with stocked.platform.store.read(stocked.platform.owner) as unit:
        rows = list(projects_page(unit, stocked, PageRequest(order_by=tuple(order))).items)
        expected = sorted(rows, key=lambda row: row.id)
        for name in reversed(order):
            field = name.removeprefix("-")
            expected.sort(key=lambda row, field=field: getattr(row, field), reverse=name.startswith("-"))  # type: ignore[misc]
        assert [row.id for row in rows] == [row.id for row in expected]


async def test_a_cursor_is_not_disturbed_by_what_is_added_meanwhile(stocked: Api) -> None:
    dataset = await stocked.dataset()
    platform = stocked.platform
    with platform.store.write(platform.owner) as unit:
        lake = datalakes.default(unit, platform.owner.organization_id)
        everything = [row.id for row in finding.list_data(unit, lake, finding.Wanted(), PageRequest()).items]
        version = datasets.create_version(unit, unit.find(datasets.Dataset, datasets.UUID(dataset["id"])), "v")
        assets.add(unit, version, everything[:10])
        version_id = str(version.id)
    path = f"/dataset/version/{version_id}/assets"
    first = await stocked.ask("GET", path, limit=4)
    with platform.store.write(platform.owner) as unit:
        assets.add(unit, unit.find(datasets.DatasetVersion, datasets.UUID(version_id)), everything[10:12])
    rest = await stocked.ask("GET", path, cursor=first["next_cursor"])
    seen = [item["data"]["id"] for item in first["items"] + rest["items"]]
    assert seen == [str(identifier) for identifier in everything[:12]]
    assert (first["count"], rest["count"], rest["next_cursor"]) == (10, 12, None)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"limit": 0}, 422),
        ({"limit": -1}, 422),
        ({"offset": -1}, 422),
        ({"limit": 2**31}, 422),
        ({"offset": 2**63}, 422),
        ({"limit": "many"}, 422),
        ({"order_by": "organization"}, 400),
        ({"order_by": "metadata"}, 400),
        ({"order_by": "__class__"}, 400),
        ({"order_by": "-"}, 400),
        ({"limit": 10_000}, 200),
        ({"order_by": ["name", "-created_at"]}, 200),
    ],
)
async def test_a_page_that_makes_no_sense_is_refused(stocked: Api, query: dict[str, object], status: int) -> None:
    assert await stocked.status("GET", stocked.home("projects"), **query) == status


async def test_a_cursor_nobody_gave_out_is_refused(stocked: Api) -> None:
    lake = await stocked.ask("GET", stocked.home("datalake"))
    path = f"/datalake/{lake['id']}/datas"
    assert await stocked.status("GET", path, cursor="nonsense") == 400
    given = (await stocked.ask("GET", path, limit=1))["next_cursor"]
    assert await stocked.status("GET", path, cursor=given, order_by="filename") == 400


async def test_no_answer_holds_more_than_a_thousand(stocked: Api) -> None:
    platform = stocked.platform
    with platform.store.write(platform.owner) as unit:
        for number in range(1_001):
            unit.session.add(projects.Project(organization_id=platform.owner.organization_id, name=f"bulk-{number}"))
    page = await stocked.ask("GET", stocked.home("projects"), limit=10_000)
    assert len(page["items"]) == 1_000
    assert page["count"] > 1_000


async def test_a_query_cannot_be_ordered_by_a_property(stocked: Api) -> None:
    with (
        stocked.platform.store.read(stocked.platform.owner) as unit,
        pytest.raises(Invalid, match="cannot be ordered by 'meta'"),
    ):
        data_page(unit, stocked, PageRequest(order_by=("meta",)))
