"""A server that is killed where it is told to be."""

from __future__ import annotations

import os
import signal
from pathlib import Path

# Loaded once, by the process that the dying ones are forked from.
import dbos  # noqa: F401
import skl2onnx  # noqa: F401
import sklearn.neural_network  # noqa: F401

from reconciler.platform.server import serve
from reconciler.platform.settings import PlatformSettings


def die_at(folder: str, point: str) -> None:
    """Serve a data folder and take up its work; SIGKILL at the named point."""

    def milestone(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    serve(PlatformSettings(data_dir=Path(folder), milestone=milestone))
