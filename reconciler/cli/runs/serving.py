"""`platform serve`: the embedded platform as a process, and where to find it."""

from __future__ import annotations

import json
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reconciler.bootstrap.embedded import Serving, serve_platform
from reconciler.cli.console import Console
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from reconciler.cli.options import Talk
    from reconciler.cli.verbs.platform import ServeOptions
    from reconciler.render.spans import Text

_SECONDS: Final = 0.05
"""Between two looks for the ready file."""


def run_serve(talk: Talk, own: ServeOptions) -> int:
    """Serve until a signal, and return the exit code: ending on request is what it is for."""
    with tempfile.TemporaryDirectory(prefix="reconciler-") as folder:
        ready_file = own.ready_file or Path(folder) / "ready.json"
        ended = threading.Event()
        teller = threading.Thread(target=_tell, args=(Console(talk), own.data_dir, ready_file, ended), daemon=True)
        teller.start()
        try:
            serve_platform(_serving(own, ready_file))
        finally:
            ended.set()
            teller.join()
    return 0


def _serving(own: ServeOptions, ready_file: Path) -> Serving:
    return Serving(
        folder=own.data_dir,
        host=own.host,
        port=own.port,
        ready_file=ready_file,
        report=own.report.value,
        store_file=own.store_file,
        workers=own.workers,
    )


def _tell(console: Console, folder: Path, ready_file: Path, ended: threading.Event) -> None:
    """Say where the platform is once it is there; an older file of that name does not count."""
    before = _stamp(ready_file)
    while not ended.wait(_SECONDS):
        if _stamp(ready_file) not in (None, before):
            console.say(ready_text(folder, json.loads(ready_file.read_text(encoding="utf-8"))))
            return


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def ready_text(folder: Path, ready: dict[str, Any]) -> Text:
    """Return where a platform is reached and how one gets in."""
    token = printable(str(folder / "token"), SENTENCE_LIMIT)
    return (
        line(Span(f"The platform of {printable(str(folder), SENTENCE_LIMIT)} is at {ready['url']}", Style.STRONG)),
        line(f"monitoring at {ready['monitoring_url']}, serving at {ready['serving_url']}", indent=2),
        line(f"its token is in {token}: PICSELLIA_TOKEN=$(cat {token})", indent=2),
        line(Span("Stop it with Ctrl-C.", Style.MUTED)),
    )
