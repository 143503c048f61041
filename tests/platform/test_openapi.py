"""The three documents say what the services do: every answer of the contract tests is documented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import jsonschema
import pytest

if TYPE_CHECKING:
    from tests.platform.api import Api

pytestmark = pytest.mark.anyio


async def document(app: object) -> dict[str, object]:
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
        return dict((await client.get("/openapi.json")).json())


async def test_each_service_publishes_a_document_without_loose_ends(api: Api) -> None:
    for app, title in [
        (api.platform.control, "Control"),
        (api.platform.monitoring, "Monitoring"),
        (api.platform.serving, "Serving"),
    ]:
        found = await document(app)
        assert found["info"]["title"] == title  # type: ignore[index]
        schemas = found["components"]["schemas"]  # type: ignore[index]
        references = set(references_in(found))
        assert references <= {f"#/components/schemas/{name}" for name in schemas}
        for schema in schemas.values():
            jsonschema.Draft202012Validator.check_schema(schema)


def references_in(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in references_in(value)]
    if isinstance(node, list):
        return [found for value in node for found in references_in(value)]
    return []


async def test_every_operation_documents_its_errors_in_the_one_shape(api: Api) -> None:
    found = await document(api.platform.control)
    for path, operations in found["paths"].items():  # type: ignore[attr-defined]
        for method, operation in operations.items():
            for status in ("400", "401", "403", "404", "409", "422", "423"):
                content = operation["responses"][status]["content"]["application/json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Error"}, (method, path, status)
            assert operation["summary"], (method, path)


async def test_the_other_profile_documents_less(api: Api, sdk_only: Api) -> None:
    full, less = await document(api.platform.control), await document(sdk_only.platform.control)
    missing = operations_of(full) - operations_of(less)
    assert missing == {
        ("delete", "/api/deployment/{deployment_id}/shadow"),
        ("get", "/api/deployment/{deployment_id}/ct/datasets"),
        ("post", "/api/deployment/{deployment_id}/ct/launch"),
        ("get", "/api/deployment/{deployment_id}/alerts"),
        ("post", "/api/deployment/{deployment_id}/alerts"),
        ("patch", "/api/alert/{alert_id}"),
        ("delete", "/api/alert/{alert_id}"),
        ("get", "/api/deployment/{deployment_id}/models/history"),
        ("post", "/api/deployment/{deployment_id}/fl/submit"),
        ("post", "/api/deployment/{deployment_id}/promote"),
        ("put", "/api/deployment/{deployment_id}/management"),
    }
    assert operations_of(less) < operations_of(full)


def operations_of(found: dict[str, object]) -> set[tuple[str, str]]:
    paths = found["paths"]
    assert isinstance(paths, dict)
    return {(method, path) for path, operations in paths.items() for method in operations}


async def test_deployments_fit_their_documented_shape(api: Api) -> None:
    found = await document(api.platform.control)
    made = await api.deployment()
    detail = await api.detail(made)
    for name, value in [("ReportedDeployment", made), ("ReportedDetail", detail)]:
        schema = {"$ref": f"#/components/schemas/{name}", "components": found["components"]}
        jsonschema.Draft202012Validator(schema).validate(value)
