"""Settings, training data: the dataset version that production is compared with."""

from reconciler.platform.dashboard.pages.settings import sections
from reconciler.platform.dashboard.pages.settings.sections import TRAINING_DATA
from reconciler.platform.dashboard.visit import Visit
from reconciler.platform.store import edits, training_data
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ReferenceStatus

_FIELD = "trainingData"


def _change(visit: Visit, unit: Unit, deployment: Deployment) -> str:
    """Set the reference, or drop it."""
    sections.edit(visit, unit, deployment, _FIELD)
    if visit.told("deed") == "drop":
        training_data.drop(unit, deployment)
        return "There is no training data now."
    training_data.set_reference(unit, deployment, sections.chosen_version(visit, unit, deployment))
    return "The training data is set; what is compared with it is being computed."


def _values(unit: Unit, deployment: Deployment) -> dict[str, object]:
    reference = deployment.training_data
    version = unit.session.get(DatasetVersion, reference.dataset_version_id) if reference is not None else None
    is_busy = reference is not None and reference.status in (ReferenceStatus.PENDING, ReferenceStatus.COMPUTING)
    choices = edits.dataset_versions(unit, deployment)
    return {"reference": reference, "version": version, "is_busy": is_busy, "choices": choices}


routes = sections.routes_of(TRAINING_DATA, _values, _change)
