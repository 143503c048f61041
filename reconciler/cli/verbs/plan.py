"""`reconciler plan`: what would be written and why; sends no write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  # read at run time, to make options of these annotations
from typing import Annotated

import typer

from reconciler.cli.options import Force, Form, Paths, Prune, Reassert, Talk, Where, Which  # noqa: TC001  # read at run time


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What only `plan` takes."""

    paths: Paths = None
    detailed_exitcode: Annotated[bool, typer.Option("--detailed-exitcode", help="Exit 2 if there are changes.")] = False
    show_requests: Annotated[bool, typer.Option("--show-requests", help="Show the request that each action sends.")] = (
        False
    )
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Save the plan, for `reconciler apply FILE`.", metavar="FILE", show_default=False),
    ] = None
    reassert: Reassert = None
    prune: Prune = False
    force: Force = None


def plan(talk: Talk, form: Form, *, where: Where, which: Which, own: PlanOptions) -> int:
    """Show what apply would write, field by field, and why; writes nothing."""
    from reconciler.cli.runs.job import Order
    from reconciler.cli.runs.planning import run_plan

    order = Order("plan", talk, form, where, which, own.paths or (), own.reassert or (), own.prune, own.force)
    return run_plan(order, own)
