"""What an aspect answers: how desired and live differ, and which actions would close the gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.core.actions import Action
    from reconciler.core.diff import FieldChange
    from reconciler.core.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Move:
    """One action, and the paths of the changes that caused it."""

    action: Action
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assumption:
    """A field that is only assumed to be as desired, and since when (RFC 3339)."""

    path: str
    since: str


@dataclass(frozen=True, slots=True)
class Gap:
    """The answer of one aspect; gaps add up.

    Attributes:
        changes: Fields that differ or are held, in field order.
        moves: The actions that close the gap, in no particular order: `core.order` sorts them.
        refusals: Why part of it may not be closed.
        assumed: Fields in sync only by our own record.
        settled: Paths of fields that are live as desired but not recorded so: memory to be brought up to date.
        unchanged: How many declared fields are in sync.
    """

    changes: tuple[FieldChange, ...] = ()
    moves: tuple[Move, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    assumed: tuple[Assumption, ...] = ()
    settled: tuple[str, ...] = ()
    unchanged: int = 0

    def __add__(self, other: Gap) -> Gap:
        return Gap(
            self.changes + other.changes,
            self.moves + other.moves,
            self.refusals + other.refusals,
            self.assumed + other.assumed,
            self.settled + other.settled,
            self.unchanged + other.unchanged,
        )


NO_GAP = Gap()
"""Nothing declared, or nothing to say."""
