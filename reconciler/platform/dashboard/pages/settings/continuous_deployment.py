"""Settings, continuous deployment: what becomes of a newly trained version."""

from starlette.responses import Response
from starlette.routing import Route

from reconciler.platform.dashboard.origins import Traces
from reconciler.platform.dashboard.pages.settings import sections
from reconciler.platform.dashboard.pages.settings.sections import CONTINUOUS_DEPLOYMENT
from reconciler.platform.dashboard.visit import Visit, action, page
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


def show(visit: Visit) -> Response:
    """Show the section."""
    return sections.show(visit, CONTINUOUS_DEPLOYMENT, _values)


def save(visit: Visit) -> Response:
    """Set the policy, or switch it."""

    def change(unit: Unit, deployment: Deployment, _traces: Traces) -> str:
        sections.edit(visit, unit, deployment, _FIELD)
        match visit.told("deed"):
            case "on" | "off" as way:
                continuous_deployment.toggle(deployment, active=way == "on")
                return f"Continuous deployment is {way}."
            case _:
                continuous_deployment.configure(deployment, _policy(visit.told("policy")))
                return "Saved."

    return sections.save(visit, CONTINUOUS_DEPLOYMENT, _values, change)


routes = [
    Route("/deployments/{deployment_id}/settings/continuous-deployment", page(show), methods=["GET"]),
    Route("/deployments/{deployment_id}/settings/continuous-deployment", action(save), methods=["POST"]),
]


def _policy(told: str) -> Policy:
    found = next((policy for policy in Policy if policy == told), None)
    if found is None:
        raise Invalid("Choose what becomes of a new version.")
    return found


def _values(_unit: Unit, deployment: Deployment) -> dict[str, object]:
    return {"rule": deployment.continuous_deployment, "policies": _POLICIES}
