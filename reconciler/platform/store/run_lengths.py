"""Masks as COCO's compressed run lengths: read, checked, measured.

The runs go down the columns of an image, background first. Source of the text form: the COCO API's `maskApi.c`
(https://github.com/cocodataset/cocoapi), functions `rleToString` and `rleFrString`.
"""

from collections.abc import Iterator
from typing import Final

from reconciler.platform.store.faults import Invalid

_FIRST: Final = 48
_VALUE, _MORE, _SIGN, _BITS = 0x1F, 0x20, 0x10, 5
# No run of a real image needs more groups of five bits.
_MOST_GROUPS: Final = 13


def read(text: str) -> list[int]:
    """Return the lengths of the runs.

    Raises:
        Invalid: when the text is none that the encoding writes.
    """
    counts: list[int] = []
    for change in _changes(text):
        counts.append(change + counts[-2] if len(counts) > 2 else change)
        if counts[-1] < 0:
            raise Invalid("The mask's run lengths cannot be read: one is negative.")
    return counts


def measured(text: str, size: tuple[int, int]) -> tuple[int, tuple[int, int, int, int]]:
    """Return a mask's area in pixels and its box (left, top, width, height), on an image of that width and height.

    Raises:
        Invalid: when its runs do not fill the image exactly, or nothing is marked.
    """
    width, height = size
    counts = read(text)
    if sum(counts) != width * height:
        raise Invalid(f"The mask covers {sum(counts)} pixels; its image has {width} by {height}.")
    corners = list(_corners(counts, height))
    if not corners:
        raise Invalid("The mask marks no pixel.")
    left, top = min(item[0] for item in corners), min(item[1] for item in corners)
    right, bottom = max(item[2] for item in corners), max(item[3] for item in corners)
    return sum(counts[1::2]), (left, top, right - left + 1, bottom - top + 1)


def _changes(text: str) -> Iterator[int]:
    value, groups = 0, 0
    for sign in text:
        bits = ord(sign) - _FIRST
        if not 0 <= bits < 2 * _MORE or groups == _MOST_GROUPS:
            raise Invalid("The mask's run lengths cannot be read.")
        value |= (bits & _VALUE) << (_BITS * groups)
        groups += 1
        if not bits & _MORE:
            yield value - (1 << (_BITS * groups)) if bits & _SIGN else value
            value, groups = 0, 0
    if groups:
        raise Invalid("The mask's run lengths end half-way.")


def _corners(counts: list[int], height: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield left, top, right and bottom, all inclusive, of each marked run."""
    place = 0
    for number, count in enumerate(counts):
        if number % 2 and count:
            left, top = divmod(place, height)
            right, bottom = divmod(place + count - 1, height)
            yield (left, top, right, bottom) if left == right else (left, 0, right, height - 1)
        place += count
