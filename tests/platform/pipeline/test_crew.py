"""A crew of worker processes: what a killed worker left is finished, and nobody outlives the platform."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from reconciler.platform.app import PlatformSettings, open_platform
from tests.platform.pipeline.workshop import Plan, furnish

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.platform.app import Platform
    from tests.adapters.ledger.postgres import Server
    from tests.platform.pipeline.workshop import Shop

_PATIENCE = 300.0


def await_status(shop: Shop, status: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while shop.look().statuses != [status]:
        assert time.monotonic() < deadline, shop.look()


def workers_of(platform: Platform) -> list[int]:
    return list(platform.worker_pids)


@pytest.mark.slow
def test_what_killed_workers_left_is_finished_by_those_that_replace_them(tmp_path: Path, postgres: Server) -> None:
    settings = PlatformSettings(data_dir=tmp_path, store_url=postgres.database(tmp_path), workers=2)
    platform = open_platform(settings)
    shop = furnish(platform, Plan(parameters={"epochs": 400, "hidden": 4}))
    shop.submit(3)
    await_status(shop, "RUNNING")
    killed = workers_of(platform)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    shop.settle()
    seen = shop.look()
    hired = workers_of(platform)
    platform.close()
    assert (seen.statuses, seen.versions, seen.shadow) == (["SUCCEEDED"], [0, 1], 1)
    assert not set(killed) & set(hired)


def test_workers_need_a_store_that_they_can_share(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="PostgreSQL"):
        PlatformSettings(data_dir=tmp_path, workers=2)
