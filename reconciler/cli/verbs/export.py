"""`reconciler export`: live deployments to manifests that then plan to zero; sends no write to the platform."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  # read at run time, to make options of these annotations
from typing import Annotated

import typer

from reconciler.cli.options import Form, Talk, Where  # noqa: TC001  # read at run time


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What only `export` takes."""

    out: Annotated[
        Path, typer.Option("--out", help="Folder of manifests; what it holds already is updated.", metavar="DIR")
    ]
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Addresses or platform names; by default every live deployment.",
            metavar="[NAME]...",
            show_default=False,
        ),
    ] = None
    declared_only: Annotated[
        bool,
        typer.Option("--declared-only", help="Add nothing to manifests that are there: only move what they declare."),
    ] = False


def export(talk: Talk, form: Form, *, where: Where, own: ExportOptions) -> int:
    """Write live deployments as minimal manifests that plan to zero; existing ones keep comments, order and quotes."""
    from reconciler.cli.runs.exporting import run_export

    return run_export(talk, form, where, own)
