"""Everything is played once, however many processes share the tests."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

import pytest

from tests.conformance.playing import Played, play, read
from tests.platform.stores import chosen

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """Everything that both releases of the SDK did."""
    base = tmp_path_factory.getbasetemp()
    # With several workers, each has a folder of its own below the one of the run.
    return _once((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "conformance")


def _once(folder: Path) -> dict[str, Played]:
    finished = folder.with_suffix(".finished")
    with chosen(), folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if finished.exists():
            return read(folder)
        done = play(folder)
        finished.touch()
        return done
