"""Threshold, datalake and sample rate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from reconciler.core.actions.base import DeploymentAction, Phase, Repeat

if TYPE_CHECKING:
    from reconciler.core.live import LiveDeployment
    from reconciler.core.references import Ref


@dataclass(frozen=True, slots=True)
class UpdateSettings(DeploymentAction):
    """Patch threshold, datalake and sample rate in one call; `None` is not sent."""

    phase: ClassVar[Phase] = Phase.CONFIGURE
    repeat: ClassVar[Repeat] = Repeat.SAFE
    absent_means_done: ClassVar[bool] = False

    threshold: float | None = None
    datalake: Ref | None = None
    sample_rate: float | None = None

    @property
    def touches(self) -> frozenset[str]:
        """The paths of the settings that are sent."""
        sent = {"threshold": self.threshold, "datalake": self.datalake, "sampleRate": self.sample_rate}
        return frozenset(path for path, value in sent.items() if value is not None)

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the settings that are sent."""
        return replace(
            live,
            threshold=live.threshold if self.threshold is None else self.threshold,
            datalake=live.datalake if self.datalake is None else self.datalake,
            sample_rate=live.sample_rate if self.sample_rate is None else self.sample_rate,
        )
