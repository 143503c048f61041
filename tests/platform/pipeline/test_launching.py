"""Training started over HTTP: what is told of it while it runs and afterwards."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import anyio.to_thread
import pytest

from reconciler.platform.app import open_platform
from reconciler.platform.store.words import Trigger
from tests.platform.api import own
from tests.platform.harness import client_of
from tests.platform.pipeline.workshop import Plan, furnish
from tests.platform.stores import settings_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


async def test_a_training_started_now_is_told_of_until_it_ends(tmp_path: Path) -> None:
    looked = threading.Event()
    settings = settings_of(tmp_path, milestone=lambda point: point != "train:begin" or looked.wait(300))
    platform = open_platform(settings)
    async with client_of(platform, platform.token) as client:
        api = own(client, platform)
        shop = furnish(platform, Plan(trigger=Trigger.NONE))
        shop.submit(2)
        made = {"id": str(shop.deployment_id)}
        before = (await api.settings(made))["continuous_training"]
        assert (before["submitted_since_last_run"], before["run"]) == (2, None)
        path = f"/deployment/{shop.deployment_id}/ct/launch"
        started = await api.ask("POST", path)
        assert await api.status("POST", path) == 409
        assert await api.status("DELETE", f"/deployment/{shop.deployment_id}", force_delete=False) == 409
        during = (await api.settings(made))["continuous_training"]
        assert during["submitted_since_last_run"] == 0
        assert during["run"]["experiment_id"] == started["experiment_id"]
        assert during["run"]["status"] in {"PENDING", "RUNNING"}
        looked.set()
        await anyio.to_thread.run_sync(platform.settle)
        job = await api.ask("GET", f"/v2/job/{started['job']['id']}")
        assert job["status"] == "SUCCEEDED"
        after = await api.settings(made)
        assert after["continuous_training"]["run"] == {**during["run"], "status": "SUCCEEDED"}
        assert after["shadow_model_version_id"] is not None
    platform.close()


async def test_training_that_is_not_set_up_cannot_be_started(tmp_path: Path) -> None:
    platform = open_platform(settings_of(tmp_path))
    async with client_of(platform, platform.token) as client:
        api = own(client, platform)
        made = await api.deployment()
        assert await api.status("POST", f"/deployment/{made['id']}/ct/launch") == 404
    platform.close()
