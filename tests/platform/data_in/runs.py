"""An experiment with stored objects to log and keep, made over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.platform.store import datalakes, objects
from tests.platform.api import Api, Reply, fresh


@dataclass(frozen=True)
class Run:
    """One experiment in a project."""

    api: Api
    project: Reply
    experiment: Reply

    @property
    def path(self) -> str:
        """The path of the experiment."""
        return f"/experiment/{self.experiment['id']}"

    async def log(self, name: str, kind: str, data: object, **query: object) -> Reply:
        """Record a log."""
        return await self.api.ask("POST", f"{self.path}/logs", {"name": name, "type": kind, "data": data}, **query)

    async def artifact(self, name: str = "model-latest", filename: str = "model.onnx") -> Reply:
        """Store bytes and let them be an artifact."""
        object_name = stored(self.api)
        body = {"name": name, "filename": filename, "object_name": object_name, "large": False}
        return await self.api.ask("POST", f"{self.path}/artifacts", body)


async def run(api: Api, project: Reply | None = None, **more: object) -> Run:
    """Create an experiment, in a project of its own unless one is given."""
    found = project or await api.project()
    made = await api.ask("POST", f"/project/{found['id']}/experiments", {"name": fresh("experiment"), **more})
    return Run(api, found, made)


def stored(api: Api, content: bytes = b"weights") -> str:
    """Store bytes in the organisation's own storage, and return the object's name."""
    name = fresh("object")
    owner = api.platform.owner
    with api.platform.store.write(owner) as unit:
        connector_id = datalakes.home(unit, owner.organization_id)
        objects.put(unit, connector_id, name, content, content_type="application/octet-stream")
    return name


async def is_stored(api: Api, object_name: str) -> bool:
    """Whether an object can be downloaded."""
    lake = await api.ask("GET", api.home("datalake"))
    place = f"/object-storage/{lake['connector_id']}/retrieve_presigned_url"
    return await api.status("POST", place, {"object_name": object_name}) == 200
