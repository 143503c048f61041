"""The two orders in which boxes are told: predictions say top, left, bottom, right; reviews say x, y, width, height."""

from collections.abc import Sequence


def to_rectangle(box: Sequence[int]) -> tuple[int, int, int, int]:
    """Return x, y, width and height of a box given by its top, left, bottom and right edges, in pixels."""
    top, left, bottom, right = box
    return left, top, right - left, bottom - top


def to_box(rectangle: Sequence[int]) -> tuple[int, int, int, int]:
    """Return the top, left, bottom and right edges of a rectangle given by x, y, width and height, in pixels."""
    x, y, width, height = rectangle
    return y, x, y + height, x + width
