"""The third truth value: what the API does not say is neither a value nor an absence."""

from __future__ import annotations

import enum
from typing import Final, TypeGuard, TypeVar

T = TypeVar("T")


class Unreported(enum.Enum):
    """The type of `UNREPORTED`, an enum so that type checkers can narrow on identity."""

    UNREPORTED = "unreported"

    def __repr__(self) -> str:
        return "UNREPORTED"

    def __bool__(self) -> bool:
        raise TypeError("UNREPORTED has no truth value: compare with `is UNREPORTED`")


UNREPORTED: Final = Unreported.UNREPORTED
"""The API said nothing about this field."""


def is_reported(value: T | Unreported) -> TypeGuard[T]:
    """Tell whether the API (or our own memory) said anything."""
    return value is not UNREPORTED
