"""Organisations, their members, and who was given access to what."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from reconciler.platform.store import organizations
from reconciler.platform.store.faults import Conflict
from tests.platform.api import fresh, stranger

if TYPE_CHECKING:
    from tests.platform.api import Api

pytestmark = pytest.mark.anyio


def enrolled(api: Api, username: str) -> str:
    with api.platform.store.founding() as session:
        return str(organizations.enroll(session, UUID(api.organization_id), username).id)


async def test_an_organization_is_read_and_found_by_its_members(api: Api) -> None:
    found = await api.ask("GET", f"/organization/{api.organization_id}")
    lake = await api.ask("GET", api.home("datalake"))
    assert found == {"id": api.organization_id, "name": "default", "default_connector_id": lake["connector_id"]}
    assert await api.ask("GET", "/organizations/find", name="default") == {"id": api.organization_id}
    assert await api.status("GET", "/organizations/find", name="nobody") == 404
    assert await stranger(api.platform).status("GET", "/organizations/find", name="default") == 404


async def test_the_datalake_is_found_by_id_by_name_and_by_default(api: Api) -> None:
    lake = await api.ask("GET", api.home("datalake"))
    assert lake["name"] == "default"
    assert await api.ask("GET", api.home("datalake"), id=lake["id"]) == lake
    assert await api.ask("GET", api.home("datalake"), name="default") == lake
    assert await api.ask("GET", f"/datalake/{lake['id']}") == lake
    assert (await api.ask("GET", api.home("datalakes")))["items"] == [lake]
    assert await api.status("GET", api.home("datalake"), name="none") == 404


async def test_members_are_listed_and_looked_up(api: Api) -> None:
    name = fresh("member")
    member = {"id": enrolled(api, name), "username": name}
    assert enrolled(api, name) == member["id"]
    path = f"/access/organization/{api.organization_id}/users"
    assert member in (await api.ask("GET", path))["users"]
    assert await api.ask("GET", path, username=name) == {"users": [member]}
    assert await api.ask("GET", path, username="nobody") == {"users": []}


async def test_members_are_given_access(api: Api) -> None:
    made, dataset, name = await api.deployment(), await api.dataset(), fresh("member")
    member = {"id": enrolled(api, name), "username": name}
    owner = {"id": str(api.platform.owner.user_id), "username": "owner"}
    for path, first in [
        (f"/access/deployment/{made['id']}/users", [owner]),
        (f"/access/dataset/{dataset['id']}/users", []),
    ]:
        assert await api.ask("GET", path) == {"users": first}
        for role in ("viewer", None):
            assert await api.ask("POST", path, {"user_id": member["id"], "role": role}) == member
        assert await api.ask("GET", path) == {"users": [*first, member]}
        assert await api.status("POST", path, {"user_id": str(uuid4())}) == 404
        outsider = str(stranger(api.platform).organization_id)
        assert await api.status("POST", path, {"user_id": outsider}) == 404


async def test_organizations_are_named_once(api: Api) -> None:
    with pytest.raises(Conflict, match="already an organization"), api.platform.store.founding() as session:
        organizations.found(session, "default", "somebody")
