"""`reconciler ledger`: the memory, shown, unlocked, pruned, and moved from one home to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from reconciler.cli.options import Form, Talk, Where  # noqa: TC001  # read at run time, to make options of them


@dataclass(frozen=True, slots=True)
class PruneOptions:
    """What only `ledger prune` takes."""

    keep_days: Annotated[
        int | None,
        typer.Option(
            "--keep-days",
            help="Keep the runs of so many days; by default as `keep` in reconciler.yaml says.",
            min=1,
            max=36_500,
            metavar="N",
            show_default=False,
        ),
    ] = None
    keep_runs: Annotated[
        int | None,
        typer.Option("--keep-runs", help="Keep so many of the newest runs.", min=1, metavar="N", show_default=False),
    ] = None
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False


def show(talk: Talk, form: Form, where: Where) -> int:
    """Say what is applied, field by field, since when, and what is in doubt; needs no platform."""
    from reconciler.cli.runs.ledger import run_show

    return run_show(talk, form, where)


def unlock(
    talk: Talk,
    *,
    where: Where,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Deployments whose leases to break; by default all.", metavar="[NAME]...", show_default=False
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
) -> int:
    """Break the leases that a run left behind: its holder can record nothing more, and the next apply goes ahead."""
    from reconciler.cli.runs.unlocking import run_unlock

    return run_unlock(talk, where, names or (), yes=yes)


def prune_ledger(
    talk: Talk,
    form: Form,
    *,
    where: Where,
    own: PruneOptions,
) -> int:
    """Let go of the oldest runs of the history; what is applied and what is in doubt stays known."""
    from reconciler.cli.runs.pruning import run_prune

    return run_prune(talk, form, where, own)


def export_ledger(talk: Talk, form: Form, where: Where) -> int:
    """Write every entry of the ledger as a line of JSON, of all catalogs."""
    from reconciler.cli.runs.ledger import run_export

    return run_export(talk, form, where)


def import_ledger(
    talk: Talk,
    *,
    where: Where,
    file: Annotated[str, typer.Argument(help="What `ledger export` wrote, or - for stdin.", metavar="FILE")],
) -> int:
    """Store an export in a ledger that is empty."""
    from reconciler.cli.runs.ledger import run_import

    return run_import(talk, where, file)
