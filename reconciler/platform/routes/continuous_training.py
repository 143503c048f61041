"""Continuous training of a deployment (wire protocol 2.10, 6.3)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import listed
from reconciler.platform.shapes.base import IdsOrList, ids_of
from reconciler.platform.shapes.datasets import AliasedDatasetVersion
from reconciler.platform.shapes.pipelines import AliasedReference, LaunchShape, Toggle, TrainingConfiguration
from reconciler.platform.store import continuous_training, training_runs
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.projects import Project

router = LateRouter(tags=["continuous training"])
extra = LateRouter(tags=["continuous training"])


@router.post("/deployment/{deployment_id}/pipeline/ct", status_code=status.HTTP_204_NO_CONTENT)
def set_up_continuous_training(call: Writing, deployment_id: UUID, body: TrainingConfiguration) -> None:
    """Replace all settings, keep the attached datasets, and switch continuous training on."""
    with call.write() as unit:
        row = unit.find(Deployment, deployment_id)
        project = unit.find(Project, body.project_id, within=row.organization_id)
        continuous_training.configure(unit, row, project, body.configuration())
        if body.dataset_version_id is not None:
            version = unit.find(DatasetVersion, body.dataset_version_id, within=row.organization_id)
            continuous_training.assign(unit, row, version)
        training_runs.note_submissions(unit, row.id)


@router.put("/deployment/{deployment_id}/pipeline/ct", status_code=status.HTTP_204_NO_CONTENT)
def toggle_continuous_training(call: Writing, deployment_id: UUID, body: Toggle) -> None:
    """Switch continuous training on or off; 404 before set-up. Enough submitted meanwhile starts a run at once."""
    with call.write() as unit:
        continuous_training.toggle(unit.find(Deployment, deployment_id), active=body.active)
        training_runs.note_submissions(unit, deployment_id)


@router.post("/deployment/{deployment_id}/ct/datasets", status_code=status.HTTP_204_NO_CONTENT)
def attach_training_dataset(call: Writing, deployment_id: UUID, body: AliasedReference) -> None:
    """Give launched experiments a dataset version; 404 before set-up, 409 for an alias or version attached."""
    with call.write() as unit:
        row = unit.find(Deployment, deployment_id)
        version = unit.find(DatasetVersion, body.dataset_version_id, within=row.organization_id)
        continuous_training.attach(unit, row, version, body.name)


@router.delete("/deployment/{deployment_id}/ct/datasets", status_code=status.HTTP_204_NO_CONTENT)
def detach_training_datasets(call: Writing, deployment_id: UUID, body: IdsOrList) -> None:
    """Take dataset versions off; those that are not attached are left alone."""
    with call.write() as unit:
        continuous_training.detach(unit.find(Deployment, deployment_id), ids_of(body))


@extra.post("/deployment/{deployment_id}/ct/launch", status_code=status.HTTP_201_CREATED)
def launch_training(call: Writing, deployment_id: UUID) -> LaunchShape:
    """Start a training now, whatever was submitted; 404 before set-up, 409 while one runs (`launch-training`)."""
    with call.write() as unit:
        run = training_runs.launch(unit, unit.find(Deployment, deployment_id))
        return LaunchShape.model_validate(run)


@extra.get("/deployment/{deployment_id}/ct/datasets")
def list_training_datasets(call: Reading, deployment_id: UUID) -> Items[AliasedDatasetVersion]:
    """List the attached dataset versions by alias; none before set-up (capability `ct-datasets`)."""
    with call.read() as unit:
        training = unit.find(Deployment, deployment_id).continuous_training
        return listed(training.datasets if training is not None else [], AliasedDatasetVersion)
