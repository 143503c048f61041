"""A client of one organisation that says what it expects, and makes the objects a test needs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from reconciler.platform.store import organizations
from reconciler.platform.store.words import TokenScope
from tests.platform.harness import client_of

if TYPE_CHECKING:
    import httpx

    from reconciler.platform.app import Platform

_NUMBERS = count()

Reply = dict[str, Any]


@dataclass(frozen=True)
class Api:
    """One organisation's view of a platform."""

    client: httpx.AsyncClient
    platform: Platform
    organization_id: str

    async def send(self, method: str, path: str, body: object = None, **query: object) -> httpx.Response:
        """Send a request under /api and return whatever comes back."""
        content = {"json": body} if body is not None else {}
        return await self.client.request(method, f"/api{path}", params=query or None, **content)  # type: ignore[arg-type]

    async def ask(self, method: str, path: str, body: object = None, **query: object) -> Reply:
        """Send a request that must succeed and return its object, empty where the answer has no body."""
        response = await self.send(method, path, body, **query)
        assert response.is_success, (method, path, response.status_code, response.text)
        return dict(response.json()) if response.content else {}

    async def status(self, method: str, path: str, body: object = None, **query: object) -> int:
        """Send a request and return its status, having checked the error's shape."""
        response = await self.send(method, path, body, **query)
        if response.is_error:
            error = response.json()
            assert set(error) == {"message", "detail"}, error
            assert isinstance(error["message"], str), error
            assert isinstance(error["detail"], list), error
        return response.status_code

    def home(self, tail: str) -> str:
        """Return a path below the organisation."""
        return f"/organization/{self.organization_id}/{tail}"

    async def model(self, name: str | None = None) -> Reply:
        """Create a model."""
        return await self.ask("POST", self.home("models"), {"name": name or fresh("model")})

    async def model_version(self, kind: str = "CLASSIFICATION", **more: object) -> Reply:
        """Create a version of a new model."""
        model = await self.model()
        body = {"type": kind, "framework": "ONNX", "labels": {"0": "cat", "1": "dog"}, **more}
        return await self.ask("POST", f"/model/{model['id']}/versions", body)

    async def dataset(self) -> Reply:
        """Create a dataset."""
        return await self.ask("POST", self.home("datasets"), {"name": fresh("dataset")})

    async def dataset_version(self, kind: str = "CLASSIFICATION") -> Reply:
        """Create a version of a new dataset."""
        dataset = await self.dataset()
        return await self.ask("POST", f"/dataset/{dataset['id']}/versions", {"version": "v", "type": kind})

    async def project(self) -> Reply:
        """Create a project."""
        return await self.ask("POST", self.home("projects"), {"name": fresh("project")})

    async def tag(self, target_type: str = "DEPLOYMENT") -> Reply:
        """Create a tag."""
        return await self.ask("POST", self.home("tags"), {"name": fresh("tag"), "target_type": target_type})

    async def deployment(self, kind: str = "CLASSIFICATION", **more: object) -> Reply:
        """Deploy a version of a new model."""
        version = await self.model_version(kind)
        body = {"name": fresh("deployment"), "model_version_id": version["id"], **more}
        return await self.ask("POST", self.home("deployments"), body)

    async def detail(self, deployment: Reply) -> Reply:
        """Read a deployment."""
        return await self.ask("GET", f"/deployment/{deployment['id']}")

    async def settings(self, deployment: Reply) -> Reply:
        """Read a deployment's settings."""
        return dict((await self.detail(deployment))["settings"])


def fresh(noun: str) -> str:
    """Return a name no test has used."""
    return f"{noun}-{next(_NUMBERS)}"


def own(client: httpx.AsyncClient, platform: Platform) -> Api:
    """Return the default organisation's view."""
    return Api(client, platform, platform.organization_id)


def stranger(platform: Platform) -> Api:
    """Found another organisation and return its view."""
    with platform.store.founding() as session:
        user = organizations.found(session, fresh("organization"), fresh("user"))
        token = organizations.issue_token(session, user, TokenScope.WRITE)
        organization_id = str(user.default_organization_id)
    return Api(client_of(platform, token), platform, organization_id)


def restricted(platform: Platform) -> Api:
    """Return the default organisation's view through a token that may only read."""
    with platform.store.founding() as session:
        user = organizations.first_user(session)
        assert user is not None
        token = organizations.issue_token(session, user, TokenScope.READ)
    return Api(client_of(platform, token), platform, platform.organization_id)
