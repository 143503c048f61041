"""Continuous deployment on the wire: policy and switch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from reconciler.adapters.picsellia.request import Route
from reconciler.core.actions import ConfigureContinuousDeployment, ToggleContinuousDeployment

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.request import Ids, Request
    from reconciler.adapters.picsellia.wire import Settings
    from reconciler.core.live import LiveDeployment

ContinuousDeploymentAction: TypeAlias = ConfigureContinuousDeployment | ToggleContinuousDeployment

CONFIGURE: Final = Route(
    "POST", "/api/deployment/{id}/pipeline/cd", "set the continuous-deployment policy of deployment {id}"
)
TOGGLE: Final = Route(
    "PUT", "/api/deployment/{id}/pipeline/cd", "switch {way} continuous deployment of deployment {id}"
)


def request_for(action: ContinuousDeploymentAction, ids: Ids) -> Request:
    """Return the request that carries out `action`."""
    here = {"id": ids.deployment}
    match action:
        case ConfigureContinuousDeployment(policy):
            return CONFIGURE.to(here, body={"policy": policy.name})
        case ToggleContinuousDeployment():
            return TOGGLE.to({**here, "way": "on" if action.active else "off"}, body={"active": action.active})


def reported(live: LiveDeployment, settings: Settings) -> LiveDeployment:
    """Return `live` with its continuous deployment; null means that it was never set up."""
    deployment = settings.continuous_deployment
    if deployment is None:
        return replace(live, deployment_policy=None, deployment_active=False)
    return replace(live, deployment_policy=deployment.policy, deployment_active=deployment.active)
