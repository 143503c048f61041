"""What programs are told over HTTP, beside what people see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from tests.browser.conftest import Served

_PATIENCE = 180.0


@dataclass(frozen=True)
class Talk:
    """A program that holds the token of a served platform."""

    served: Served

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Ask the control service; return what it answers, None for nothing."""
        answer = self._client.request(method, f"{self.served.url}/api{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def deployment(self, name: str) -> Any:
        """Return a deployment as the API tells it, the settings beside the rest."""
        told = self.ask("GET", f"/deployment/{self.served.deployments[name]}")
        return {**told, **told["settings"]}

    def stats(self, name: str, service: str) -> Any:
        """Return what `get_stats` tells of all predictions of a deployment together."""
        deployment = self.served.deployments[name]
        path = f"/api/deployment/{deployment}/stats?service={service}"
        return self._monitoring(deployment, "GET", path)["deployment"]["data"]

    def single_stats(self, name: str, service: str) -> Any:
        """Return what `get_stats` tells of single predictions."""
        deployment = self.served.deployments[name]
        path = f"/api/deployment/{deployment}/predictions/stats?service={service}"
        return self._monitoring(deployment, "GET", path)["deployment"]["data"]

    def monitor(self, deployment: str, body: object) -> str:
        """Tell what was predicted elsewhere; return the id of the predicted asset."""
        told = self._monitoring(deployment, "POST", f"/api/deployment/{deployment}/predictions", body)
        return str(told["predicted_asset_id"])

    def _monitoring(self, deployment: str, method: str, path: str, body: object = None) -> Any:
        home = self.served.monitoring_url
        told = {"api_token": self.served.token, "deployment_id": deployment}
        login = self._client.post(f"{home}/api/auth/login", json=told).json()["jwt"]
        headers = {"Authorization": f"Bearer {login}"}
        answer = self._client.request(method, f"{home}{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    @cached_property
    def _client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.served.token}"}
        return httpx.Client(headers=headers, timeout=_PATIENCE, trust_env=False)

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()
