"""The platform is killed at every step from trigger to deployment; what comes of it is the same: one version, once."""

from __future__ import annotations

import multiprocessing
import signal
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from reconciler.platform.app import open_platform
from tests.platform.pipeline import dying
from tests.platform.pipeline.workshop import Plan, Shop, furnish
from tests.platform.stores import copy, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

    from reconciler.platform.settings import PlatformSettings

POINTS: Final = (
    "train:begin",
    "candidate-1:done",
    "train:done",
    "export:begin",
    "export:done",
    "deploy:begin",
    "deploy:done",
    "conclude:begin",
    "conclude:done",
    "end:done",
)


_PATIENCE: Final = 300.0


@pytest.fixture(scope="module")
def forked() -> Iterator[ForkServerContext]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([dying.__name__])
    yield context
    multiprocessing.forkserver._forkserver._stop()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def triggered(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A data folder in which enough was submitted, closed before the run that this began could start."""
    folder = tmp_path_factory.mktemp("triggered") / "data"
    platform = open_platform(settings_of(folder))
    platform.store.on_submitted = lambda: None
    shop = furnish(platform, Plan(threshold=2))
    shop.submit(3)
    platform.close()
    return shop


def die(forked: ForkServerContext, settings: PlatformSettings, point: str) -> int | None:
    process = forked.Process(target=dying.die_at, args=(settings, point))
    process.start()
    process.join(_PATIENCE)
    # Where the point was never reached, it serves on.
    process.terminate()
    process.join()
    return process.exitcode


@pytest.mark.slow
@pytest.mark.parametrize("point", ["train:done", "export:done", "deploy:done"])
def test_a_kill_changes_nothing_of_what_becomes_of_a_run(
    forked: ForkServerContext, triggered: Shop, tmp_path: Path, point: str
) -> None:
    settings = copy(triggered.platform.settings.data_dir, tmp_path / "data")
    assert die(forked, settings, point) == -signal.SIGKILL
    platform = open_platform(settings)
    shop = replace(triggered, platform=platform)
    shop.settle()
    seen = shop.look()
    platform.close()
    assert (seen.statuses, seen.consumed, seen.waiting) == (["SUCCEEDED"], [2], 1)
    assert (seen.versions, seen.champion, seen.shadow) == ([0, 1], 0, 1)
    assert seen.causes == [("CHAMPION", "USER", "owner"), ("SHADOW", "CONTINUOUS_DEPLOYMENT", "platform")]


@pytest.mark.slow
def test_dying_again_and_again_at_each_step_in_turn_still_ends_in_one_version(
    forked: ForkServerContext, triggered: Shop, tmp_path: Path
) -> None:
    settings = copy(triggered.platform.settings.data_dir, tmp_path / "data")
    for point in POINTS:
        assert die(forked, settings, point) == -signal.SIGKILL
    platform = open_platform(settings)
    seen = replace(triggered, platform=platform).look()
    platform.close()
    assert (seen.statuses, seen.versions, seen.shadow) == (["SUCCEEDED"], [0, 1], 1)


def test_an_orderly_end_leaves_the_run_to_the_next_process(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "data")
    platform = open_platform(settings)
    shop = furnish(platform, Plan(parameters={"epochs": 5000, "hidden": 4}))
    shop.submit(3)
    platform.close()
    assert platform.settings.milestone is None
    platform = open_platform(settings)
    shop = replace(shop, platform=platform)
    unfinished = shop.look().statuses
    platform.close()
    assert unfinished in (["PENDING"], ["RUNNING"])
