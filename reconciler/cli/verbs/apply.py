"""`reconciler apply`: bring the platform to what the manifests declare, and say what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  # read at run time, to make options of these annotations
from typing import Annotated

import typer

from reconciler.cli.options import Force, Form, Prune, Reassert, Talk, Where, Which  # noqa: TC001  # read at run time


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """What only `apply` takes."""

    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files or folders of manifests, or - for stdin; by default manifests/. Or a saved plan.",
            metavar="[PATH]...",
            show_default=False,
        ),
    ] = None
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False
    concurrency: Annotated[
        int, typer.Option("--concurrency", help="Deployments worked on at once.", min=1, max=100, metavar="N")
    ] = 10
    keep_going: Annotated[
        bool,
        typer.Option("--keep-going", help="Go on with other deployments where a failure is likely to meet them too."),
    ] = False
    wait: Annotated[
        bool,
        typer.Option("--wait", help="Wait until the platform has computed the declared training data."),
    ] = False
    lock_timeout: Annotated[
        float | None,
        typer.Option(
            "--lock-timeout",
            help="Wait so many seconds for others who hold a deployment; by default not at all.",
            min=0,
            max=86_400,
            metavar="SECONDS",
            show_default=False,
        ),
    ] = None
    reassert: Reassert = None
    prune: Prune = False
    force: Force = None


def apply(talk: Talk, form: Form, *, where: Where, which: Which, own: ApplyOptions) -> int:
    """Write what differs, in order, and look whether it arrived; asks first on a terminal."""
    from reconciler.cli.runs.applying import run_apply
    from reconciler.cli.runs.job import Order

    order = Order("apply", talk, form, where, which, own.paths or (), own.reassert or (), own.prune, own.force)
    return run_apply(order, own)
