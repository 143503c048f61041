"""An error as its reader needs it: what happened, where, and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.errors import ReconcilerError
    from reconciler.render.spans import Line, Text


def error_text(error: ReconcilerError) -> Text:
    """Return `error: …`, `where: …` and `hint: …`, as far as the error knows them."""
    return tuple(_lines(error))


def _lines(error: ReconcilerError) -> Iterator[Line]:
    yield line(Span("error: ", Style.ERROR), Span(printable(error.message, SENTENCE_LIMIT), Style.STRONG))
    if error.where is not None:
        yield line(f"where: {printable(error.where, SENTENCE_LIMIT)}", indent=2)
    if error.hint is not None:
        yield line(Span("hint: ", Style.STRONG), printable(error.hint, SENTENCE_LIMIT), indent=2)
