"""`reconciler explain`: why one deployment is blocked, held, waiting or drifted, and what to do next."""

from __future__ import annotations

from typing import Annotated

import typer

from reconciler.cli.options import Form, Manifests, Talk, Where  # noqa: TC001  # read at run time


def explain(
    talk: Talk,
    form: Form,
    *,
    where: Where,
    name: Annotated[
        str,
        typer.Argument(help="Name of a deployment in the manifests, or in the ledger.", metavar="NAME"),
    ],
    manifests: Manifests = None,
) -> int:
    """Say why a deployment is blocked, held, waiting or drifted, field by field, and what to do next."""
    from reconciler.cli.options import Which
    from reconciler.cli.runs.explaining import run_explain
    from reconciler.cli.runs.job import Order

    return run_explain(Order("explain", talk, form, where, Which(), manifests or (), allow_empty=True), name)
