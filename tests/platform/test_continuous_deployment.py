"""Continuous deployment of a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.platform.api import Api

pytestmark = pytest.mark.anyio


async def test_a_policy_is_set_without_being_switched_on(api: Api) -> None:
    made = await api.deployment()
    path = f"/deployment/{made['id']}/pipeline/cd"
    assert await api.status("PUT", path, {"active": False}) == 404
    await api.ask("POST", path, {"policy": "DEPLOY_CHAMPION"})
    assert (await api.settings(made))["continuous_deployment"] == {"active": False, "policy": "DEPLOY_CHAMPION"}


async def test_a_new_policy_leaves_the_switch_as_it_is(api: Api) -> None:
    made = await api.deployment()
    path = f"/deployment/{made['id']}/pipeline/cd"
    for active in (True, False):
        await api.ask("POST", path, {"policy": "DEPLOY_MANUAL"})
        await api.ask("PUT", path, {"active": active})
        await api.ask("POST", path, {"policy": "DEPLOY_SHADOW"})
        assert (await api.settings(made))["continuous_deployment"] == {"active": active, "policy": "DEPLOY_SHADOW"}


async def test_an_unknown_policy_is_refused(api: Api) -> None:
    made = await api.deployment()
    for body in ({"policy": "DEPLOY_BEST"}, {}, {"policy": "DEPLOY_MANUAL", "gate": 1}):
        assert await api.status("POST", f"/deployment/{made['id']}/pipeline/cd", body) == 422
    assert (await api.settings(made))["continuous_deployment"] is None
