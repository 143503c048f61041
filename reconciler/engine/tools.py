"""The ports a run needs, handed around as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.ports import Actuator, Announcer, Clock, Leases, Ledger, Meter, Observer


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything from the outside that the engine uses.

    Without a meter, reports count only the requests that observations tell of and the writes handed to the actuator.
    Without leases nobody else is kept out.
    """

    observer: Observer
    actuator: Actuator
    ledger: Ledger
    clock: Clock
    announcer: Announcer
    meter: Meter | None = None
    leases: Leases | None = None
