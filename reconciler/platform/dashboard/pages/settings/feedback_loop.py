"""Settings, feedback loop: whether reviewed predictions may be submitted, and where they go."""

from reconciler.platform.dashboard.pages.settings import sections
from reconciler.platform.dashboard.pages.settings.sections import FEEDBACK_LOOP
from reconciler.platform.dashboard.visit import Visit
from reconciler.platform.store import edits, feedback_loop, training_runs
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Unit


def _change(visit: Visit, unit: Unit, deployment: Deployment) -> str:
    """Set the loop up, switch it, attach a dataset version or take one off."""
    match visit.told("deed"):
        case "on" | "off" as way:
            sections.edit(visit, unit, deployment, "feedbackLoop.active")
            feedback_loop.set_up(deployment)
            unit.session.flush()
            feedback_loop.toggle(deployment, active=way == "on")
            # What was submitted before it was switched off counts.
            training_runs.note_submissions(unit, deployment.id)
            return f"The feedback loop is {way}."
        case "attach":
            sections.edit(visit, unit, deployment, "feedbackLoop.datasets")
            version = sections.chosen_version(visit, unit, deployment)
            feedback_loop.attach(unit, deployment, version)
            return f"Reviewed images may go into {version.version} now."
        case "detach":
            sections.edit(visit, unit, deployment, "feedbackLoop.datasets")
            feedback_loop.detach(deployment, [sections.chosen(visit, "version")])
            return "The dataset version was taken off."
        case other:
            raise Invalid(f"There is nothing called '{other}' to do here.")


def _values(unit: Unit, deployment: Deployment) -> dict[str, object]:
    return {"loop": deployment.feedback_loop, "choices": edits.dataset_versions(unit, deployment)}


routes = sections.routes_of(FEEDBACK_LOOP, _values, _change)
