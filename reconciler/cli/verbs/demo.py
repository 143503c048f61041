"""`reconciler demo`: the whole story on a platform of its own, step by step, with the real commands."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # read at run time, to make options of these annotations
from typing import Annotated

import typer

from reconciler.cli.options import Talk  # noqa: TC001  # read at run time, to make options of them


def demo(
    talk: Talk,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Keep the project in this folder to go on with.", metavar="DIR")
    ] = None,
) -> int:
    """Play the whole loop on an embedded platform: apply, drift, repair, predictions, reviews, retraining."""
    from reconciler.cli.demo.story import run_demo

    return run_demo(talk, keep)
