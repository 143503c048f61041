"""`reconciler drift`: what moved on the platform, and who moved it; sends no write, keeps a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from reconciler.cli.options import Form, Paths, Talk, Where, Which  # noqa: TC001  # read at run time


@dataclass(frozen=True, slots=True)
class DriftOptions:
    """What only `drift` takes."""

    paths: Paths = None
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 2 also for fields that the platform does not report, only assumed.")
    ] = False


def drift(talk: Talk, form: Form, *, where: Where, which: Which, own: DriftOptions) -> int:
    """Say what moved on the platform, whose move it was and who made it; exit 2 on drift."""
    from reconciler.cli.runs.drifting import run_drift
    from reconciler.cli.runs.job import Order

    return run_drift(Order("drift", talk, form, where, which, own.paths or ()), strict=own.strict)
