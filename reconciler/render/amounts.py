"""Numbers, lists and ages in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return `1 field` or `3 fields`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def enumeration(words: Iterable[str], last: str = "and") -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    *head, tail = list(words) or [""]
    return f"{', '.join(head)} {last} {tail}" if head else tail


def age(since: str, until: str) -> str:
    """Return the time between two RFC 3339 times in its largest unit, such as `3 days`; empty if one is unreadable."""
    try:
        seconds = (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds()
    except (ValueError, TypeError):
        return ""
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), _UNITS[-1])
    return counted(max(0, int(seconds // size)), unit)
