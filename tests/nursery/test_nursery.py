"""Runs from the nursery begin, speak and end as the installed command does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.nursery.client import Nursery

INSTALLED = Path(sys.executable).parent
SECONDS = 180


@pytest.fixture
def variables() -> dict[str, str]:
    kept = ("PATH", "HOME", "PYTHONUNBUFFERED")
    return {name: value for name, value in os.environ.items() if name in kept} | {"RECONCILER_EMBEDDED": "nowhere"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "reconciler --version",
        "reconciler validate",
        "reconciler schema | head -n 1",
        "reconciler pln",
        "cd manifests && reconciler validate . 2>&1",
    ],
)
def test_a_shell_sees_no_difference(nursery: Nursery, variables: dict[str, str], tmp_path: Path, line: str) -> None:
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "a.yaml").write_text("kind: Deploiment\n")
    ends = []
    for place in (INSTALLED, nursery.folder):
        path = f"{place}:{variables['PATH']}"
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=tmp_path,
            env=variables | {"PATH": path},
            capture_output=True,
            timeout=SECONDS,
        )
        ends.append((done.returncode, done.stdout, done.stderr))
    assert ends[0] == ends[1]


@pytest.mark.slow
def test_a_run_that_is_killed_says_so(nursery: Nursery, variables: dict[str, str], tmp_path: Path) -> None:
    child = nursery.start("platform", "serve", "--data-dir", "p", folder=tmp_path, variables=variables)
    assert child.poll() is None
    child.kill()
    child.communicate(SECONDS)
    assert child.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_a_run_that_nobody_waits_for_any_more_is_over(
    nursery: Nursery, variables: dict[str, str], tmp_path: Path
) -> None:
    child = nursery.start("platform", "serve", "--data-dir", "p", folder=tmp_path, variables=variables)
    child.asked.close()
    # Its end closes what it writes to.
    child.stdout.read()
    child.stdout.close()
    child.stderr.close()
