"""Settings, continuous deployment: what becomes of a newly trained version."""

from reconciler.platform.dashboard.pages.settings import sections
from reconciler.platform.dashboard.pages.settings.sections import CONTINUOUS_DEPLOYMENT
from reconciler.platform.dashboard.visit import Visit
from reconciler.platform.store import continuous_deployment
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import Policy

_FIELD = "continuousDeployment"
_POLICIES = (
    (Policy.DEPLOY_SHADOW, "Shadow", "It answers beside the champion, so that you can compare before you promote it."),
    (Policy.DEPLOY_CHAMPION, "Champion", "It answers at once in the place of the champion."),
    (Policy.DEPLOY_MANUAL, "Manual", "It is kept in the registry until somebody deploys it."),
)


def _change(visit: Visit, unit: Unit, deployment: Deployment) -> str:
    """Set the policy, or switch it."""
    sections.edit(visit, unit, deployment, _FIELD)
    match visit.told("deed"):
        case "on" | "off" as way:
            continuous_deployment.toggle(deployment, active=way == "on")
            return f"Continuous deployment is {way}."
        case _:
            continuous_deployment.configure(deployment, _policy(visit.told("policy")))
            return "Saved."


def _policy(told: str) -> Policy:
    found = next((policy for policy in Policy if policy == told), None)
    if found is None:
        raise Invalid("Choose what becomes of a new version.")
    return found


def _values(_unit: Unit, deployment: Deployment) -> dict[str, object]:
    return {"rule": deployment.continuous_deployment, "policies": _POLICIES}


routes = sections.routes_of(CONTINUOUS_DEPLOYMENT, _values, _change)
