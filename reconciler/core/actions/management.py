"""Telling the platform who manages the deployment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from reconciler.core.actions.base import FixedAction, Phase

if TYPE_CHECKING:
    from reconciler.core.live import LiveDeployment, Management


@dataclass(frozen=True, slots=True)
class RecordManagement(FixedAction):
    """Tell the platform which catalog, commit, file and line manage the deployment, and which of its fields."""

    decides: ClassVar[tuple[str, ...]] = ("management",)
    phase: ClassVar[Phase] = Phase.RECORD
    management: Management

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live`, managed as this says."""
        return replace(live, management=self.management)
