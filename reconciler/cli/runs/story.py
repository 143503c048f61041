"""The demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.cli.options import Talk


def run_demo(talk: Talk, keep: Path | None) -> int:
    """Placeholder until the story lands."""
    raise NotImplementedError
