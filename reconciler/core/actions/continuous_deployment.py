"""What happens to a newly trained version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from reconciler.core.actions.base import FixedAction, ToggleAction
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from reconciler.core.live import LiveDeployment
    from reconciler.core.manifest.spec import Policy


@dataclass(frozen=True, slots=True)
class ConfigureContinuousDeployment(FixedAction):
    """Choose the policy for newly trained versions; some services also switch it on."""

    decides: ClassVar[tuple[str, ...]] = ("continuousDeployment.policy", "continuousDeployment.active")
    policy: Policy

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the new policy; whether it is on is unknown."""
        return replace(live, deployment_policy=self.policy, deployment_active=UNREPORTED)


@dataclass(frozen=True, slots=True)
class ToggleContinuousDeployment(ToggleAction):
    """Switch continuous deployment on or off."""

    switch: ClassVar[str] = "continuousDeployment.active"

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` switched."""
        return replace(live, deployment_active=self.active)
