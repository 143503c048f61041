"""`reconciler ledger`: the memory, shown, unlocked, and moved from one home to another."""

from __future__ import annotations

from typing import Annotated

import typer

from reconciler.cli.options import Form, Talk, Where  # noqa: TC001  # read at run time, to make options of them


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
