"""Requests that nobody thought of: schemathesis makes them from a document, a service answers them in process."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
import requests
import schemathesis
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup

from tests.platform.api import Api, own
from tests.platform.harness import embedded
from tests.platform.probing import Belongings, belongings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from anyio.from_thread import BlockingPortal
    from schemathesis import APIOperation, Case

    from reconciler.platform.app import App
    from tests.platform.services import Service

URL: Final = "http://service.test"

# What removes things comes last, so that everything before meets things that are there.
ORDER: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class House:
    """A platform with one of everything, and the loop that it runs in."""

    portal: BlockingPortal
    api: Api
    owned: Belongings


@dataclass(frozen=True)
class Target:
    """One service of a platform."""

    house: House
    app: App
    token: str

    def document(self) -> dict[str, Any]:
        """Return what the service publishes about itself."""
        published = self.house.portal.call(self._ask, "GET", f"{URL}/openapi.json", {}, b"").json()
        return dict(_loosened(published))

    def answer(self, case: Case) -> httpx.Response:
        """Send a case, byte for byte as requests would."""
        told = case.as_transport_kwargs(base_url=URL)
        known = {name: told.get(name) for name in ("method", "url", "headers", "params", "cookies", "data", "files")}
        prepared = requests.Request(**known, json=told.get("json")).prepare()
        body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
        headers = {**prepared.headers, "Authorization": f"Bearer {self.token}"}
        response: httpx.Response = self.house.portal.call(
            self._ask, str(prepared.method), str(prepared.url), headers, body
        )
        return response

    async def _ask(self, method: str, url: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=URL) as client:
            return await client.request(method, url, headers=headers, content=body)


@contextmanager
def furnished() -> Iterator[House]:
    """Open a platform in a loop of its own and make one of everything."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(embedded()) as (client, platform):
        api = own(client, platform)
        yield House(portal, api, portal.call(belongings, api))


def control(house: House) -> Target:
    """Return the control service."""
    token = house.api.client.headers["Authorization"].removeprefix("Bearer ")
    return Target(house, house.api.platform.control, token)


def service(house: House, log_in: Callable[[Api, str], Awaitable[Service]], app: App) -> Target:
    """Return a service that one of the house's deployments has logged into."""
    opened = house.portal.call(log_in, house.api, house.owned.paths["deployment_id"])
    return Target(house, app, opened.client.headers["Authorization"].removeprefix("Bearer "))


def undocumented(target: Target, examples: int) -> dict[str, str]:
    """Return, by operation, what was answered though no document says so; every operation is tried."""
    found = schemathesis.openapi.from_dict(target.document())
    operations: list[APIOperation[Any, Any, Any]] = [result.ok() for result in found.get_all_operations()]
    operations.sort(key=lambda operation: ORDER.index(operation.method.upper()))
    return {operation.label: failure for operation in operations if (failure := _failure(target, operation, examples))}


def _loosened(node: Any) -> Any:
    """Return a document that demands less where schemathesis has its troubles.

    It stumbles over tuples, and works for seconds on patterns of long texts. What is allowed too much, the platform
    refuses as documented.
    """
    if isinstance(node, list):
        return [_loosened(each) for each in node]
    if not isinstance(node, dict):
        return node
    dropped = {"prefixItems", *(["pattern"] if "maxLength" in node else [])}
    kept = {name: _loosened(value) for name, value in node.items() if name not in dropped}
    tuples = {"items": {"anyOf": _loosened(node["prefixItems"])}} if "prefixItems" in node else {}
    return {**kept, **tuples}


def _failure(target: Target, operation: APIOperation[Any, Any, Any], examples: int) -> str | None:
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_cases(operation, _known(operation.path, target.house.owned)))
    def holds(case: Case) -> None:
        case.validate_response(target.answer(case), checks=_checks())

    try:
        holds()
    except (Failure, FailureGroup) as failure:
        return "\n".join(str(each) for each in getattr(failure, "exceptions", [failure]))
    return None


def _cases(operation: APIOperation[Any, Any, Any], known: dict[str, Any]) -> st.SearchStrategy[Case]:
    """Return requests that the document allows and some that it forbids, mostly about what is there."""
    return st.one_of(
        operation.as_strategy(path_parameters=known),
        operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=known),
        operation.as_strategy(),
    )


def _known(path: str, owned: Belongings) -> dict[str, Any]:
    version = owned.bodies["release" if path.startswith("/api/model/") else "dataset"]
    values = {**owned.paths, "version_id": version}
    return {name: values[name] for name in re.findall(r"\{(\w+)\}", path) if name in values}


def _checks() -> Sequence[Any]:
    from schemathesis import checks as common
    from schemathesis.specs.openapi import checks

    return [
        common.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]
