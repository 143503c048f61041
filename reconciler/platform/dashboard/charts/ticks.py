"""Where an axis is marked: at round numbers, at powers, and at moments that people name."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

# What people count in: each times a power of ten.
_ROUND: Final = (1, 2, 5, 10)
# Beyond these, a float no longer tells neighbours apart, or their distance is no number.
_LARGEST: Final = 1e300

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
# Steps that divide the day, in seconds; then whole days.
_SHORT: Final = (60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
_DAYS: Final = (1, 2, 7, 14)
_MONTHS: Final = (1, 3, 6)
_YEARS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
# A Monday: weeks are counted from it.
_MONDAY: Final = datetime(1970, 1, 5, tzinfo=UTC)
# The years that can be told.
_FIRST: Final = datetime(2, 1, 1, tzinfo=UTC).timestamp()
_LAST: Final = datetime(9990, 1, 1, tzinfo=UTC).timestamp()
# Months since the year 0 that dates can tell.
_BEYOND: Final = 12 * 9999


def linear(least: float, most: float, wanted: int) -> Sequence[float]:
    """Return at most `wanted` (two or more) evenly spaced round numbers, the first and last around both bounds."""
    low, high = sorted((_bounded(least), _bounded(most)))
    if high - low <= max(abs(low), abs(high)) * 1e-9:
        # A single value stands in the middle of a span of its own size.
        low, high = low - (abs(low) / 2 or 0.5), high + (abs(high) / 2 or 0.5)
    step = _step((high - low) / max(wanted - 1, 1))
    while math.ceil(high / step) - math.floor(low / step) + 1 > max(wanted, 2):
        step = _step(step * 1.01)
        # Around zero two steps are needed however long they are.
        if step > 4 * (high - low):
            return [low, high]
    first, last = math.floor(low / step), math.ceil(high / step)
    return [_clean(number, step) for number in range(first, last + 1)]


def powers(least: float, most: float, wanted: int) -> Sequence[float]:
    """Return at most `wanted` (two or more) powers of ten around both bounds, which are above zero."""
    low, high = sorted((max(_bounded(least), 1e-300), max(_bounded(most), 1e-300)))
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    last = max(last, first + 1)
    stride = -(-(last - first) // max(wanted - 1, 1))
    last = first + stride * -(-(last - first) // stride)
    return [10.0**exponent for exponent in range(first, last + 1, stride) if exponent <= 300]


@dataclass(frozen=True)
class Moment:
    """A marked moment: Unix seconds, and how it is told."""

    at: float
    text: str


def moments(begin: float, end: float, wanted: int) -> Sequence[Moment]:
    """Return at most `wanted` (one or more) moments within a span of Unix seconds at which a clock or calendar turns.

    All are in UTC; a span too short for a minute, or out of the calendar, has none.
    """
    low, high = max(min(begin, end), _FIRST), min(max(begin, end), _LAST)
    if low > high:
        return []
    for step in _SHORT:
        if high - low < step * wanted:
            return _every(low, high, step, "%H:%M")[:wanted]
    for days in _DAYS:
        if high - low < days * _DAY * wanted:
            return _daily(low, high, days)[:wanted]
    for months in _MONTHS:
        if high - low < months * 28 * _DAY * wanted:
            return _monthly(low, high, months, "%b %Y")[:wanted]
    for years in _YEARS:
        if high - low < years * 365 * _DAY * wanted:
            return _monthly(low, high, 12 * years, "%Y")[:wanted]
    return []


def _bounded(value: float) -> float:
    return min(max(value, -_LARGEST), _LARGEST) if math.isfinite(value) else 0.0


def _step(least: float) -> float:
    """Return the shortest round step that is at least so long."""
    power = 10.0 ** math.floor(math.log10(least)) if least > 1e-300 else 1e-300
    return next((each * power for each in _ROUND if each * power >= least * (1 - 1e-12)), 10 * power)


def _clean(number: int, step: float) -> float:
    """Return a multiple of a step without the last digits' noise."""
    digits = 1 - math.floor(math.log10(step))
    return round(number * step, digits) if digits < 300 else number * step


def _every(low: float, high: float, step: int, how: str) -> list[Moment]:
    first = math.ceil(low / step)
    return [_moment(number * step, how) for number in range(first, math.floor(high / step) + 1)]


def _moment(seconds: float, how: str) -> Moment:
    moment = datetime.fromtimestamp(seconds, UTC)
    is_midnight = how == "%H:%M" and seconds % _DAY == 0
    return Moment(seconds, moment.strftime("%b %-d" if is_midnight else how))


def _daily(low: float, high: float, days: int) -> list[Moment]:
    origin = _MONDAY.timestamp()
    step = days * _DAY
    first = math.ceil((low - origin) / step)
    found = [origin + number * step for number in range(first, math.floor((high - origin) / step) + 1)]
    return [_moment(each, "%b %-d") for each in found]


def _monthly(low: float, high: float, months: int, how: str) -> list[Moment]:
    begin = datetime.fromtimestamp(low, UTC) - timedelta(days=1)
    number = (begin.year * 12 + begin.month - 1) // months * months
    # There is no year 0.
    number = max(number, -(-12 // months) * months)
    found = []
    while number < _BEYOND and (moment := _first_of(number).timestamp()) <= high:
        if moment >= low:
            found.append(Moment(moment, _first_of(number).strftime(how)))
        number += months
    return found


def _first_of(number: int) -> datetime:
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)
