"""A process that opens a data folder, works, and is killed where it is told to be."""

from __future__ import annotations

import os
import signal
from pathlib import Path

# Loaded once, by the process that the dying ones are forked from.
import dbos  # noqa: F401
import skl2onnx  # noqa: F401
import sklearn.neural_network  # noqa: F401

from reconciler.platform.app import PlatformSettings, open_platform


def die_at(folder: str, point: str) -> None:
    """Take up the work of a data folder; SIGKILL at the named point, or an orderly end where it is never reached."""

    def milestone(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    platform = open_platform(PlatformSettings(data_dir=Path(folder), milestone=milestone))
    platform.settle()
    platform.close()
