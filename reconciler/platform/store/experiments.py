"""Experiments of projects: training runs, what they are given, how far they have come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from reconciler.platform.store import artifacts, bases, datasets, jobs, loggings, logs, models
from reconciler.platform.store.faults import Conflict, Invalid, NotFound
from reconciler.platform.store.names import Sought, claim, find_named
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.experiments import Experiment, ExperimentDataset
from reconciler.platform.store.tables.jobs import Job
from reconciler.platform.store.tables.projects import Project
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ExperimentStatus, JobStatus, LogType

# What a job's end means for the experiment that it trains, in the words of version 1 jobs.
_MEANS: Final = {
    JobStatus.RUNNING: ExperimentStatus.RUNNING,
    JobStatus.SUCCESS: ExperimentStatus.SUCCESS,
    JobStatus.TERMINATED: ExperimentStatus.TERMINATED,
    JobStatus.FAILED: ExperimentStatus.FAILED,
}


@dataclass(frozen=True)
class NewExperiment:
    """An experiment to create, with what it starts from."""

    name: str
    description: str = ""
    parameters: Json | None = None
    base_experiment_id: UUID | None = None
    base_model_version_id: UUID | None = None


def create(unit: Unit, project: Project, new: NewExperiment) -> Experiment:
    """Create an experiment; given parameters win over those of its bases, the base experiment over the base model.

    Raises:
        Conflict: when the name is taken within the project.
        NotFound, Invalid: for a base out of reach, or of another project.
    """
    claim(unit, Experiment, new.name, Experiment.project_id == project.id)
    experiment = unit.add(
        Experiment(
            organization_id=project.organization_id,
            project_id=project.id,
            name=new.name,
            description=new.description,
        )
    )
    if new.parameters is not None:
        logs.record(unit, experiment, logs.PARAMETERS, type=LogType.TABLE, data=new.parameters)
    if new.base_experiment_id is not None:
        bases.set_experiment(unit, experiment, unit.find(Experiment, new.base_experiment_id))
    if new.base_model_version_id is not None:
        bases.set_model(unit, experiment, models.readable_version(unit, new.base_model_version_id))
    return experiment


def seek(unit: Unit, project: Project, sought: Sought) -> Experiment:
    """Return a project's experiment by id or else by name.

    Raises:
        Invalid: when neither is given.
        NotFound: when there is none.
    """
    if sought.id is not None:
        experiment = unit.find(Experiment, sought.id)
        if experiment.project_id != project.id:
            raise NotFound(f"The project '{project.name}' has no experiment {sought.id}.")
        return experiment
    if sought.name is None:
        raise Invalid("Give an id or a name to find by.")
    return find_named(unit, Experiment, sought.name, Experiment.project_id == project.id)


def list_page(unit: Unit, project: Project, request: PageRequest) -> Page[Experiment]:
    """Return a page of a project's experiments."""
    return paged(unit, select(Experiment).where(Experiment.project_id == project.id), Experiment, request)


def ids(unit: Unit, project: Project) -> Sequence[UUID]:
    """Return the ids of a project's experiments, oldest first."""
    rows = select(Experiment.id).where(Experiment.project_id == project.id).order_by(Experiment.id)
    return unit.session.scalars(rows).all()


def update(
    unit: Unit,
    experiment: Experiment,
    *,
    name: str | None = None,
    description: str | None = None,
    status: ExperimentStatus | None = None,
) -> None:
    """Change what is given; a name taken within the project raises Conflict."""
    if name is not None:
        same = Experiment.project_id == experiment.project_id
        experiment.name = claim(unit, Experiment, name, same, holder=experiment)
    if description is not None:
        experiment.description = description
    if status is not None:
        experiment.status = status


def delete(unit: Unit, project: Project, experiment_ids: Collection[UUID] | None) -> None:
    """Remove experiments of a project (None: all) with all they recorded; unknown ids are left alone.

    Raises:
        Conflict: while one of them is being trained; then nothing is removed.
    """
    rows = select(Experiment).where(Experiment.project_id == project.id)
    found = unit.session.scalars(rows).all()
    chosen = set(experiment_ids) if experiment_ids is not None else None
    for experiment in found:
        if chosen is None or experiment.id in chosen:
            remove(unit, experiment)


def remove(unit: Unit, experiment: Experiment) -> None:
    """Remove one experiment; Conflict while it is being trained."""
    if is_training(unit, experiment):
        raise Conflict(f"The experiment '{experiment.name}' is being trained.")
    logs.delete(unit, experiment, None)
    artifacts.delete(unit, experiment, None)
    loggings.forget(unit, experiment)
    unit.session.delete(experiment)
    unit.session.flush()


def is_training(unit: Unit, experiment: Experiment) -> bool:
    """Whether a launched job of an experiment has not ended."""
    job = unit.session.get(Job, experiment.job_id) if experiment.job_id is not None else None
    return job is not None and jobs.is_unfinished(job)


def attach(unit: Unit, experiment: Experiment, version: DatasetVersion, alias: str) -> None:
    """Give an experiment a dataset version under an alias; the first one with labels makes the label map.

    Raises:
        Conflict: when the alias or the version is attached already.
    """
    if any(held.name == alias for held in experiment.datasets):
        raise Conflict(f"The alias '{alias}' is already attached to the experiment.")
    if any(held.dataset_version_id == version.id for held in experiment.datasets):
        raise Conflict(f"The version '{version.version}' is already attached to the experiment.")
    experiment.datasets.append(ExperimentDataset(dataset_version_id=version.id, name=alias))
    unit.session.flush()
    names = {str(number): label.name for number, label in enumerate(datasets.labels(unit, version))}
    if names and logs.seek(unit, experiment, logs.LABEL_MAP) is None:
        logs.record(unit, experiment, logs.LABEL_MAP, type=LogType.LABELMAP, data=names)


def detach(unit: Unit, experiment: Experiment, version_ids: Collection[UUID]) -> None:
    """Take dataset versions off; those that are not attached are left alone."""
    experiment.datasets[:] = [held for held in experiment.datasets if held.dataset_version_id not in version_ids]
    unit.session.flush()


def attached(experiment: Experiment, alias: str) -> ExperimentDataset:
    """Return what is attached under an alias, or raise NotFound."""
    found = next((held for held in experiment.datasets if held.name == alias), None)
    if found is None:
        raise NotFound(f"Nothing is attached to the experiment '{experiment.name}' as '{alias}'.")
    return found


def report_job(experiment: Experiment, status: JobStatus) -> None:
    """Let a training program, wherever it runs, say how far it has come."""
    experiment.status = _MEANS[status]
