"""The champion and the shadow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from reconciler.core.actions.base import FixedAction

if TYPE_CHECKING:
    from reconciler.core.live import LiveDeployment
    from reconciler.core.references import Ref


@dataclass(frozen=True, slots=True)
class SetChampion(FixedAction):
    """Make a model version the one that answers."""

    decides: ClassVar[tuple[str, ...]] = ("models.champion",)
    model_version: Ref

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the new champion."""
        return replace(live, champion=self.model_version)


@dataclass(frozen=True, slots=True)
class SetShadow(FixedAction):
    """Let a model version predict beside the champion."""

    decides: ClassVar[tuple[str, ...]] = ("models.shadow",)
    model_version: Ref

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the new shadow."""
        return replace(live, shadow=self.model_version)


@dataclass(frozen=True, slots=True)
class ClearShadow(FixedAction):
    """Empty the shadow slot (capability `clear-shadow`)."""

    decides: ClassVar[tuple[str, ...]] = ("models.shadow",)
    absent_means_done: ClassVar[bool] = True

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` without a shadow."""
        return replace(live, shadow=None)
