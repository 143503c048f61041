"""Organisations cannot see, name, use or change each other's objects: every route is probed."""

from __future__ import annotations

import httpx
import pytest

from tests.platform.api import Api, fresh, restricted, stranger
from tests.platform.probing import Belongings, belongings, probes
from tests.platform.services import monitoring, serving

pytestmark = pytest.mark.anyio


async def statuses(api: Api, owned: Belongings) -> dict[str, int]:
    """Send one valid request to every documented route and return the statuses."""
    document = (await api.client.get("/openapi.json")).json()
    return {route: await probe.send(api) for route, probe in probes(document, owned)}


async def test_every_route_hides_what_another_organization_owns(api: Api) -> None:
    owned = await belongings(api)
    found = await statuses(stranger(api.platform), owned)
    assert len(found) > 100
    leaks = {route: status for route, status in found.items() if status not in {403, 404}}
    assert leaks == {}


async def test_the_probe_itself_reaches_its_own_objects(api: Api) -> None:
    owned = await belongings(api)
    found = await statuses(restricted(api.platform), owned)
    reached = [route for route, status in found.items() if route.startswith("get") and status == 200]
    missed = {
        route: status for route, status in found.items() if route.startswith("get") and status not in {200, 400, 404}
    }
    assert len(reached) > 30
    assert missed == {}


async def test_references_to_anothers_objects_are_not_found(api: Api) -> None:
    theirs, mine = await belongings(stranger(api.platform)), await api.deployment()
    path = f"/deployment/{mine['id']}"
    version, release = theirs.bodies["dataset"], theirs.bodies["release"]
    lake = await api.ask("GET", api.home("datalake"))
    own_version, tag = await api.dataset_version(), await api.tag()
    await api.ask("POST", f"{path}/pipeline/fl/setup", {})
    training = {"project_id": theirs.paths["project_id"], "experiment_parameters": {"epochs": 1}}
    requests: list[tuple[str, str, object]] = [
        ("POST", api.home("deployments"), {"model_version_id": release}),
        ("PATCH", path, {"target_datalake_id": theirs.paths["datalake_id"]}),
        ("POST", f"{path}/model", {"model_version_id": release}),
        ("POST", f"{path}/shadow", {"model_version_id": release}),
        ("POST", f"{path}/fl/datasets", {"dataset_version_id": version}),
        ("POST", f"{path}/pipeline/td/setup", {"dataset_version_id": version}),
        ("POST", f"{path}/pipeline/ct", training),
        ("POST", f"/tag/{tag['id']}/attach", [theirs.paths["deployment_id"]]),
        ("POST", f"/dataset/version/{own_version['id']}/assets", {"data_ids": [theirs.paths["data_id"]]}),
        ("POST", f"/datalake/{lake['id']}/datas", data_with({"tags": [theirs.paths["tag_id"]]})),
        ("POST", f"/datalake/{lake['id']}/datas", data_with({"data_source_id": theirs.paths["source_id"]})),
    ]
    for method, place, body in requests:
        assert await api.status(method, place, body) == 404, (method, place)


def data_with(more: dict[str, object]) -> dict[str, object]:
    return {"type": "IMAGE", "filename": "a.png", "object_name": fresh("a"), "content_type": "image/png", **more}


async def test_nobody_logs_into_the_services_of_anothers_deployment(api: Api) -> None:
    made, other = await api.deployment(), stranger(api.platform)
    token = other.client.headers["Authorization"].removeprefix("Bearer ")
    for app, path in [(api.platform.monitoring, "/api/auth/login"), (api.platform.serving, "/api/login")]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service.test") as client:
            answer = await client.post(path, json={"api_token": token, "deployment_id": made["id"]})
            assert answer.status_code == 404


@pytest.mark.parametrize("name", ["monitoring", "serving"])
async def test_a_jwt_opens_no_route_of_another_deployment(api: Api, name: str) -> None:
    owned, other = await belongings(api), stranger(api.platform)
    theirs = await other.deployment()
    service = await {"monitoring": monitoring, "serving": serving}[name](other, theirs["id"])
    document = (await service.client.get("/openapi.json")).json()
    sent = [(route, probe) for route, probe in probes(document, owned) if not route.endswith("/login")]
    found = {route: await probe.send_with(service.client) for route, probe in sent}
    assert len(found) >= 3
    assert {route: status for route, status in found.items() if status not in {403, 404}} == {}


async def test_names_of_another_organization_are_free(api: Api) -> None:
    other = stranger(api.platform)
    for noun in ("models", "datasets", "projects", "datasources"):
        name = fresh(noun)
        made = [await view.ask("POST", view.home(noun), {"name": name}) for view in (api, other)]
        assert made[0]["id"] != made[1]["id"]
        listed = (await other.ask("GET", other.home(noun)))["items"]
        assert made[0]["id"] not in {item["id"] for item in listed}
