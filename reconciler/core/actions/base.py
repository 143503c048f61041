"""What every action knows: its phase, its manners when repeated, and whether a state already satisfies it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from reconciler.core.live import FIELD, LiveDeployment
from reconciler.core.unreported import UNREPORTED


class Phase(enum.IntEnum):
    """The six phases of a chain, in order."""

    EXIST = 1
    DISARM = 2
    CONFIGURE = 3
    ARM = 4
    RECORD = 5
    REMOVE = 6


class Repeat(enum.Enum):
    """What sending the same write twice does.

    SAFE: the same as once. CONFLICT_MEANS_DONE: the second is answered 409, which proves the first.
    CONFLICT_IS_UNCLEAR: the second is answered 409, but so is a first one whose name something else has; only a look at
    the platform decides. UNSAFE: the second may do harm (a duplicate), so it is never sent without knowing.
    """

    SAFE = "safe"
    CONFLICT_MEANS_DONE = "conflict means done"
    CONFLICT_IS_UNCLEAR = "conflict is unclear"
    UNSAFE = "unsafe"


class Verdict(enum.Enum):
    """Whether a state already is as an action would leave it."""

    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    UNKNOWN = "unknown"


class DeploymentAction:
    """What all writes to one existing deployment share. Not for use as a type: use `Action`."""

    __slots__ = ()

    @property
    def touches(self) -> frozenset[str]:
        """The paths of the fields this write decides."""
        raise NotImplementedError

    def effect(self, live: LiveDeployment) -> LiveDeployment | None:
        """Return the state after this write; pure."""
        raise NotImplementedError

    def satisfied_by(self, live: LiveDeployment | None) -> Verdict:
        """Tell whether `live` is already as this write would leave it."""
        if live is None:
            return Verdict.UNSATISFIED
        after = self.effect(live)
        return Verdict.UNSATISFIED if after is None else _verdict(live, after, self.touches)


def _verdict(live: LiveDeployment, after: LiveDeployment, touches: frozenset[str]) -> Verdict:
    pairs = [(FIELD[path].of(live), FIELD[path].of(after)) for path in touches]
    if any(found is not UNREPORTED and wanted is not UNREPORTED and found != wanted for found, wanted in pairs):
        return Verdict.UNSATISFIED
    return Verdict.UNKNOWN if any(found is UNREPORTED for found, _ in pairs) else Verdict.SATISFIED


class FixedAction(DeploymentAction):
    """A write whose manners do not depend on its values."""

    __slots__ = ()
    phase: ClassVar[Phase] = Phase.CONFIGURE
    repeat: ClassVar[Repeat] = Repeat.SAFE
    absent_means_done: ClassVar[bool] = False
    """Whether 404 proves that there is nothing left to do."""
    decides: ClassVar[tuple[str, ...]] = ()

    @property
    def touches(self) -> frozenset[str]:
        """The paths of the fields this write decides."""
        return frozenset(self.decides)


@dataclass(frozen=True, slots=True)
class ToggleAction(DeploymentAction):
    """A switch. Off comes first (disarm) or settles what a call may have switched on; on comes last (arm)."""

    repeat: ClassVar[Repeat] = Repeat.SAFE
    switch: ClassVar[str]
    active: bool
    phase: Phase = field(kw_only=True)

    @property
    def absent_means_done(self) -> bool:
        """Whether 404 means done: what was never set up is off."""
        return not self.active

    @property
    def touches(self) -> frozenset[str]:
        """The path of the switch."""
        return frozenset({self.switch})
