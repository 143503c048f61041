"""The line of an embedded platform costs nothing until it has work, and leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from reconciler.platform.app import PlatformSettings, open_platform
from reconciler.platform.store import jobs
from reconciler.platform.store.tables.jobs import Job
from tests.platform.pipeline.workshop import furnish

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.platform.app import Platform

OURS = ("pipeline", "dbos", "queue", "Thread-")


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith(OURS)}


def test_opening_a_folder_loads_neither_dbos_nor_a_trainer(tmp_path: Path) -> None:
    probe = (
        "import sys; from pathlib import Path\n"
        "from reconciler.platform.app import PlatformSettings, open_platform\n"
        f"open_platform(PlatformSettings(data_dir=Path({str(tmp_path)!r}))).close()\n"
        "print([name for name in ('dbos', 'sklearn', 'skl2onnx', 'onnx', 'onnxruntime') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_there_are_threads_only_while_there_is_work(tmp_path: Path) -> None:
    before, looked = threads(), threading.Event()
    settings = PlatformSettings(data_dir=tmp_path, milestone=lambda point: point != "train:begin" or looked.wait(100))
    platform = open_platform(settings)
    assert threads() == before
    shop = furnish(platform)
    shop.submit(3)
    assert "pipeline" in threads() - before
    looked.set()
    shop.settle()
    assert shop.look().statuses == ["SUCCEEDED"]
    platform.close()
    assert "pipeline" not in threads() - before


def test_two_platforms_of_one_process_take_turns(tmp_path: Path) -> None:
    opened = [open_platform(PlatformSettings(data_dir=tmp_path / name)) for name in ("one", "two")]
    shops = [furnish(platform) for platform in opened]
    for shop in shops:
        shop.submit(3)
    for shop in shops:
        shop.settle()
    assert [shop.look().statuses for shop in shops] == [["SUCCEEDED"]] * 2
    for platform in opened:
        platform.close()


def test_work_that_nobody_knows_fails_and_says_so(tmp_path: Path) -> None:
    platform = open_platform(PlatformSettings(data_dir=tmp_path))
    assert end_of(platform, "wishing") == ("FAILED", "This platform does not know work called 'wishing'.")
    platform.close()


def end_of(platform: Platform, kind: str) -> tuple[str, str | None]:
    with platform.store.write(platform.owner) as unit:
        job_id = jobs.submit(unit, platform.owner.organization_id, kind, {}).id
    platform.settle()
    with platform.store.read(platform.owner) as unit:
        job = unit.session.get_one(Job, job_id)
        return job.status, job.error
