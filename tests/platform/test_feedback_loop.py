"""The feedback loop of a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from tests.platform.api import Api, Reply

pytestmark = pytest.mark.anyio


async def looped(api: Api) -> tuple[Reply, str]:
    made = await api.deployment()
    path = f"/deployment/{made['id']}"
    await api.ask("POST", f"{path}/pipeline/fl/setup", {})
    return made, path


async def test_nothing_works_before_set_up(api: Api) -> None:
    made, version = await api.deployment(), await api.dataset_version()
    path = f"/deployment/{made['id']}"
    assert await api.status("PUT", f"{path}/pipeline/fl", {"active": True}) == 404
    assert await api.status("PUT", f"{path}/pipeline/fl", {"active": False}) == 404
    assert await api.status("PUT", f"{path}/pipeline/fl/disable") == 404
    assert await api.status("GET", f"{path}/pipeline/fl/check") == 404
    assert await api.status("POST", f"{path}/fl/datasets", {"dataset_version_id": version["id"]}) == 404
    assert await api.status("DELETE", f"{path}/fl/datasets", {"ids": [version["id"]]}) == 404
    assert (await api.ask("GET", f"{path}/fl/datasets"))["items"] == []


async def test_set_up_does_not_activate_and_repeating_it_changes_nothing(api: Api) -> None:
    made, path = await looped(api)
    assert (await api.settings(made))["feedback_loop"]["active"] is False
    version = await api.dataset_version()
    await api.ask("POST", f"{path}/fl/datasets", {"dataset_version_id": version["id"]})
    await api.ask("PUT", f"{path}/pipeline/fl", {"active": True})
    await api.ask("POST", f"{path}/pipeline/fl/setup")
    loop = (await api.settings(made))["feedback_loop"]
    assert loop == {"configured": True, "active": True, "dataset_version_ids": [version["id"]]}


async def test_a_dataset_version_must_be_of_the_deployments_type(api: Api) -> None:
    _, path = await looped(api)
    for kind in ("SEGMENTATION", "NOT_CONFIGURED"):
        version = await api.dataset_version(kind)
        assert await api.status("POST", f"{path}/fl/datasets", {"dataset_version_id": version["id"]}) == 400
    assert await api.status("POST", f"{path}/fl/datasets", {"dataset_version_id": str(uuid4())}) == 404


async def test_an_attached_version_keeps_its_type_and_its_life(api: Api) -> None:
    _, path = await looped(api)
    version = await api.dataset_version()
    await api.ask("POST", f"{path}/fl/datasets", {"dataset_version_id": version["id"]})
    assert await api.status("PATCH", f"/dataset/version/{version['id']}", {"type": "MASK"}) == 409
    assert await api.status("DELETE", f"/dataset/version/{version['id']}") == 409
    assert await api.status("DELETE", f"/dataset/{version['origin_id']}") == 409


async def test_attaching_twice_conflicts_and_detaching_twice_does_not(api: Api) -> None:
    _, path = await looped(api)
    first, second = await api.dataset_version(), await api.dataset_version()
    for version in (first, second):
        await api.ask("POST", f"{path}/fl/datasets", {"dataset_version_id": version["id"]})
    assert await api.status("POST", f"{path}/fl/datasets", {"dataset_version_id": first["id"]}) == 409
    listed = (await api.ask("GET", f"{path}/fl/datasets"))["items"]
    assert [item["dataset_version"]["id"] for item in listed] == [first["id"], second["id"]]
    for _ in range(2):
        assert await api.status("DELETE", f"{path}/fl/datasets", {"ids": [first["id"]]}) == 204
    assert await api.status("DELETE", f"{path}/fl/datasets", [second["id"]]) == 204
    assert (await api.ask("GET", f"{path}/fl/datasets"))["items"] == []


async def test_older_clients_check_and_disable(api: Api) -> None:
    _, path = await looped(api)
    await api.ask("PUT", f"{path}/pipeline/fl", {"active": True})
    assert (await api.ask("GET", f"{path}/pipeline/fl/check"))["feedback_loop_status"] == "ACTIVE"
    assert (await api.client.put(f"/sdk{path}/pipeline/fl/disable")).status_code == 204
    assert (await api.client.get(f"/sdk{path}/pipeline/fl/check")).json()["feedback_loop_status"] == "INACTIVE"


async def test_a_switch_takes_truth_values_only(api: Api) -> None:
    _, path = await looped(api)
    for body in ({"active": "yes"}, {"active": 1}, {}, {"active": True, "more": 1}):
        assert await api.status("PUT", f"{path}/pipeline/fl", body) == 422
