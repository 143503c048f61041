"""How values become places: a scale maps a domain onto 0..1, evenly or by powers."""

import math
from dataclasses import dataclass

# From this factor between the least and the most on, an even scale hides the least.
WIDE = 50


@dataclass(frozen=True)
class Scale:
    """A domain and how it is laid out; `least` is below `most`, and above zero where the scale is logarithmic."""

    least: float
    most: float
    is_log: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.least) and math.isfinite(self.most) and self.least < self.most):
            raise ValueError(f"a scale from {self.least} to {self.most} has no width")
        if self.is_log and self.least <= 0:
            raise ValueError("a logarithmic scale begins above zero")

    def share(self, value: float) -> float:
        """Return where a value lies, 0 at the least and 1 at the most; what lies beyond is drawn at the edge."""
        inside = min(max(value, self.least), self.most) if not math.isnan(value) else self.least
        if self.is_log:
            begin, end = math.log(self.least), math.log(self.most)
            return min(max((math.log(inside) - begin) / (end - begin), 0.0), 1.0)
        # Halved, so that the distance of the largest numbers is one.
        return min(max((inside / 2 - self.least / 2) / (self.most / 2 - self.least / 2), 0.0), 1.0)


def is_wide(least: float, most: float) -> bool:
    """Whether positive values spread so far that they are better told apart by powers."""
    return least > 0 and most / least >= WIDE
