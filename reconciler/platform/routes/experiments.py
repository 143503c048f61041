"""Experiments of projects: what they are given, launched, published (wire protocol 2.6, 2.7)."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import ByNameOrId, Id, Name, Paging, listed, shaped
from reconciler.platform.shapes.base import IdsOrAll, IdsOrList, chosen, ids_of
from reconciler.platform.shapes.datasets import AliasedDatasetVersion
from reconciler.platform.shapes.experiments import (
    BaseExperiment,
    BaseModel,
    ExperimentShape,
    ExperimentUpdate,
    JobReport,
    Launch,
    NewExperimentBody,
    Publication,
    VersionPublication,
)
from reconciler.platform.shapes.models import ModelVersionShape
from reconciler.platform.shapes.organizations import JobShape
from reconciler.platform.shapes.pipelines import AliasedReference
from reconciler.platform.store import bases, experiments, models, publishing, training_runs
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.experiments import Experiment
from reconciler.platform.store.tables.models import Model
from reconciler.platform.store.tables.projects import Project

router = LateRouter(tags=["experiments"])


@router.post("/project/{project_id}/experiments", status_code=status.HTTP_201_CREATED)
def create_experiment(call: Writing, project_id: UUID, body: NewExperimentBody) -> ExperimentShape:
    """Create an experiment; it takes over what its bases have and it lacks."""
    with call.write() as unit:
        return ExperimentShape.model_validate(experiments.create(unit, unit.find(Project, project_id), body.new()))


@router.get("/project/{project_id}/experiments")
def list_experiments(call: Reading, project_id: UUID, page: Paging) -> Items[ExperimentShape]:
    """List a project's experiments."""
    with call.read() as unit:
        return shaped(experiments.list_page(unit, unit.find(Project, project_id), page), ExperimentShape)


@router.get("/project/{project_id}/experiments/find")
def find_experiment(call: Reading, project_id: UUID, sought: ByNameOrId) -> ExperimentShape:
    """Find a project's experiment by id or name."""
    with call.read() as unit:
        return ExperimentShape.model_validate(experiments.seek(unit, unit.find(Project, project_id), sought))


@router.get("/project/{project_id}/experiments/ids")
def list_experiment_ids(call: Reading, project_id: UUID) -> list[UUID]:
    """List the ids of all of a project's experiments."""
    with call.read() as unit:
        return list(experiments.ids(unit, unit.find(Project, project_id)))


@router.delete("/project/{project_id}/experiments", status_code=status.HTTP_204_NO_CONTENT)
def delete_experiments(call: Writing, project_id: UUID, body: Annotated[IdsOrAll, Body()]) -> None:
    """Delete experiments with all they recorded; 409 while one is being trained, unknown ids are left alone."""
    with call.write() as unit:
        experiments.delete(unit, unit.find(Project, project_id), chosen(body))


@router.get("/organization/{organization_id}/experiments/find")
def find_organization_experiment(call: Reading, organization_id: UUID, experiment_id: Id) -> ExperimentShape:
    """Find an experiment of any of an organisation's projects by id."""
    with call.read() as unit:
        return ExperimentShape.model_validate(unit.find(Experiment, experiment_id, within=organization_id))


@router.get("/experiment/{experiment_id}")
def read_experiment(call: Reading, experiment_id: UUID) -> ExperimentShape:
    """Read an experiment."""
    with call.read() as unit:
        return ExperimentShape.model_validate(unit.find(Experiment, experiment_id))


@router.patch("/experiment/{experiment_id}")
def update_experiment(call: Writing, experiment_id: UUID, body: ExperimentUpdate) -> ExperimentShape:
    """Change what is given of an experiment."""
    with call.write() as unit:
        row = unit.find(Experiment, experiment_id)
        experiments.update(unit, row, name=body.name, description=body.description, status=body.status)
        return ExperimentShape.model_validate(row)


@router.delete("/experiment/{experiment_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_experiment(call: Writing, experiment_id: UUID) -> None:
    """Delete an experiment with all it recorded; 409 while it is being trained."""
    with call.write() as unit:
        experiments.remove(unit, unit.find(Experiment, experiment_id))


@router.post("/experiment/{experiment_id}/datasets", status_code=status.HTTP_204_NO_CONTENT)
def attach_experiment_dataset(call: Writing, experiment_id: UUID, body: AliasedReference) -> None:
    """Give an experiment a dataset version; the first one with labels makes its label map."""
    with call.write() as unit:
        row = unit.find(Experiment, experiment_id)
        version = unit.find(DatasetVersion, body.dataset_version_id, within=row.organization_id)
        experiments.attach(unit, row, version, body.name)


@router.get("/experiment/{experiment_id}/datasets")
def list_experiment_datasets(call: Reading, experiment_id: UUID) -> Items[AliasedDatasetVersion]:
    """List an experiment's dataset versions by alias."""
    with call.read() as unit:
        return listed(unit.find(Experiment, experiment_id).datasets, AliasedDatasetVersion)


@router.get("/experiment/{experiment_id}/datasets/find")
def find_experiment_dataset(call: Reading, experiment_id: UUID, name: Name) -> AliasedDatasetVersion:
    """Find an experiment's dataset version by alias."""
    with call.read() as unit:
        row = unit.find(Experiment, experiment_id)
        return AliasedDatasetVersion.model_validate(experiments.attached(row, name))


@router.delete("/experiment/{experiment_id}/datasets", status_code=status.HTTP_204_NO_CONTENT)
def detach_experiment_datasets(call: Writing, experiment_id: UUID, body: IdsOrList) -> None:
    """Take dataset versions off; those that are not attached are left alone."""
    with call.write() as unit:
        experiments.detach(unit, unit.find(Experiment, experiment_id), ids_of(body))


@router.post("/experiment/{experiment_id}/model")
def set_base_model_version(call: Writing, experiment_id: UUID, body: BaseModel) -> ExperimentShape:
    """Start an experiment from a model version."""
    with call.write() as unit:
        row = unit.find(Experiment, experiment_id)
        version = models.readable_version(unit, body.model_version_id)
        bases.set_model(unit, row, version, parameters=body.attach_base_parameters, files=body.attach_model_files)
        return ExperimentShape.model_validate(row)


@router.post("/experiment/{experiment_id}/experiment")
def set_base_experiment(call: Writing, experiment_id: UUID, body: BaseExperiment) -> ExperimentShape:
    """Start an experiment from another one of its project."""
    with call.write() as unit:
        row = unit.find(Experiment, experiment_id)
        bases.set_experiment(unit, row, unit.find(Experiment, body.base_experiment_id))
        return ExperimentShape.model_validate(row)


@router.patch("/experiment/{experiment_id}/job/status")
def report_job_status(call: Writing, experiment_id: UUID, body: JobReport) -> ExperimentShape:
    """Let a training program, wherever it runs, say how far it has come."""
    with call.write() as unit:
        row = unit.find(Experiment, experiment_id)
        experiments.report_job(row, body.status)
        return ExperimentShape.model_validate(row)


@router.post("/experiment/{experiment_id}/launch", status_code=status.HTTP_201_CREATED)
def launch_experiment(call: Writing, experiment_id: UUID, body: Launch) -> JobShape:  # noqa: ARG001  (hardware is not ours to choose)
    """Train an experiment on this platform; 409 while it is being trained."""
    with call.write() as unit:
        run = training_runs.launch_experiment(unit, unit.find(Experiment, experiment_id))
        return JobShape.model_validate(run.job)


@router.post("/experiment/{experiment_id}/publish", status_code=status.HTTP_201_CREATED)
def publish_experiment(call: Writing, experiment_id: UUID, body: Publication) -> ModelVersionShape:
    """Release an experiment as the first version of a new model."""
    with call.write() as unit:
        row = unit.find(Experiment, experiment_id)
        model = models.create(unit, row.organization_id, body.name)
        return ModelVersionShape.model_validate(publishing.publish(unit, row, model))


@router.post("/experiment/{experiment_id}/publish/version", status_code=status.HTTP_201_CREATED)
def publish_experiment_version(call: Writing, experiment_id: UUID, body: VersionPublication) -> ModelVersionShape:
    """Release an experiment as the next version of a model."""
    with call.write() as unit:
        row = unit.find(Experiment, experiment_id)
        model = unit.find(Model, body.model_id, within=row.organization_id)
        return ModelVersionShape.model_validate(publishing.publish(unit, row, model))
