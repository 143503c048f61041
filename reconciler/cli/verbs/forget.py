"""`reconciler forget`: drop deployments from our ownership; writes the ledger, never the platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from reconciler.cli.options import Form, Manifests, Talk, Where, Which


@dataclass(frozen=True, slots=True)
class ForgetOptions:
    """What only `forget` takes."""

    names: Annotated[
        list[str],
        typer.Argument(help="Addresses, also of what is no longer declared.", metavar="NAME...", show_default=False),
    ]
    manifests: Manifests = None


def forget(talk: Talk, form: Form, *, where: Where, own: ForgetOptions) -> int:
    """Drop deployments from the ledger; what is live on the platform stays as it is."""
    from reconciler.cli.runs.job import Order
    from reconciler.cli.runs.owning import run_forget

    order = Order("forget", talk, form, where, Which(), own.manifests or (), allow_empty=True)
    return run_forget(order, own.names)
