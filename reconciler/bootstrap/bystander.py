"""Whoever uses a platform beside the reconciler, over HTTP: cameras that ask, people who review, somebody who looks."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx

from reconciler.errors import DeadlinePassed, PlatformUnavailable, UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.bootstrap.unseen import Picture

_SECONDS: Final = 120.0
"""Longest time one request, or one training, may take."""
_PAUSE: Final = 0.1
"""Seconds between two looks at a training."""
_CAMERA: Final = "camera-1"
_WEIGHTS: Final = "model-latest"
_UNDER_WAY: Final = ("PENDING", "QUEUED", "RUNNING")


@dataclass(frozen=True, slots=True)
class Answered:
    """What serving answered about an image.

    Attributes:
        asset_id: What the platform keeps it as.
        truth: The class it shows.
        said: The champion's class; None where none reached the threshold.
    """

    asset_id: str
    truth: str
    said: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How often a model was right, by the platform's own count over reviews."""

    right: int
    count: int


@dataclass(frozen=True, slots=True)
class Experiment:
    """A training that has ended: its name, how it ended, and its last number of each name it logged."""

    name: str
    status: str
    logged: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Version:
    """A model version.

    Attributes:
        id: Its identifier.
        name: Model and version, as manifests and plans say it.
        origin: How it came to be; empty where nobody said.
    """

    id: str
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Bystander:
    """A client of all three services of one platform.

    Attributes:
        http: Carries the requests.
        ready: The ready file: addresses and token.
    """

    http: httpx.Client
    ready: Mapping[str, Any]

    def call(self, method: str, path: str, body: object = None, **query: object) -> Any:  # noqa: ANN401  # JSON
        """Ask the control service. Raises PlatformUnavailable, UnexpectedReply."""
        content = {"json": body} if body is not None else {}
        return self._send(self.ready["url"], method, path, token=self.ready["token"], params=query, **content)

    def home(self, path: str, **query: object) -> Any:  # noqa: ANN401  # JSON
        """Read something of the organisation."""
        return self.call("GET", f"/api/organization/{self.ready['organization_id']}{path}", **query)

    def at(self, deployment_id: str) -> Window:
        """Return what there is to do with one deployment."""
        labels = self.call("GET", f"/api/deployment/{deployment_id}/labels")["items"]
        return Window(self, deployment_id, {label["name"]: label["id"] for label in labels})

    def weights(self, version_id: str) -> bytes:
        """Download a model version's file."""
        files = self.call("GET", f"/api/model/version/{version_id}/modelfiles")["items"]
        (name,) = [file["object_name"] for file in files if file["name"] == _WEIGHTS]
        connector = self.home("")["default_connector_id"]
        path = f"/api/object-storage/{connector}/retrieve_presigned_url"
        return self._reply("GET", self.call("POST", path, {"object_name": name})["presigned_url"]).content

    def login(self, service: str, path: str, deployment_id: str) -> str:
        """Exchange the token for one of another service."""
        body = {"api_token": self.ready["token"], "deployment_id": deployment_id}
        return str(self._send(self.ready[service], "POST", path, json=body)["jwt"])

    def ask(self, service: str, method: str, path: str, *, token: str, **content: Any) -> Any:  # noqa: ANN401  # JSON
        """Ask another service."""
        return self._send(self.ready[service], method, path, token=token, **content)

    def _send(self, base: str, method: str, path: str, *, token: str = "", **content: Any) -> Any:  # noqa: ANN401  # JSON
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        reply = self._reply(method, f"{base}{path}", headers=headers, **content)
        return json.loads(reply.content or b"null")

    def _reply(self, method: str, url: str, **content: Any) -> httpx.Response:  # noqa: ANN401  # what httpx takes
        try:
            reply = self.http.request(method, url, **content)
        except httpx.HTTPError as error:
            raise PlatformUnavailable(f"{method} {url}: {error}") from error
        if not reply.is_success:
            raise UnexpectedReply(f"{method} {url} was answered with {reply.status_code}: {reply.text[:500]}")
        return reply


@dataclass(frozen=True, slots=True)
class Window:
    """One deployment, as those see it who use it."""

    bystander: Bystander
    deployment_id: str
    labels: Mapping[str, str]

    @property
    def path(self) -> str:
        """Where the deployment is."""
        return f"/api/deployment/{self.deployment_id}"

    def settings(self) -> Any:  # noqa: ANN401  # JSON
        """Read the deployment's settings."""
        return self.bystander.call("GET", self.path)["settings"]

    def predict(self, pictures: Sequence[Picture]) -> list[Answered]:
        """Send images to serving, one request each, and return what was answered."""
        token = self.bystander.login("serving_url", "/api/login", self.deployment_id)
        names = list(self.labels)
        return [self._answered(each, self._predicted(each, token), names) for each in pictures]

    def _predicted(self, picture: Picture, token: str) -> Mapping[str, Any]:
        content = {"files": {"media": (picture.filename, picture.png)}, "data": {"source": _CAMERA}}
        path = f"/api/deployments/{self.deployment_id}/predict"
        reply: Mapping[str, Any] = self.bystander.ask("serving_url", "POST", path, token=token, **content)
        return reply

    def _answered(self, picture: Picture, reply: Mapping[str, Any], names: Sequence[str]) -> Answered:
        said = [names[number] for number in reply["detection_classes"]]
        return Answered(reply["predicted_asset_id"], picture.truth, said[0] if said else None)

    def review(self, answers: Sequence[Answered]) -> None:
        """Say of each image what it really shows."""
        for each in answers:
            body = {"classifications": [{"label_id": self.labels[each.truth]}]}
            self.bystander.call("POST", f"/api/predicted/asset/{each.asset_id}/reviews", body)

    def submit(self, answers: Sequence[Answered]) -> int:
        """Submit reviewed images to the feedback loop; return how many were taken."""
        body = {"predicted_asset_ids": [each.asset_id for each in answers]}
        return int(self.bystander.call("POST", f"{self.path}/fl/submit", body)["submitted"])

    def verdicts(self, answers: Sequence[Answered]) -> dict[str, Verdict]:
        """Ask monitoring how often champion and shadow were right on reviewed images; by role."""
        token = self.bystander.login("monitoring_url", "/api/auth/login", self.deployment_id)
        query = {"service": "classification", "includes": [each.asset_id for each in answers]}
        path = f"{self.path}/predictions/stats"
        told = self.bystander.ask("monitoring_url", "GET", path, token=token, params=query)["deployment"]["data"]
        return {each["role"]: Verdict(each["figures"]["right"], each["figures"]["count"]) for each in told["models"]}

    def trained(self) -> Experiment:
        """Wait until the training that was begun has ended, and return it. Raises DeadlinePassed."""
        until = time.monotonic() + _SECONDS
        while (run := self.settings()["continuous_training"]["run"])["status"] in _UNDER_WAY:
            if time.monotonic() > until:
                raise DeadlinePassed(f"the training has not ended within {_SECONDS:.0f} seconds")
            time.sleep(_PAUSE)
        path = f"/api/experiment/{run['experiment_id']}"
        logs = self.bystander.call("GET", f"{path}/logs/extended")["items"]
        logged = {log["name"]: _last(log["data"]) for log in logs if log["type"] in {"LINE", "VALUE"}}
        return Experiment(self.bystander.call("GET", path)["name"], run["status"], logged)

    def version(self, version_id: str) -> Version:
        """Read a model version."""
        told = self.bystander.call("GET", f"/api/model/version/{version_id}")
        name, training = f"{told['origin']['name']}@{told['name']}", (told["parameters"] or {}).get("training")
        origin = f"{training['algorithm'].lower()}, trained on {training['images']} images" if training else ""
        return Version(version_id, name, origin)

    def mover_of_shadow(self) -> str:
        """Return the cause of the shadow slot's newest change, as the model history has it."""
        history = self.bystander.call("GET", f"{self.path}/models/history")["items"]
        return next((str(change["cause"]) for change in history if change["role"] == "SHADOW"), "")


def _last(data: Any) -> float:  # noqa: ANN401  # a number, or a line of them
    return float(data["values"][-1] if isinstance(data, dict) else data)


@contextmanager
def bystander(ready: Mapping[str, Any]) -> Iterator[Bystander]:
    """Open a client of the platform that a ready file tells of."""
    # The platform is on this very machine, whatever proxy leads elsewhere.
    with httpx.Client(timeout=_SECONDS, trust_env=False) as http:
        yield Bystander(http, ready)
