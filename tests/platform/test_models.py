"""The two model slots of a deployment, and the history of both."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from tests.platform.api import Api, Reply

pytestmark = pytest.mark.anyio


async def history(api: Api, deployment: Reply, **query: object) -> list[tuple[str, str | None, str]]:
    items = (await api.ask("GET", f"/deployment/{deployment['id']}/models/history", **query))["items"]
    assert {item["actor"] for item in items} <= {"owner"}
    assert [item["at"] for item in items] == sorted((item["at"] for item in items), reverse=True)
    return [(item["role"], item["model_version_id"], item["cause"]) for item in items]


async def test_both_slots_take_versions_of_the_deployments_type(api: Api) -> None:
    made, champion, shadow = await api.deployment(), await api.model_version(), await api.model_version()
    await api.ask("POST", f"/deployment/{made['id']}/model", {"model_version_id": champion["id"]})
    await api.ask("POST", f"/deployment/{made['id']}/shadow", {"model_version_id": shadow["id"]})
    detail = await api.detail(made)
    assert (detail["model_version_id"], detail["shadow_model_version_id"]) == (champion["id"], shadow["id"])


@pytest.mark.parametrize("slot", ["model", "shadow"])
async def test_a_version_of_another_type_or_none_is_refused(api: Api, slot: str) -> None:
    made, other = await api.deployment(), await api.model_version("OBJECT_DETECTION")
    path = f"/deployment/{made['id']}/{slot}"
    assert await api.status("POST", path, {"model_version_id": other["id"]}) == 400
    assert await api.status("POST", path, {"model_version_id": str(uuid4())}) == 404
    assert await api.status("POST", path, {}) == 422
    assert await api.settings(made) == made["settings"]


async def test_promotion_makes_the_shadow_champion_and_empties_its_slot(api: Api) -> None:
    shadow = await api.model_version()
    made = await api.deployment(shadow_model_version_id=shadow["id"])
    promoted = await api.ask("POST", f"/deployment/{made['id']}/promote")
    assert promoted["settings"]["model_version_id"] == shadow["id"]
    assert promoted["settings"]["shadow_model_version_id"] is None
    assert await api.status("POST", f"/deployment/{made['id']}/promote") == 409


async def test_an_empty_shadow_slot_cannot_be_cleared(api: Api) -> None:
    shadow = await api.model_version()
    made = await api.deployment(shadow_model_version_id=shadow["id"])
    assert await api.status("DELETE", f"/deployment/{made['id']}/shadow") == 204
    assert await api.status("DELETE", f"/deployment/{made['id']}/shadow") == 404


async def test_the_history_tells_every_change_of_both_slots_newest_first(api: Api) -> None:
    first, second = await api.model_version(), await api.model_version()
    made = await api.deployment(shadow_model_version_id=first["id"])
    path, original = f"/deployment/{made['id']}", made["settings"]["model_version_id"]
    await api.ask("POST", f"{path}/model", {"model_version_id": original})
    await api.ask("POST", f"{path}/shadow", {"model_version_id": second["id"]})
    await api.ask("POST", f"{path}/promote")
    await api.ask("POST", f"{path}/shadow", {"model_version_id": first["id"]})
    await api.ask("DELETE", f"{path}/shadow")
    told = [
        ("SHADOW", None, "USER"),
        ("SHADOW", first["id"], "USER"),
        ("SHADOW", None, "PROMOTION"),
        ("CHAMPION", second["id"], "PROMOTION"),
        ("SHADOW", second["id"], "USER"),
        ("SHADOW", first["id"], "USER"),
        ("CHAMPION", original, "USER"),
    ]
    assert await history(api, made) == told
    assert await history(api, made, limit=2, offset=3) == told[3:5]


async def test_a_deployed_version_and_its_model_cannot_be_deleted(api: Api) -> None:
    champion, shadow = await api.model_version(), await api.model_version()
    made = await api.deployment(shadow_model_version_id=shadow["id"])
    await api.ask("POST", f"/deployment/{made['id']}/model", {"model_version_id": champion["id"]})
    for version in (champion, shadow):
        assert await api.status("DELETE", f"/model/version/{version['id']}") == 409
        assert await api.status("DELETE", f"/model/{version['origin']['id']}") == 409
    await api.ask("DELETE", f"/deployment/{made['id']}/shadow")
    assert await api.status("DELETE", f"/model/{shadow['origin']['id']}") == 204
