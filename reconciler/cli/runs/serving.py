"""`platform serve`: the embedded platform as a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.bootstrap.embedded import Serving, serve_platform
from reconciler.cli.console import Console
from reconciler.render.printable import printable
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from reconciler.cli.options import Talk
    from reconciler.cli.verbs.platform import ServeOptions


def run_serve(talk: Talk, own: ServeOptions) -> int:
    """Serve until a signal, and return the exit code: ending on request is what it is for."""
    told = f"Serving the platform of {printable(str(own.data_dir))}; stop with Ctrl-C."
    Console(talk).say([line(Span(told, Style.MUTED))])
    serving = Serving(
        folder=own.data_dir, host=own.host, port=own.port, ready_file=own.ready_file, report=own.report.value
    )
    serve_platform(serving)
    return 0
