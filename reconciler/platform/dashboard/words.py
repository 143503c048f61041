"""How numbers and moments are told: short, with their unit, the same on every page."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

# An en dash.
NOTHING = "\u2013"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SPANS = ((365 * _DAY, "year"), (30 * _DAY, "month"), (_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute"))
_THOUSAND, _MILLION = 10_000, 1_000_000


def count(value: float | None) -> str:
    """Return a whole number with its thousands apart."""
    return NOTHING if value is None else f"{value:,.0f}"


def brief(value: float | None) -> str:
    """Return a whole number in at most five characters: 9,999, 12.3k, 1.2M."""
    if value is None:
        return NOTHING
    if value < _THOUSAND:
        return f"{value:,.0f}"
    return f"{value / 1000:.1f}k" if value < _MILLION else f"{value / _MILLION:.1f}M"


def seconds(value: float | None) -> str:
    """Return a duration of computing: microseconds to seconds."""
    if value is None:
        return NOTHING
    if value < 0.001:
        return f"{value * 1_000_000:.0f} µs"
    return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"


def share(value: float | None) -> str:
    """Return a share of one in per cent."""
    return NOTHING if value is None else f"{value:.1%}".replace("%", " %")


def score(value: float | None) -> str:
    """Return a figure between 0 and 1, or near it."""
    return NOTHING if value is None else f"{value:.3g}"


def moment(value: datetime | float | None) -> str:
    """Return a moment to the minute, in UTC; floats are Unix seconds."""
    return NOTHING if value is None else _in_utc(value).strftime("%Y-%m-%d %H:%M")


def machine(value: datetime | float) -> str:
    """Return a moment as machines read it (RFC 3339)."""
    return _in_utc(value).isoformat(timespec="seconds")


def ago(value: datetime | float | None) -> str:
    """Return how long ago a moment was, in its largest unit."""
    if value is None:
        return NOTHING
    passed = (datetime.now(UTC) - _in_utc(value)).total_seconds()
    told = span(abs(passed))
    return f"in {told}" if passed <= -_MINUTE else "just now" if passed < _MINUTE else f"{told} ago"


def span(value: float) -> str:
    """Return a stretch of time, given in seconds, in its largest unit."""
    for length, name in _SPANS:
        if value >= length:
            number = int(value // length)
            return f"{number} {name}{'' if number == 1 else 's'}"
    return "less than a minute"


def plural(number: float, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is one."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def _in_utc(value: datetime | float) -> datetime:
    return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromtimestamp(value, UTC)


FILTERS: Mapping[str, Callable[..., str]] = {
    "number": count,
    "brief": brief,
    "seconds": seconds,
    "share": share,
    "score": score,
    "moment": moment,
    "machine": machine,
    "ago": ago,
    "span": span,
    "plural": plural,
}
