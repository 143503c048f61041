"""One field of one deployment as a line: symbol, path, before → after, and whose move it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.diff import Decision, DriftClass
from reconciler.render.amounts import age
from reconciler.render.printable import printable
from reconciler.render.spans import Span, Style, line
from reconciler.render.values import NOT_REPORTED, change_text, sides, value_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.core.diff import FieldChange
    from reconciler.render.spans import Line

INDENT: Final = 4
_WIDEST: Final = 36
"""Characters a path may take before it pushes its value to the right."""


def path_width(paths: Iterable[str]) -> int:
    """Return the width of the column of paths."""
    return min(_WIDEST, max((len(printable(path)) for path in paths), default=0))


def field_line(change: FieldChange, *, width: int, now: str) -> Line:
    """Return the line of a field as a plan shows it; `now` (RFC 3339) makes records into ages."""
    symbol = _symbol(change)
    notes = "; ".join(_notes(change, now))
    return line(
        symbol,
        " ",
        Span(f"{printable(change.path):<{width}}", Style.PLAIN),
        "  ",
        _values(change),
        Span(f"  # {notes}" if notes else "", Style.MUTED),
        indent=INDENT,
    )


def _symbol(change: FieldChange) -> Span:
    if change.decision is Decision.HOLD:
        return Span("?", Style.HELD)
    if change.decision is Decision.REPORT:
        return Span(" ")
    if change.drift is DriftClass.CREATED:
        return Span("+", Style.CREATE)
    if change.known and change.before in (None, []) and change.after not in (None, []):
        return Span("+", Style.CREATE)
    return Span("-", Style.DELETE) if change.after in (None, []) else Span("~", Style.CHANGE)


def _values(change: FieldChange) -> str:
    if change.drift is DriftClass.CREATED:
        return value_text(change.after)
    if not change.known:
        return f"{NOT_REPORTED} → {value_text(change.after)}"
    if change.decision is Decision.REPORT:
        return "live {}, desired {}".format(*sides(change.before, change.after))
    if change.before == change.after:
        return value_text(change.after)
    return change_text(change.before, change.after)


def _notes(change: FieldChange, now: str) -> list[str]:
    notes = []
    if change.decision is Decision.HOLD:
        notes.append("held")
    elif change.drift is DriftClass.IN_SYNC:
        notes.append("written again on request")
    elif change.drift is not DriftClass.CREATED:
        notes.append(change.drift.value + moved_by(change))
    if change.assumed_since:
        notes.append(assumed(change.assumed_since, now))
    if change.decision is Decision.REPORT:
        notes.append("reported, not written")
    return notes


def moved_by(change: FieldChange) -> str:
    """Return `, moved by somebody` where the platform tells, else nothing."""
    return f", moved by {printable(change.moved_by)}" if change.moved_by else ""


def assumed(since: str, now: str) -> str:
    """Return how long ago an unreported value was recorded."""
    passed = age(since, now)
    return f"assumed as applied {passed} ago" if passed else "assumed as applied"
