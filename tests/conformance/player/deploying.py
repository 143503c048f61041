"""Continuous deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from picsellia.exceptions import ResourceNotFoundError
from picsellia.types.enums import ContinuousDeploymentPolicy

from tests.conformance.player.cases import plays
from tests.conformance.player.stage import refused

if TYPE_CHECKING:
    from tests.conformance.player.stage import Stage


@plays("setup_continuous_deployment")
def each_policy_is_kept_whether_named_or_given(stage: Stage) -> None:
    deployment = stage.deploy()
    for policy in ContinuousDeploymentPolicy:
        for given in (policy, policy.value.lower()):
            deployment.setup_continuous_deployment(given)
            held = stage.settings(deployment)["continuous_deployment"]
            assert held == {"active": False, "policy": policy.value}


@plays("setup_continuous_deployment")
def a_policy_that_does_not_exist_is_refused(stage: Stage) -> None:
    deployment = stage.deploy()
    with refused(TypeError):
        deployment.setup_continuous_deployment("DEPLOY_SOMEHOW")
    assert stage.settings(deployment)["continuous_deployment"] is None


@plays("toggle_continuous_deployment")
def it_is_switched_on_and_off_after_set_up(stage: Stage) -> None:
    deployment = stage.deploy()
    with refused(ResourceNotFoundError):
        deployment.toggle_continuous_deployment(active=True)
    deployment.setup_continuous_deployment(ContinuousDeploymentPolicy.DEPLOY_SHADOW)
    for active in (True, True, False):
        deployment.toggle_continuous_deployment(active)
        held = stage.settings(deployment)["continuous_deployment"]
        assert held == {"active": active, "policy": "DEPLOY_SHADOW"}
