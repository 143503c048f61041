"""One of everything that this room serves, by the name that paths give its identifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.platform.api import fresh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.platform.api import Api, Reply


async def annotated(api: Api, version: Reply, asset: Reply, label: Reply) -> Mapping[str, str]:
    """Annotate an asset of a classification version, and group its label."""
    made = await api.ask("POST", f"/asset/{asset['id']}/annotations", {"duration": 0})
    body = {"classifications": [{"label_id": label["id"]}]}
    shape = (await api.ask("POST", f"/annotation/{made['id']}/bulk-classifications", body))["classifications"][0]
    group = await api.ask("POST", f"/dataset/version/{version['id']}/labelgroups", {"name": "animals"})
    await api.ask("POST", f"/label/{label['id']}/skeleton", {"vertices": ["head"], "edges": []})
    return {
        "annotation_id": made["id"],
        "shape_id": shape["id"],
        "shapes_kind": "classifications",
        "group_id": group["id"],
    }


async def tried(api: Api, project: Reply, asset: Reply) -> Mapping[str, str]:
    """Create an experiment that logged, made, printed and evaluated something."""
    made = await api.ask("POST", f"/project/{project['id']}/experiments", {"name": fresh("experiment")})
    path = f"/experiment/{made['id']}"
    log = await api.ask("POST", f"{path}/logs", {"name": "x", "type": "LINE", "data": [1]})
    file = {"name": "x", "filename": "x", "object_name": fresh("object"), "large": False}
    artifact = await api.ask("POST", f"{path}/artifacts", file)
    printed = await api.ask("POST", f"{path}/logging/save", {"object_name": fresh("object")})
    body = {"import_type": "REPLACE", "evaluations": [{"asset_id": asset["id"]}]}
    await api.ask("POST", f"{path}/evaluations", body)
    evaluation = (await api.ask("GET", f"{path}/evaluations"))["items"][0]
    return {
        "experiment_id": made["id"],
        "log_id": log["id"],
        "artifact_id": artifact["id"],
        "logging_file_id": printed["id"],
        "evaluation_id": evaluation["id"],
    }
