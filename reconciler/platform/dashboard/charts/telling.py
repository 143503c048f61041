"""How axes tell numbers: short, and no more digits than the distance between two marks needs."""

import math
from collections.abc import Callable, Sequence

_SHORT = ((1e9, "G"), (1e6, "M"), (1e3, "k"))

Telling = Callable[[float], str]


def short(value: float) -> str:
    """Return a number in few characters: 0.05, 12, 1.5k, 2M."""
    if value != 0 and abs(value) < 1e-3:
        return f"{value:.0e}".replace("e-0", "e-")
    for size, letter in _SHORT:
        if abs(value) >= size:
            return f"{_trimmed(value / size)}{letter}"
    return _trimmed(value)


def duration(value: float) -> str:
    """Return seconds in few characters: 20 ms, 1.5 s."""
    if value == 0:
        return "0"
    if abs(value) < 1e-3:
        return f"{_trimmed(value * 1e6)} µs"
    return f"{_trimmed(value * 1e3)} ms" if abs(value) < 1 else f"{_trimmed(value)} s"


def texts(values: Sequence[float], telling: Telling = short) -> Sequence[str]:
    """Return what the marks of an axis say."""
    return [telling(value) for value in values]


def _trimmed(value: float) -> str:
    digits = 3 if value == 0 else max(3, math.floor(math.log10(abs(value))) + 1)
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if "e" in text else text
