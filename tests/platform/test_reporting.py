"""The two profiles: what ping announces, and what a platform that reports as little as the service leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from tests.platform.api import Api

pytestmark = pytest.mark.anyio

EXTRAS = [
    ("DELETE", "/shadow"),
    ("GET", "/ct/datasets"),
    ("GET", "/models/history"),
    ("POST", "/promote"),
    ("PUT", "/management"),
]


async def test_the_full_profile_announces_exactly_what_is_there(api: Api) -> None:
    ping = await api.ask("GET", "/home/ping")
    assert ping == {
        "sdk_version": "6.37.0",
        "username": "owner",
        "default_organization": api.organization_id,
        "capabilities": [
            "settings",
            "clear-shadow",
            "ct-datasets",
            "model-history",
            "promote",
            "management",
            "launch-training",
            "alerts",
            "submit",
            "compute-stats",
        ],
    }
    made = await api.deployment()
    for method, tail in EXTRAS:
        assert await api.status(method, f"/deployment/{made['id']}{tail}") != 405


async def test_the_other_profile_announces_nothing(sdk_only: Api) -> None:
    assert set(await sdk_only.ask("GET", "/home/ping")) == {"sdk_version", "username", "default_organization"}


async def test_the_other_profile_leaves_settings_out_of_every_answer(sdk_only: Api) -> None:
    made = await sdk_only.deployment(min_threshold=0.5)
    path = f"/deployment/{made['id']}"
    version = {"model_version_id": (await sdk_only.detail(made))["model_version_id"]}
    plain = {"id", "name", "type", "oracle_host", "serving_host", "review_campaign_id"}
    answers = [
        made,
        await sdk_only.ask("GET", sdk_only.home("deployments/find"), name=made["name"]),
        (await sdk_only.ask("GET", sdk_only.home("deployments")))["items"][0],
        await sdk_only.ask("PATCH", path, {"sample_rate": 0.5}),
        await sdk_only.ask("POST", f"{path}/model", version),
        await sdk_only.ask("POST", f"{path}/shadow", version),
    ]
    assert [set(answer) for answer in answers] == [plain] * len(answers)
    assert set(await sdk_only.detail(made)) == plain | {"model_version_id", "shadow_model_version_id", "tags"}


async def test_the_other_profile_does_not_serve_what_it_does_not_announce(sdk_only: Api) -> None:
    made = await sdk_only.deployment()
    for method, tail in EXTRAS:
        assert await sdk_only.status(method, f"/deployment/{made['id']}{tail}") in {404, 405}


async def test_older_clients_reach_every_route_under_their_own_prefix(api: Api) -> None:
    made = await api.deployment()
    for path in (f"/deployment/{made['id']}", api.home("deployments"), "/home/ping", api.home("datalake")):
        today, older = await api.client.get(f"/api{path}"), await api.client.get(f"/sdk{path}")
        assert (older.status_code, older.json()) == (200, today.json())


# A fixed id: parallel workers have to collect the same cases.
NOT_SERVED = ("/api", "/api/", "/sdk", "/api/nothing", f"/api/nothing/{UUID(int=7)}", "/storage", "/api/docs")


@pytest.mark.parametrize("path", NOT_SERVED)
async def test_whatever_is_not_served_is_a_clean_error(api: Api, path: str) -> None:
    response = await api.client.get(path)
    assert response.status_code == 404
    assert set(response.json()) == {"message", "detail"}
    assert path in response.json()["message"]


async def test_a_method_that_a_path_does_not_have_is_a_clean_error(api: Api) -> None:
    response = await api.client.put("/api/home/ping")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET"
    assert set(response.json()) == {"message", "detail"}
