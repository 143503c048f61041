"""The command line taken as data: whether it takes some arguments, without doing what they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence


def command() -> Any:
    """Return the whole command; its types are typer's own, and private."""
    from reconciler.cli import app

    return app._COMMAND


def complaint(arguments: Sequence[str]) -> str | None:
    """Return what the command line says against these arguments, or nothing."""
    from reconciler.cli.composition import Invocation

    group, context, words = command(), None, list(arguments)
    name = "reconciler"
    try:
        while True:
            context = group.make_context(name, words, parent=context, obj=Invocation())
            if not hasattr(group, "resolve_command"):
                return None
            name, group, words = group.resolve_command(context, [*context._protected_args, *context.args])
    except typer.TyperException as error:
        return str(error)
