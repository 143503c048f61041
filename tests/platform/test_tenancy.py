"""Organisations cannot see, name, use or change each other's objects: every route is probed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.platform.api import Api, Reply, fresh, restricted, stranger

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.anyio

# What belongs to nobody: who you are, which organisations are yours, what somebody made public, signed URLs.
OPEN = re.compile(r"^/api/(home/ping|organizations/find|models|models/find)$|^/storage/")


@dataclass(frozen=True)
class Belongings:
    """One of everything, by the name that paths give its identifier."""

    paths: Mapping[str, str]
    bodies: Mapping[str, object]


async def belongings(api: Api) -> Belongings:
    """Make one of everything in an organisation, all wired together."""
    release, version, tag = await api.model_version(), await api.dataset_version(), await api.tag()
    made, project = await api.deployment(), await api.project()
    lake = await api.ask("GET", api.home("datalake"))
    datum = await upload(api, lake)
    added = await api.ask("POST", f"/dataset/version/{version['id']}/assets", {"data_ids": [datum["id"]]})
    asset = (await api.ask("GET", f"/dataset/version/{version['id']}/assets"))["items"][0]
    label = await api.ask("POST", f"/dataset/version/{version['id']}/labels", {"name": "cat"})
    source = await api.ask("POST", api.home("datasources"), {"name": fresh("camera")})
    file = {"name": "f", "filename": "f", "object_name": "f", "large": False}
    stored = await api.ask("POST", f"/model/version/{release['id']}/modelfiles", file)
    paths = {
        "organization_id": api.organization_id,
        "connector_id": lake["connector_id"],
        "datalake_id": lake["id"],
        "data_id": datum["id"],
        "source_id": source["id"],
        "dataset_id": version["origin_id"],
        "asset_id": asset["id"],
        "label_id": label["id"],
        "model_id": release["origin"]["id"],
        "file_id": stored["id"],
        "tag_id": tag["id"],
        "project_id": project["id"],
        "deployment_id": made["id"],
        "job_id": added["job"]["id"],
    }
    return Belongings(paths, {"release": release["id"], "dataset": version["id"]})


async def upload(api: Api, lake: Reply) -> Reply:
    """Register a data whose bytes are still to come."""
    body = {"type": "IMAGE", "filename": "a.png", "object_name": fresh("a"), "content_type": "image/png"}
    return await api.ask("POST", f"/datalake/{lake['id']}/datas", body)


def filled(path: str, owned: Belongings) -> str:
    """Return a documented path with the identifiers of what is owned."""
    version = owned.bodies["release" if path.startswith("/api/model/") else "dataset"]
    return re.sub(r"\{(\w+)\}", lambda match: {**owned.paths, "version_id": str(version)}[match[1]], path)


def example(schema: Mapping[str, Any], document: Mapping[str, Any], owned: Belongings) -> object:
    """Return a value that a schema accepts, naming what is owned wherever an identifier is asked for."""
    if "$ref" in schema:
        return example(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], document, owned)
    if "anyOf" in schema:
        return example(schema["anyOf"][0], document, owned)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("format") == "uuid":
        return owned.paths["data_id"]
    kind = schema.get("type")
    if kind == "object":
        required = schema.get("required", [])
        given = {name: example(schema["properties"][name], document, owned) for name in required}
        return named(given, owned) if "properties" in schema else {"x": 1}
    if kind == "array":
        return [example(schema["items"], document, owned)]
    return {"string": "x", "integer": 1, "number": 0.5, "boolean": True}[str(kind)]


def named(body: dict[str, object], owned: Belongings) -> dict[str, object]:
    """Return a body whose references name what is owned."""
    references = {
        "project_id": owned.paths["project_id"],
        "dataset_version_id": owned.bodies["dataset"],
        "parent_id": owned.bodies["dataset"],
        "model_version_id": owned.bodies["release"],
    }
    return {**body, **{key: value for key, value in references.items() if key in body}}


async def probe(api: Api, owned: Belongings) -> dict[str, int]:
    """Send one valid request to every documented route and return the statuses."""
    document = (await api.client.get("/openapi.json")).json()
    statuses = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if OPEN.search(path):
                continue
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            needed = [item for item in operation.get("parameters", []) if item["in"] == "query" and item["required"]]
            query = {item["name"]: example(item["schema"], document, owned) for item in needed}
            content = {"json": example(body, document, owned)} if body else {}
            response = await api.client.request(method, filled(path, owned), params=query, **content)  # type: ignore[arg-type]
            statuses[f"{method} {path}"] = response.status_code
    return statuses


async def test_every_route_hides_what_another_organization_owns(api: Api) -> None:
    owned = await belongings(api)
    statuses = await probe(stranger(api.platform), owned)
    assert len(statuses) > 100
    leaks = {route: status for route, status in statuses.items() if status not in {403, 404}}
    assert leaks == {}


async def test_the_probe_itself_reaches_its_own_objects(api: Api) -> None:
    owned = await belongings(api)
    statuses = await probe(restricted(api.platform), owned)
    reached = [route for route, status in statuses.items() if route.startswith("get") and status == 200]
    missed = {
        route: status for route, status in statuses.items() if route.startswith("get") and status not in {200, 400, 404}
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


async def test_names_of_another_organization_are_free(api: Api) -> None:
    other = stranger(api.platform)
    for noun in ("models", "datasets", "projects", "datasources"):
        name = fresh(noun)
        made = [await view.ask("POST", view.home(noun), {"name": name}) for view in (api, other)]
        assert made[0]["id"] != made[1]["id"]
        listed = (await other.ask("GET", other.home(noun)))["items"]
        assert made[0]["id"] not in {item["id"] for item in listed}
