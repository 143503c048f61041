"""Requests to every documented route: identifiers of what exists, bodies that the schemas accept."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.platform.api import Api, Reply, fresh
from tests.platform.data_in.owning import annotated, tried
from tests.platform.services import monitoring, png

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

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
    seen = await prediction(api, made["id"])
    lake = await api.ask("GET", api.home("datalake"))
    datum = await upload(api, lake)
    added = await api.ask("POST", f"/dataset/version/{version['id']}/assets", {"data_ids": [datum["id"]]})
    asset = (await api.ask("GET", f"/dataset/version/{version['id']}/assets"))["items"][0]
    label = await api.ask("POST", f"/dataset/version/{version['id']}/labels", {"name": "cat"})
    source = await api.ask("POST", api.home("datasources"), {"name": fresh("camera")})
    file = {"name": "f", "filename": "f", "object_name": "f", "large": False}
    stored = await api.ask("POST", f"/model/version/{release['id']}/modelfiles", file)
    rule = {"metric": "avg_latency", "operator": ">", "value": 100}
    alert = await api.ask("POST", f"/deployment/{made['id']}/alerts", rule)
    paths = {
        "alert_id": alert["id"],
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
        "predicted_asset_id": seen["predicted_asset_id"],
        "oracle_prediction_id": seen["id"],
        **await annotated(api, version, asset, label),
        **await tried(api, project, asset),
    }
    return Belongings(paths, {"release": release["id"], "dataset": version["id"]})


async def prediction(api: Api, deployment_id: str) -> Reply:
    """Tell the monitoring service of a prediction and return what it answers."""
    service = await monitoring(api, deployment_id)
    image = base64.b64encode(png()).decode()
    told = {"filename": "a.png", "content_type": "IMAGE/PNG", "height": 8, "width": 16, "latency": 0.25, "image": image}
    body = {**told, "raw_predictions": {"detection_classes": [0], "detection_scores": [0.5]}}
    return await service.ask("POST", f"/api/deployment/{deployment_id}/predictions", 201, json=body)


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
    if "examples" in schema:
        return schema["examples"][0]
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
        items = schema.get("prefixItems") or [schema["items"]] * max(1, schema.get("minItems", 1))
        return [example(item, document, owned) for item in items]
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


@dataclass(frozen=True)
class Probe:
    """One request to one documented route."""

    method: str
    path: str
    query: Mapping[str, object]
    body: object
    has_body: bool
    is_form: bool = False

    async def send(self, api: Api) -> int:
        """Send it to the control service and return the status."""
        return await self.send_with(api.client)

    async def send_with(self, client: httpx.AsyncClient) -> int:
        """Send it to any service and return the status."""
        content: dict[str, Any] = {"json": self.body} if self.has_body else {}
        if self.is_form:
            content = {"files": {"media": ("a.png", png())}}
        query: Any = {**self.query}
        response = await client.request(self.method, self.path, params=query, **content)
        return response.status_code


def probes(document: Mapping[str, Any], owned: Belongings) -> Iterator[tuple[str, Probe]]:
    """Yield one request for every documented route that belongs to an organisation, by the route's name."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if OPEN.search(path):
                continue
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            needed = [item for item in operation.get("parameters", []) if item["in"] == "query" and item["required"]]
            query = {item["name"]: example(item["schema"], document, owned) for item in needed}
            body = example(schema, document, owned) if schema else None
            probe = Probe(
                method, filled(path, owned), query, body, schema is not None, "multipart/form-data" in content
            )
            yield f"{method} {path}", probe
