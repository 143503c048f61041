"""The command line as a whole: its verbs, the options before them, and one place where every run gets its exit code."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reconciler import __version__
from reconciler.cli.composition import Invocation, Verb, Verbs, composed, gather, taking
from reconciler.cli.console import Console, be_tolerant
from reconciler.cli.failures import fail, usage_error
from reconciler.cli.options import GROUPS, Talk
from reconciler.cli.verbs.adopt import adopt
from reconciler.cli.verbs.apply import apply
from reconciler.cli.verbs.demo import demo
from reconciler.cli.verbs.drift import drift
from reconciler.cli.verbs.explain import explain
from reconciler.cli.verbs.export import export
from reconciler.cli.verbs.forget import forget
from reconciler.cli.verbs.history import history
from reconciler.cli.verbs.ledger import export_ledger, import_ledger, prune_ledger, show, unlock
from reconciler.cli.verbs.plan import plan
from reconciler.cli.verbs.platform import seed, serve
from reconciler.cli.verbs.schema import schema
from reconciler.cli.verbs.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing escapes but the end of the process."""
    be_tolerant()
    invocation = Invocation()
    try:
        result = _COMMAND(list(arguments), prog_name="reconciler", standalone_mode=False, obj=invocation)
    except typer.TyperException as error:
        return fail(Console(invocation.talk), usage_error(error, arguments))
    except Exception as error:  # noqa: BLE001  # the last one: whatever it is becomes a message and a code
        return fail(Console(invocation.talk), error)
    return result if isinstance(result, int) else 0


def _show_version(wanted: bool) -> None:  # noqa: FBT001  # typer's signature for option callbacks
    if wanted:
        typer.echo(f"reconciler {__version__}")
        raise typer.Exit


_VERSION = inspect.Parameter(
    "version",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ],
)


def _before(ctx: typer.Context, *, version: bool, **values: Any) -> None:  # noqa: ANN401, ARG001  # as typer parsed
    """Declarative, reviewable, drift-aware Deployments for Picsellia-compatible computer-vision platforms."""
    invocation: Invocation = ctx.obj
    invocation.before = {group: gather(group, values) for group in GROUPS}
    talk = invocation.before[Talk]
    invocation.talk = talk if isinstance(talk, Talk) else Talk()


def _add(app: typer.Typer, name: str, function: Callable[..., int], short: str) -> None:
    app.command(name, cls=Verb, short_help=short)(composed(function))


def _build() -> typer.Typer:
    app = typer.Typer(cls=Verbs, rich_markup_mode=None, pretty_exceptions_enable=False, help=_before.__doc__)
    app.callback()(taking(GROUPS, _before, _VERSION))
    for name, (function, short) in _VERBS.items():
        _add(app, name, function, short)
    platform = typer.Typer(cls=Verbs, rich_markup_mode=None, help="Run and fill the embedded platform.")
    _add(platform, "serve", serve, "Serve an embedded platform until Ctrl-C.")
    _add(platform, "seed", seed, "Plant real demo images, datasets and models.")
    app.add_typer(platform, name="platform")
    ledger = typer.Typer(
        cls=Verbs, rich_markup_mode=None, help="Look at the memory, prune it, or move it to another home."
    )
    _add(ledger, "show", show, "Say what is applied, and since when.")
    _add(ledger, "unlock", unlock, "Break the leases that a run left behind.")
    _add(ledger, "prune", prune_ledger, "Let go of the oldest runs.")
    _add(ledger, "export", export_ledger, "Write every entry as a line of JSON.")
    _add(ledger, "import", import_ledger, "Store an export in an empty ledger.")
    app.add_typer(ledger, name="ledger")
    return app


_VERBS: dict[str, tuple[Callable[..., int], str]] = {
    "validate": (validate, "Check manifests and settings, offline."),
    "plan": (plan, "Show what apply would write, and why."),
    "apply": (apply, "Write what differs, and look whether it arrived."),
    "drift": (drift, "Say what moved on the platform, and who moved it."),
    "adopt": (adopt, "Own what is live, by record alone."),
    "forget": (forget, "Let go of deployments, by record alone."),
    "export": (export, "Write live deployments as manifests."),
    "history": (history, "Say what was applied when, and by whom."),
    "explain": (explain, "Say why one deployment is as it is."),
    "schema": (schema, "Print a JSON Schema."),
    "demo": (demo, "Play the whole story on an embedded platform."),
}
"""Every verb that works, with what the list of commands says of it (up to 50 characters)."""

_COMMAND = typer.main.get_command(_build())
