"""`reconciler history`: what was applied when, by whom, from which commit; sends nothing to the platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from reconciler.cli.options import Form, Talk, Where  # noqa: TC001  # read at run time, to make options of them


@dataclass(frozen=True, slots=True)
class HistoryOptions:
    """What only `history` takes."""

    name: Annotated[
        str | None, typer.Argument(help="Tell only of this deployment.", metavar="NAME", show_default=False)
    ] = None
    at: Annotated[
        str | None,
        typer.Option(
            "--at", help="Tell instead what was applied at this time: 2026-11-21, 2026-11-21T20:36Z.", metavar="TIME"
        ),
    ] = None
    limit: Annotated[int, typer.Option("--limit", help="Most runs to show; 0 for all.", min=0, metavar="N")] = 20
    every: Annotated[bool, typer.Option("--all", help="Show also runs that did nothing.")] = False


def history(talk: Talk, form: Form, *, where: Where, own: HistoryOptions) -> int:
    """Say what was applied when, by whom and from which commit; needs the ledger, and no platform."""
    from reconciler.cli.runs.history import run_history

    return run_history(talk, form, where, own)
