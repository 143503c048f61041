"""Markdown pieces: a head that says where a page comes from, and tables whose cells cannot break them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def document(title: str, opening: str, *parts: str) -> str:
    """Return a whole page."""
    head = f"# {title}\n\n<!-- Written by `python -m tests.generate`; do not edit. -->\n\n{opening}\n"
    return "\n".join((head, *(f"{part.rstrip()}\n" for part in parts)))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [_line(header), _line(["---"] * len(header)), *(_line([cell(text) for text in row]) for row in rows)]
    return "\n".join(lines)


def cell(text: str) -> str:
    """Return a text that stays within its cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: object) -> str:
    """Return a text as code, or nothing for nothing."""
    return f"`{text}`" if str(text) else ""


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
