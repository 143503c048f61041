"""A trend as small as a word: one polyline for each stretch without gaps, in a box of fixed size."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

WIDTH, HEIGHT = 120, 28
# Room for the line's own width.
_MARGIN = 2.0


@dataclass(frozen=True)
class Sparkline:
    """Lines as SVG has them (`points`), lone points (`dots`), and the least and most value drawn."""

    lines: Sequence[str]
    dots: Sequence[tuple[float, float]]
    least: float | None
    most: float | None


def sparkline(values: Sequence[float | None]) -> Sparkline:
    """Draw values at even distances, the first on the left; None is a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return Sparkline((), (), None, None)
    least, most = min(known), max(known)
    placed = [
        None if value is None else _place(index, value, len(values), (least, most))
        for index, value in enumerate(values)
    ]
    stretches = [list(group) for is_known, group in groupby(placed, lambda at: at is not None) if is_known]
    return Sparkline(
        lines=[" ".join(f"{at[0]},{at[1]}" for at in stretch if at) for stretch in stretches if len(stretch) > 1],
        dots=[at for stretch in stretches if len(stretch) == 1 for at in stretch if at],
        least=least,
        most=most,
    )


def _place(index: int, value: float, number: int, bounds: tuple[float, float]) -> tuple[float, float]:
    least, most = bounds
    across = index / (number - 1) if number > 1 else 0.5
    # A steady value is drawn in the middle.
    up = (value - least) / (most - least) if most > least else 0.5
    return round(_MARGIN + across * (WIDTH - 2 * _MARGIN), 1), round(HEIGHT - _MARGIN - up * (HEIGHT - 2 * _MARGIN), 1)
