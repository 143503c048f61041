"""Spans as terminal text: one SGR sequence per style (ECMA-48), always closed on the same line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.render.spans import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.render.spans import Line, Span

_SGR: Final[Mapping[Style, str]] = {
    Style.PLAIN: "",
    Style.STRONG: "1",
    Style.MUTED: "2",
    Style.CREATE: "32",
    Style.CHANGE: "33",
    Style.DELETE: "31",
    Style.ADOPT: "36",
    Style.REFUSED: "1;31",
    Style.HELD: "35",
    Style.GOOD: "32",
    Style.WARNING: "33",
    Style.ERROR: "1;31",
}


def ansi(text: Iterable[Line]) -> str:
    """Return the text with colours, a line break after each line."""
    return "".join("".join(map(_paint, each)).rstrip() + "\n" for each in text)


def _paint(span: Span) -> str:
    code = _SGR[span.style]
    return f"\x1b[{code}m{span.text}\x1b[0m" if code and span.text else span.text
