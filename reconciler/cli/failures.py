"""Every way to fail, as lines on stderr and an exit code; a traceback goes to a file, for the bug report."""

from __future__ import annotations

import os
import tempfile
import traceback
from typing import TYPE_CHECKING, Final

from reconciler import __version__
from reconciler.errors import Bug, ManifestError, ReconcilerError, UsageError, exit_code_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.cli.console import Console

_ISSUES: Final = "https://reconciler.dev/issues"


def fail(console: Console, error: BaseException) -> int:
    """Tell what went wrong and return the exit code for it."""
    if isinstance(error, ManifestError):
        _show_diagnostics(console, error.diagnostics)
    if isinstance(error, ReconcilerError) and not isinstance(error, Bug):
        _show(console, error)
        return exit_code_of(error)
    _show(console, _as_bug(error))
    if console.talk_options.verbose > 1 or os.environ.get("RECONCILER_DEBUG"):
        traceback.print_exception(error)
    return Bug.exit_code


def _show(console: Console, error: ReconcilerError) -> None:
    from reconciler.render.errors import error_text

    console.complain(error_text(error))


def _show_diagnostics(console: Console, diagnostics: Sequence[object]) -> None:
    from reconciler.core.manifest.diagnostics import Diagnostic
    from reconciler.render.diagnostics import diagnostics_text

    console.complain(diagnostics_text([each for each in diagnostics if isinstance(each, Diagnostic)]))


def _as_bug(error: BaseException) -> Bug:
    first = str(error).partition("\n")[0]
    reason = f"{type(error).__name__}: {first}" if first else type(error).__name__
    file = _keep(error)
    kept = f"the file {file}" if file else "the output of the same command with RECONCILER_DEBUG=1"
    return Bug(f"reconciler {__version__} failed inside: {reason}", hint=f"Please report it at {_ISSUES} with {kept}.")


def _keep(error: BaseException) -> str | None:
    """Write the traceback to a file that only its owner may read; return its name."""
    try:
        handle, name = tempfile.mkstemp(prefix="reconciler-bug-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"reconciler {__version__}\n")
            file.writelines(traceback.format_exception(error))
    except OSError:
        return None
    return name


def usage_error(error: Exception, arguments: Sequence[str]) -> UsageError:
    """Return typer's complaint in our words: the offending word, the likely one, where to look.

    Args:
        error: What typer raised.
        arguments: The command line, to quote what it complains about.
    """
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else "reconciler"
    message = str(getattr(error, "format_message", error.__str__)())
    meant = getattr(error, "possibilities", None)
    if meant:
        message = message.partition(" (Possible options")[0]
    guess = f"Did you mean {sorted(meant)[0]}? " if meant else ""
    message = f"{message[:1].lower()}{message[1:].rstrip('.')}{_quoted(error, arguments)}"
    return UsageError(message, hint=f"{guess}See `{path} --help`.")


def _quoted(error: Exception, arguments: Sequence[str]) -> str:
    """Return `, not 'soon'` where the complaint is about the value of an option that can be found."""
    options = getattr(getattr(error, "param", None), "opts", ())
    for place, word in enumerate(arguments):
        option, given, value = word.partition("=")
        if option in options and (given or place + 1 < len(arguments)):
            return f", not {(value if given else arguments[place + 1])[:60]!r}"
    return ""
