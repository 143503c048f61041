"""Styled text as a value: spans say what a piece of text means, and whoever prints decides how that looks."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable


class Style(enum.Enum):
    """What a piece of text means."""

    PLAIN = "plain"
    STRONG = "strong"
    MUTED = "muted"
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    ADOPT = "adopt"
    REFUSED = "refused"
    HELD = "held"
    GOOD = "good"
    WARNING = "warning"
    ERROR = "error"


class Span(NamedTuple):
    """A piece of text with one meaning."""

    text: str
    style: Style = Style.PLAIN


Line: TypeAlias = "tuple[Span, ...]"
"""One line, without its line break."""

Text: TypeAlias = "tuple[Line, ...]"
"""Lines, top to bottom."""

BLANK: Line = ()
"""An empty line."""


def line(*parts: Span | str, indent: int = 0) -> Line:
    """Make a line out of spans and plain strings, `indent` blanks to the right."""
    spans = tuple(Span(part) if isinstance(part, str) else part for part in parts)
    return (Span(" " * indent), *spans) if indent else spans


def plain(text: Iterable[Line]) -> str:
    """Return the text without styles: no trailing blanks, and a line break after each line."""
    return "".join("".join(span.text for span in each).rstrip() + "\n" for each in text)
