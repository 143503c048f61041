"""Tokens, scopes, the organisation header, and the logins of the other two services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import jwt
import pytest

from reconciler.platform.store import organizations
from reconciler.platform.store.recognition import FRESH_FOR, Recognition
from reconciler.platform.store.tables.organizations import Token
from tests.platform.api import Api, Reply, fresh, restricted, stranger
from tests.platform.harness import client_of

if TYPE_CHECKING:
    from reconciler.platform.app import App

pytestmark = pytest.mark.anyio

LOGINS = [("monitoring", "/api/auth/login"), ("serving", "/api/login")]


def app_of(api: Api, service: str) -> App:
    return api.platform.monitoring if service == "monitoring" else api.platform.serving


async def send(app: App, method: str, path: str, *, body: bytes = b"", token: str | None = None) -> httpx.Response:
    """Send a request as the SDK does: JSON bytes, and no content type."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service.test") as client:
        return await client.request(method, path, content=body, headers=headers)


def credentials(api: Api, deployment_id: str, *, token: str | None = None) -> bytes:
    return f'{{"api_token":"{token or api.platform.token}","deployment_id":"{deployment_id}"}}'.encode()


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Bearer nobody", "Token {token}", "Basic {token}"])
async def test_a_missing_or_unknown_token_is_nobody(api: Api, header: str | None) -> None:
    headers = {"Authorization": header.format(token=api.platform.token)} if header else {}
    transport = httpx.ASGITransport(api.platform.control)
    async with httpx.AsyncClient(transport=transport, base_url="http://control.test", headers=headers) as client:
        response = await client.get("/api/home/ping")
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert set(response.json()) == {"message", "detail"}


async def test_a_reading_token_reads_and_changes_nothing(api: Api) -> None:
    made, reader = await api.deployment(), restricted(api.platform)
    assert await reader.detail(made) == await api.detail(made)
    writes: list[tuple[str, str, object]] = [
        ("POST", api.home("models"), {"name": fresh("model")}),
        ("PATCH", f"/deployment/{made['id']}", {"min_threshold": 0.9}),
        ("DELETE", f"/deployment/{made['id']}", None),
        ("PUT", f"/deployment/{made['id']}/pipeline/fl", {"active": True}),
        ("POST", f"/deployment/{made['id']}/promote", None),
    ]
    for method, path, body in writes:
        assert await reader.status(method, path, body) == 403, (method, path)
    assert await api.settings(made) == made["settings"]


async def test_no_token_is_stored_in_the_clear(api: Api) -> None:
    with api.platform.store.founding() as session:
        assert session.query(Token).filter(Token.digest == api.platform.token).count() == 0


async def test_the_organization_header_narrows_what_is_reached(api: Api) -> None:
    other = stranger(api.platform)
    with api.platform.store.founding() as session:
        owner = organizations.first_user(session)
        assert owner is not None
        both = organizations.enroll(session, other_id(other), owner.username)
        token = organizations.issue_token(session, both, organizations.TokenScope.WRITE)
    mine, theirs = await api.deployment(), await other.deployment()
    wide = Api(client_of(api.platform, token), api.platform, api.organization_id)
    assert [await wide.status("GET", f"/deployment/{made['id']}") for made in (mine, theirs)] == [200, 200]
    wide.client.headers["X-Picsellia-Organization"] = other.organization_id
    assert [await wide.status("GET", f"/deployment/{made['id']}") for made in (mine, theirs)] == [404, 200]
    assert (await wide.ask("GET", "/home/ping"))["default_organization"] == other.organization_id
    wide.client.headers["X-Picsellia-Organization"] = str(uuid4())
    assert await wide.status("GET", "/home/ping") == 403
    wide.client.headers["X-Picsellia-Organization"] = "default"
    assert await wide.status("GET", "/home/ping") == 422


def other_id(api: Api) -> organizations.UUID:
    return organizations.UUID(api.organization_id)


async def test_a_revoked_token_is_forgotten_within_seconds(api: Api) -> None:
    moment = [0.0]
    recognition = Recognition(api.platform.store, clock=lambda: moment[0])
    with api.platform.store.founding() as session:
        owner = organizations.first_user(session)
        assert owner is not None
        key = organizations.digest(organizations.issue_token(session, owner, organizations.TokenScope.READ))
    recognition.look_up(key)
    assert recognition.known(key) is not None
    with api.platform.store.founding() as session:
        session.query(Token).filter(Token.digest == key).delete()
    moment[0] = FRESH_FOR
    assert recognition.known(key) is None
    with pytest.raises(organizations.Unauthenticated):
        recognition.look_up(key)


@pytest.mark.parametrize(("service", "path"), LOGINS)
async def test_login_answers_200_with_a_jwt_of_one_hour(api: Api, service: str, path: str) -> None:
    made = await api.deployment()
    response = await send(app_of(api, service), "POST", path, body=credentials(api, made["id"]))
    assert response.status_code == 200
    claims = jwt.decode(response.json()["jwt"], options={"verify_signature": False})
    remaining = datetime.fromtimestamp(claims["exp"], UTC) - datetime.now(UTC)
    assert timedelta(minutes=59) < remaining <= timedelta(hours=1)
    assert datetime.fromisoformat(response.json()["expires"]).timestamp() == claims["exp"]


@pytest.mark.parametrize(("service", "path"), LOGINS)
async def test_login_refuses_strangers_and_nonsense(api: Api, service: str, path: str) -> None:
    made, app = await api.deployment(), app_of(api, service)
    other = stranger(api.platform)
    theirs = other.client.headers["Authorization"].removeprefix("Bearer ")
    wrong = {
        credentials(api, made["id"], token="nobody"): 401,
        credentials(api, made["id"], token=theirs): 404,
        credentials(api, str(uuid4())): 404,
        credentials(api, "7"): 422,
        b"": 422,
        b"[]": 422,
        b"{": 422,
    }
    for body, status in wrong.items():
        response = await send(app, "POST", path, body=body)
        assert (response.status_code, set(response.json())) == (status, {"message", "detail"}), body


async def logged_in(api: Api, made: Reply, service: str = "monitoring") -> str:
    path = dict(LOGINS)[service]
    response = await send(app_of(api, service), "POST", path, body=credentials(api, made["id"]))
    return str(response.json()["jwt"])


async def test_monitoring_tells_what_it_knows_of_the_deployment_logged_into(api: Api) -> None:
    made, other = await api.deployment(), await api.deployment()
    token, app = await logged_in(api, made), api.platform.monitoring
    response = await send(app, "GET", f"/api/deployment/{made['id']}", token=token)
    assert response.json()["deployment"] == {
        "id": made["id"],
        "name": made["name"],
        "type": "CLASSIFICATION",
        "model_version_id": made["settings"]["model_version_id"],
        "shadow_model_version_id": None,
    }
    assert (await send(app, "GET", f"/api/deployment/{other['id']}", token=token)).status_code == 403
    await api.ask("DELETE", f"/deployment/{made['id']}")
    assert (await send(app, "GET", f"/api/deployment/{made['id']}", token=token)).status_code == 404


async def test_monitoring_takes_its_own_jwt_only(api: Api) -> None:
    made = await api.deployment()
    genuine = await logged_in(api, made)
    head, body, signature = genuine.split(".")
    unsigned = jwt.encode({"sub": "x"}, key=None, algorithm="none")
    expired = jwt.encode({"sub": "x", "aud": "monitoring", "exp": 0}, "k" * 32)
    for token in (
        None,
        api.platform.token,
        await logged_in(api, made, "serving"),
        f"{head}.{body}.{signature[::-1]}",
        unsigned,
        expired,
    ):
        response = await send(api.platform.monitoring, "GET", f"/api/deployment/{made['id']}", token=token)
        assert (response.status_code, set(response.json())) == (401, {"message", "detail"}), token


@pytest.mark.parametrize("service", ["monitoring", "serving"])
async def test_what_the_two_services_do_not_offer_is_a_clean_error(api: Api, service: str) -> None:
    for method, path in [("POST", f"/api/deployments/{uuid4()}/guess"), ("GET", f"/api/deployment/{uuid4()}/moods")]:
        response = await send(app_of(api, service), method, path)
        assert (response.status_code, set(response.json())) == (404, {"message", "detail"})
