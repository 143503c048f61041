"""Small journals for the tests of the homes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.actions import SetShadow
from reconciler.core.journal import RunFinished
from reconciler.core.outcome import Done
from reconciler.core.references import Ref
from tests.strategies.journal import Attempt, run_of

if TYPE_CHECKING:
    from reconciler.core.journal import Entry

AT = "2026-11-21T20:36:00.000Z"


def batch(run: str, size: int = 5) -> list[Entry]:
    """A run of exactly `size` entries, at least 2; nothing in it is left open."""
    steps = (size - 2) // 2
    attempts = [Attempt(f"deployment-{n}", f"id-{n}", SetShadow(Ref(f"m{n}", run)), Done()) for n in range(steps)]
    entries = run_of(run, attempts)
    return entries + [RunFinished(run, AT, 0)] * (size - len(entries))
