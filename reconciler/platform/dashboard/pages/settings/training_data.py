"""Settings, training data: the dataset version that production is compared with."""

from starlette.responses import Response
from starlette.routing import Route

from reconciler.platform.dashboard.origins import Traces
from reconciler.platform.dashboard.pages.settings import sections
from reconciler.platform.dashboard.pages.settings.sections import TRAINING_DATA
from reconciler.platform.dashboard.visit import Visit, action, page
from reconciler.platform.store import edits, training_data
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ReferenceStatus

_FIELD = "trainingData"


def show(visit: Visit) -> Response:
    """Show the section."""
    return sections.show(visit, TRAINING_DATA, _values)


def save(visit: Visit) -> Response:
    """Set the reference, or drop it."""

    def change(unit: Unit, deployment: Deployment, _traces: Traces) -> str:
        sections.edit(visit, unit, deployment, _FIELD)
        if visit.told("deed") == "drop":
            training_data.drop(unit, deployment)
            return "There is no training data now."
        training_data.set_reference(unit, deployment, sections.chosen_version(visit, unit, deployment))
        return "The training data is set; what is compared with it is being computed."

    return sections.save(visit, TRAINING_DATA, _values, change)


routes = [
    Route("/deployments/{deployment_id}/settings/training-data", page(show), methods=["GET"]),
    Route("/deployments/{deployment_id}/settings/training-data", action(save), methods=["POST"]),
]


def _values(unit: Unit, deployment: Deployment) -> dict[str, object]:
    reference = deployment.training_data
    version = unit.session.get(DatasetVersion, reference.dataset_version_id) if reference is not None else None
    is_busy = reference is not None and reference.status in (ReferenceStatus.PENDING, ReferenceStatus.COMPUTING)
    choices = edits.dataset_versions(unit, deployment)
    return {"reference": reference, "version": version, "is_busy": is_busy, "choices": choices}
