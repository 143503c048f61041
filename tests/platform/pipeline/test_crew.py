"""A crew of worker processes: what a killed worker left is finished, and nobody outlives the platform."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from reconciler.platform.app import PlatformSettings, open_platform
from tests.platform.pipeline.test_crashes import POINTS
from tests.platform.pipeline.workshop import Plan, furnish
from tests.platform.stores import settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.platform.app import Platform


def kill_workers(platform: Platform) -> None:
    for pid in platform.worker_pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
def test_workers_that_are_killed_at_each_step_in_turn_still_make_one_version(tmp_path: Path) -> None:
    left = list(POINTS)

    def milestone(point: str) -> None:
        if left and point == left[0]:
            left.pop(0)
            kill_workers(platform)

    platform = open_platform(settings_of(tmp_path, milestone=milestone))
    shop = furnish(platform, Plan(threshold=2))
    shop.submit(3)
    shop.settle()
    seen = shop.look()
    platform.close()
    assert left == []
    assert (seen.statuses, seen.consumed, seen.waiting) == (["SUCCEEDED"], [2], 1)
    assert (seen.versions, seen.champion, seen.shadow) == ([0, 1], 0, 1)
    assert seen.causes == [("CHAMPION", "USER", "owner"), ("SHADOW", "CONTINUOUS_DEPLOYMENT", "platform")]


def test_a_platform_without_work_has_no_workers(tmp_path: Path) -> None:
    platform = open_platform(settings_of(tmp_path))
    assert platform.worker_pids == []
    shop = furnish(platform)
    shop.submit(3)
    shop.settle()
    hired = list(platform.worker_pids)
    platform.close()
    assert len(hired) == 2
    for pid in hired:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_workers_need_a_store_that_they_can_share(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="PostgreSQL"):
        PlatformSettings(data_dir=tmp_path, workers=2)
