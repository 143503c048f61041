"""Continuous deployment of a deployment: its policy and switch."""

from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.tables.deployments import ContinuousDeployment, Deployment
from reconciler.platform.store.touching import touch
from reconciler.platform.store.words import Policy


def configure(deployment: Deployment, policy: Policy) -> None:
    """Set the policy; the switch stays as it is, off at first."""
    rule = deployment.continuous_deployment
    if rule is None:
        deployment.continuous_deployment = ContinuousDeployment(policy=policy, active=False)
        touch(deployment)
    elif rule.policy is not policy:
        rule.policy = policy
        touch(deployment)


def toggle(deployment: Deployment, *, active: bool) -> None:
    """Switch continuous deployment on or off; before set-up, NotFound."""
    rule = deployment.continuous_deployment
    if rule is None:
        raise NotFound(f"The continuous deployment of '{deployment.name}' is not set up.")
    if rule.active is not active:
        rule.active = active
        touch(deployment)
