"""What a new manifest says about itself in comments: which fields are live and not declared in it, and why."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from reconciler.core.export.spelling import NOT_REPORTED

if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDTH: Final = 112
"""Characters of a comment line."""


def remarks(unknown: Mapping[str, str], address: str) -> tuple[str, ...]:
    """Return comment lines about what could not be declared.

    Args:
        unknown: Path or block to why it has no spelling.
        address: The manifest's `metadata.name`.
    """
    silent = [path for path, why in unknown.items() if why == NOT_REPORTED]
    told = [f"Not declared: {path}; {why}." for path, why in unknown.items() if why != NOT_REPORTED]
    if silent:
        told.insert(0, f"Not declared, because the platform does not report it: {', '.join(silent)}.")
        told.append(f"Declare what you know to be so, then run `reconciler adopt {address}`.")
    return tuple(line for sentence in told for line in textwrap.wrap(sentence, _WIDTH, break_on_hyphens=False))
