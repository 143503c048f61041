"""`platform seed`: demo assets into a data folder, and what is there afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.bootstrap.embedded import seed_platform
from reconciler.cli.arguments import format_of
from reconciler.cli.console import Console
from reconciler.render.printable import printable
from reconciler.render.seed import seed_text
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.cli.options import Form, Talk

FORMATS: Final = ("text", "json")


def run_seed(talk: Talk, form: Form, folder: Path, only: Sequence[str]) -> int:
    """Plant what is missing, tell what is there, and return the exit code."""
    console, chosen = Console(talk, form), format_of(form, FORMATS)

    def tell(sentence: str) -> None:
        console.say([line(Span(printable(sentence), Style.MUTED))])

    planted = seed_platform(folder, tell, only)
    if chosen == "json":
        console.document(planted)
    else:
        console.show(seed_text(planted))
    return 0
