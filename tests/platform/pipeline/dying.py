"""A server that is killed where it is told to be."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

# Loaded once, by the process that the dying ones are forked from.
import dbos  # noqa: F401
import skl2onnx  # noqa: F401
import sklearn.neural_network  # noqa: F401

from reconciler.platform.server import serve

if TYPE_CHECKING:
    from reconciler.platform.settings import PlatformSettings


def die_at(settings: PlatformSettings, point: str) -> None:
    """Serve a data folder and take up its work; SIGKILL at the named point, for the workers too."""
    os.setsid()

    def milestone(reached: str) -> None:
        if reached == point:
            os.killpg(0, signal.SIGKILL)

    serve(replace(settings, milestone=milestone))
