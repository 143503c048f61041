"""Images that no dataset version holds: what a camera sees once the models are in production."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.platform.seed import digits, scenes

if TYPE_CHECKING:
    from reconciler.platform.seed.samples import Sample


def of_digits() -> tuple[tuple[str, bytes, str], ...]:
    """Return the never-seen digits as (file name, PNG bytes, true label), always in the same order."""
    return tuple((sample.filename, sample.png, sample.label) for sample in digits.collect().stream)


def of_scenes() -> tuple[Sample, ...]:
    """Return the never-seen scenes, each with its true boxes, always in the same order."""
    return scenes.collect().stream
