"""The work of a training run: train → export → deploy → conclude.

Each step writes the fact that it is done in the transaction that does it (see `tables.pipelines.TrainingRun`), so that
a step a crash repeats finds it done: one run makes one model version at most, and deploys it once.
"""

from collections.abc import Callable, Mapping
from typing import Final

from reconciler.platform.pipeline import candidates
from reconciler.platform.pipeline.work import Bench, Lane, Task, Work
from reconciler.platform.store import deployments, models, publishing, training_runs
from reconciler.platform.store.tables.base import Json, now
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.experiments import Experiment
from reconciler.platform.store.tables.models import ModelVersion
from reconciler.platform.store.tables.pipelines import TrainingRun
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ExperimentStatus, Framework, ModelCause, Policy


def work() -> Work:
    """Return the kind of work that training runs are."""
    steps = {"train": candidates.train, "export": _export, "deploy": _deploy, "conclude": _conclude}
    return Work(training_runs.KIND, Lane.TRAINING, steps, _failed)


def _export(bench: Bench, task: Task) -> None:
    """Make the next version of the model out of the best candidate."""
    with bench.write(task.organization_id) as unit:
        run = training_runs.find(unit, task.job_id)
        if run is None or run.deployment_id is None or run.weights is None or run.model_version_id is not None:
            return
        experiment = unit.find(Experiment, run.experiment_id)
        base_id = experiment.base_model_version_id
        if base_id is not None:
            run.model_version_id = _released(unit, run, experiment, unit.find(ModelVersion, base_id)).id


def _released(unit: Unit, run: TrainingRun, experiment: Experiment, base: ModelVersion) -> ModelVersion:
    version = publishing.publish(unit, experiment, base.model)
    measured = dict(run.measured or {})
    facts: Json = {**(base.parameters or {}), **_object(measured.get("declared"))}
    facts |= {"training": measured.get("training"), "measured": {"metrics": measured.get("metrics")}}
    models.update_version(unit, version, {"parameters": facts, "framework": Framework.ONNX})
    return version


def _deploy(bench: Bench, task: Task) -> None:
    """Do what the policy says with the new version; nothing where continuous deployment is off."""
    with bench.write(task.organization_id) as unit:
        run = training_runs.find(unit, task.job_id)
        if run is None or run.deployment_id is None or run.model_version_id is None or run.deployed_at is not None:
            return
        deployment = unit.find(Deployment, run.deployment_id)
        rule = deployment.continuous_deployment
        run.deployed_at = now()
        if rule is not None and rule.active:
            run.policy = rule.policy
            _POLICIES[rule.policy](unit, deployment, unit.find(ModelVersion, run.model_version_id))


def _to_shadow(unit: Unit, deployment: Deployment, version: ModelVersion) -> None:
    deployments.set_shadow(unit, deployment, version, cause=ModelCause.CONTINUOUS_DEPLOYMENT)


def _to_champion(unit: Unit, deployment: Deployment, version: ModelVersion) -> None:
    cause = ModelCause.CONTINUOUS_DEPLOYMENT
    deployments.set_champion(unit, deployment, version, cause=cause)
    # Another shadow goes on being compared; a version beside itself compares nothing.
    if deployment.shadow_model_version_id == version.id:
        deployments.clear_shadow(unit, deployment, cause=cause)


def _to_nowhere(unit: Unit, deployment: Deployment, version: ModelVersion) -> None:
    del unit, deployment, version


_POLICIES: Final[Mapping[Policy, Callable[[Unit, Deployment, ModelVersion], None]]] = {
    Policy.DEPLOY_SHADOW: _to_shadow,
    Policy.DEPLOY_CHAMPION: _to_champion,
    Policy.DEPLOY_MANUAL: _to_nowhere,
}


def _conclude(bench: Bench, task: Task) -> None:
    with bench.write(task.organization_id) as unit:
        run = training_runs.find(unit, task.job_id)
        if run is not None:
            training_runs.conclude(unit, run, ExperimentStatus.SUCCESS)


def _failed(unit: Unit, task: Task, error: str) -> None:
    run = training_runs.find(unit, task.job_id)
    if run is None:
        return
    for experiment in training_runs.experiments_of(unit, run):
        if experiment.status in {ExperimentStatus.WAITING, ExperimentStatus.RUNNING}:
            candidates.tell_error(unit, experiment, error)
    training_runs.conclude(unit, run, ExperimentStatus.FAILED)


def _object(said: object) -> Json:
    return dict(said) if isinstance(said, dict) else {}
