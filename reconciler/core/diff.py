"""How one field differs: before, after, and whose move it was."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.core.live import Json
    from reconciler.core.origin import Origin


class DriftClass(enum.StrEnum):
    """Whose move made a field differ.

    PENDING: git is ahead (applied = live). DRIFTED: live moved (desired = applied). CONFLICT: both moved. SETTLED: live
    is as desired, but not by us. UNRECORDED: it differs and we have no record. CREATED: the deployment does not exist
    yet. IN_SYNC: nothing to tell.
    """

    IN_SYNC = "in sync"
    PENDING = "pending"
    DRIFTED = "drifted"
    CONFLICT = "conflict"
    SETTLED = "settled"
    UNRECORDED = "unrecorded"
    CREATED = "created"

    @property
    def is_drift(self) -> bool:
        """Tell whether a drift job should raise its voice."""
        return self in (DriftClass.DRIFTED, DriftClass.CONFLICT)


def classify(*, desired: object, live: object, applied: object, recorded: bool) -> DriftClass:
    """Return the class of a field from its three values; `applied` only counts where `recorded`."""
    if desired == live:
        return DriftClass.SETTLED if recorded and applied != desired else DriftClass.IN_SYNC
    if not recorded:
        return DriftClass.UNRECORDED
    if applied == live:
        return DriftClass.PENDING
    return DriftClass.DRIFTED if applied == desired else DriftClass.CONFLICT


class Decision(enum.StrEnum):
    """What happens to a field that differs.

    WRITE: this plan writes it. REPORT: it is only told (Observed, or OnChange and only live moved). HOLD: neither the
    API nor our memory knows it, so nothing is written.
    """

    WRITE = "write"
    REPORT = "report"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one deployment that differs, or that nobody knows.

    Attributes:
        path: Dotted path as in the manifest, down to nested parameters.
        field: Path of the comparable field it belongs to (`core.live.FIELDS`).
        before: Live value as JSON; `None` also where unknown (see `known`).
        after: Desired value as JSON.
        drift: Whose move it was.
        decision: What this plan does about it.
        known: Whether `before` is known, by report or by record.
        assumed_since: RFC 3339 time of the record, where `before` is assumed and not reported.
        moved_by: Who moved it, where the platform tells: an actor, or a policy such as `continuous deployment`.
        origin: The place of the desired value.
    """

    path: str
    field: str
    before: Json
    after: Json
    drift: DriftClass
    decision: Decision
    known: bool = True
    assumed_since: str = ""
    moved_by: str = ""
    origin: Origin | None = None
