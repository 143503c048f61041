"""`reconciler adopt`: take what is live into our ownership; writes the ledger, never the platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from reconciler.cli.options import Form, Manifests, Talk, Where, Which


@dataclass(frozen=True, slots=True)
class AdoptOptions:
    """What only `adopt` takes."""

    names: Annotated[
        list[str], typer.Argument(help="Addresses, as in `metadata.name`.", metavar="NAME...", show_default=False)
    ]
    manifests: Manifests = None


def adopt(talk: Talk, form: Form, *, where: Where, own: AdoptOptions) -> int:
    """Record manifests as applied, for fields that the platform does not report; writes nothing to the platform."""
    from reconciler.cli.runs.job import Order
    from reconciler.cli.runs.owning import run_adopt

    which = Which(target=own.names)
    return run_adopt(Order("adopt", talk, form, where, which, own.manifests or ()), own.names)
