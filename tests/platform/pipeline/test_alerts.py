"""Alerts: what they watch, when they are triggered, since when."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from tests.platform.api import Api, Reply, own, restricted, stranger
from tests.platform.harness import embedded
from tests.platform.services import monitoring, png

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def api(anyio_backend: str) -> AsyncIterator[Api]:
    async with embedded() as (client, platform):
        yield own(client, platform)


async def alert(api: Api, made: Reply, metric: str, operator: str, value: float, **more: object) -> Reply:
    body = {"metric": metric, "operator": operator, "value": value, **more}
    return await api.ask("POST", f"/deployment/{made['id']}/alerts", body)


async def states(api: Api, made: Reply) -> list[str]:
    return [row["state"] for row in (await api.ask("GET", f"/deployment/{made['id']}/alerts"))["items"]]


async def test_alerts_compare_what_was_measured(api: Api) -> None:
    made = await api.deployment()
    await alert(api, made, "latency", ">", 150)
    await alert(api, made, "avg_latency", ">", 150)
    await alert(api, made, "avg_latency", "<=", 150)
    await alert(api, made, "distribution", ">=", 0.9)
    await alert(api, made, "is_drift", "=", 1)
    await alert(api, made, "latency", ">", 0, active=False)
    assert await states(api, made) == ["UNKNOWN"] * 6
    for level, latency in ((1, 0.1), (2, 0.2)):
        await monitor(api, made, level, latency)
    assert await states(api, made) == ["TRIGGERED", "QUIET", "TRIGGERED", "TRIGGERED", "UNKNOWN", "UNKNOWN"]


async def monitor(api: Api, made: Reply, level: int, latency: float) -> None:
    body = {
        "filename": "a.png",
        "content_type": "IMAGE/PNG",
        "height": 8,
        "width": 16,
        "image": base64.b64encode(png(level)).decode(),
        "raw_predictions": {"detection_classes": [0], "detection_scores": [0.9]},
        "latency": latency,
    }
    service = await monitoring(api, made["id"])
    await service.ask("POST", f"/api/deployment/{made['id']}/predictions", 201, json=body)
    await service.client.aclose()


async def test_a_state_lasts_since_it_began(api: Api) -> None:
    made = await api.deployment()
    await alert(api, made, "latency", ">", 150)
    await monitor(api, made, 1, 0.2)
    path = f"/deployment/{made['id']}/alerts"
    (first,) = (await api.ask("GET", path))["items"]
    (again,) = (await api.ask("GET", path))["items"]
    assert again == first
    changed = await api.ask("PATCH", f"/alert/{first['id']}", {"value": 250})
    assert (changed["state"], changed["operator"], changed["value"]) == ("UNKNOWN", ">", 250)
    assert changed["since"] > first["since"]
    assert await states(api, made) == ["QUIET"]
    await api.ask("DELETE", f"/alert/{first['id']}")
    assert await states(api, made) == []
    assert await api.status("PATCH", f"/alert/{first['id']}", {"value": 1}) == 404


@pytest.mark.parametrize(
    ("metric", "operator", "value"), [("is_drift", ">", 1), ("is_outlier", "=", 0.5), ("stats.ap_50_95", "<", 50)]
)
async def test_a_rule_that_could_never_be_meant_is_refused(api: Api, metric: str, operator: str, value: float) -> None:
    made = await api.deployment()
    body = {"metric": metric, "operator": operator, "value": value}
    assert await api.status("POST", f"/deployment/{made['id']}/alerts", body) == 400


async def test_alerts_are_for_their_organization_and_for_those_who_may_write(api: Api) -> None:
    made = await api.deployment()
    set_ = await alert(api, made, "latency", ">", 150)
    other, reader = stranger(api.platform), restricted(api.platform)
    assert await other.status("GET", f"/deployment/{made['id']}/alerts") == 404
    assert await other.status("DELETE", f"/alert/{set_['id']}") == 404
    assert await reader.status("GET", f"/deployment/{made['id']}/alerts") == 200
    assert await reader.status("DELETE", f"/alert/{set_['id']}") == 403


async def test_forcing_a_deployment_away_takes_its_alerts(api: Api) -> None:
    made = await api.deployment()
    set_ = await alert(api, made, "latency", ">", 150)
    assert await api.status("DELETE", f"/deployment/{made['id']}") == 204
    assert await api.status("PATCH", f"/alert/{set_['id']}", {"value": 1}) == 404
