"""The five ports a run needs, handed around as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.ports import Actuator, Announcer, Clock, Ledger, Observer


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything from the outside that the engine uses."""

    observer: Observer
    actuator: Actuator
    ledger: Ledger
    clock: Clock
    announcer: Announcer
