"""Training runs: when one begins, what it is given, and what its end makes of the next one.

The counter is not kept: it is how many submitted images no run has consumed, so it can neither drift nor be lost.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update

from reconciler.platform.store import experiments, jobs, logs, scans
from reconciler.platform.store.continuous_training import training_of
from reconciler.platform.store.faults import Conflict, Invalid
from reconciler.platform.store.names import named
from reconciler.platform.store.tables.base import Json, now
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import ContinuousTraining, Deployment
from reconciler.platform.store.tables.experiments import Experiment
from reconciler.platform.store.tables.pipelines import TrainingRun
from reconciler.platform.store.tables.predictions import Submission
from reconciler.platform.store.tables.projects import Project
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ExperimentStatus, TrainingType, Trigger

KIND: Final = "training"


def note_submissions(unit: Unit, deployment_id: UUID) -> TrainingRun | None:
    """Begin a training run if enough was submitted; call it in the transaction that changes what decides this.

    That is: after submissions, after an end of a run, and after continuous training or the feedback loop was set or
    switched on. Exactly `threshold` images, the oldest, are consumed; the rest counts towards the next run.
    """
    _lock(unit, deployment_id)
    training = unit.session.get(ContinuousTraining, deployment_id, populate_existing=True)
    deployment = unit.session.get(Deployment, deployment_id)
    if training is None or deployment is None or not _is_armed(deployment, training):
        return None
    waiting = _waiting(unit, deployment_id, limit=training.threshold)
    if len(waiting) < (training.threshold or 1) or _running(unit, deployment_id) is not None:
        return None
    return _begin(unit, deployment, training, waiting)


def launch(unit: Unit, deployment: Deployment) -> TrainingRun:
    """Begin a training run now; it consumes whatever was submitted so far.

    Raises:
        NotFound: where continuous training is not set up.
        Conflict: while a run is under way.
        Invalid: for a scan configuration that is not understood.
    """
    training = training_of(deployment)
    _lock(unit, deployment.id)
    if _running(unit, deployment.id) is not None:
        raise Conflict(f"A training of '{deployment.name}' is under way.")
    return _begin(unit, deployment, training, _waiting(unit, deployment.id))


def launch_experiment(unit: Unit, experiment: Experiment) -> TrainingRun:
    """Begin the training of an experiment by itself: nothing is exported or deployed at its end.

    Raises:
        Conflict: while it is being trained.
    """
    earlier = select(TrainingRun).where(TrainingRun.experiment_id == experiment.id, TrainingRun.ended_at.is_(None))
    if unit.session.scalar(earlier.limit(1)) is not None:
        raise Conflict(f"The experiment '{experiment.name}' is being trained.")
    candidate: Json = {"experiment_id": str(experiment.id), "parameters": logs.parameters(unit, experiment)}
    return _submit(unit, experiment.organization_id, [candidate], settings={})


def find(unit: Unit, job_id: UUID) -> TrainingRun | None:
    """Return the run that a job performs, or None when it is gone."""
    return unit.session.scalar(select(TrainingRun).where(TrainingRun.job_id == job_id))


def experiments_of(unit: Unit, run: TrainingRun) -> Sequence[Experiment]:
    """Return the experiments of a run that are still there, in the order of its candidates."""
    wanted = [UUID(str(candidate["experiment_id"])) for candidate in run.candidates]
    rows = {row.id: row for row in unit.session.scalars(select(Experiment).where(Experiment.id.in_(wanted)))}
    return [rows[identifier] for identifier in wanted if identifier in rows]


def conclude(unit: Unit, run: TrainingRun, status: ExperimentStatus) -> None:
    """Record the end of a run, of those of its experiments that have not ended, and begin the next one if it is due."""
    for experiment in experiments_of(unit, run):
        if experiment.status in {ExperimentStatus.WAITING, ExperimentStatus.RUNNING}:
            experiment.status = status
    if run.ended_at is None:
        run.ended_at = now()
        unit.session.flush()
        if run.deployment_id is not None:
            note_submissions(unit, run.deployment_id)


def cancel(unit: Unit, run: TrainingRun) -> None:
    """End a run that is under way; its trainer stops at its next look, and nothing is exported."""
    jobs.kill(run.job)
    conclude(unit, run, ExperimentStatus.CANCELED)


def forsake(unit: Unit, deployment: Deployment) -> None:
    """End the run of a deployment that is about to be removed, and begin no other; its experiments stay."""
    run = _running(unit, deployment.id)
    if run is not None:
        # Without a deployment no end begins another run, and no step exports or deploys.
        run.deployment_id = None
        unit.session.flush()
        cancel(unit, run)


def running(unit: Unit, deployment_id: UUID) -> TrainingRun | None:
    """Return the run of a deployment that is under way, or None."""
    return _running(unit, deployment_id)


def _lock(unit: Unit, deployment_id: UUID) -> None:
    """Wait for every other transaction that decides whether a run begins, and see what it decided."""
    unit.session.flush()
    rows = select(ContinuousTraining.deployment_id).where(ContinuousTraining.deployment_id == deployment_id)
    unit.session.execute(rows.with_for_update())


def _is_armed(deployment: Deployment, training: ContinuousTraining) -> bool:
    loop = deployment.feedback_loop
    return training.active and training.trigger is Trigger.FEEDBACK_LOOP and loop is not None and loop.active


def _running(unit: Unit, deployment_id: UUID) -> TrainingRun | None:
    rows = select(TrainingRun).where(TrainingRun.deployment_id == deployment_id, TrainingRun.ended_at.is_(None))
    return unit.session.scalar(rows.limit(1))


def _waiting(unit: Unit, deployment_id: UUID, limit: int | None = None) -> Sequence[UUID]:
    """Return the oldest images that no run consumed; an image that went to several versions is one image."""
    rows = select(Submission.predicted_asset_id).where(
        Submission.deployment_id == deployment_id, Submission.training_run_id.is_(None)
    )
    oldest = rows.group_by(Submission.predicted_asset_id).order_by(
        func.min(Submission.created_at), Submission.predicted_asset_id
    )
    return unit.session.scalars(oldest.limit(limit)).all()


def _begin(unit: Unit, deployment: Deployment, training: ContinuousTraining, consumed: Sequence[UUID]) -> TrainingRun:
    settings: Json = {"scan_config": training.scan_config}
    tried = _tried(training)
    name = f"{deployment.name}-{int(time.time())}"
    candidates: list[Json] = []
    for number, parameters in enumerate(tried, start=1):
        wanted = name if len(tried) == 1 else f"{name}-{number}"
        experiment = _experiment(unit, deployment, training, wanted, parameters)
        candidates.append({"experiment_id": str(experiment.id), "parameters": parameters})
    run = _submit(unit, deployment.organization_id, candidates, settings=settings, deployment_id=deployment.id)
    _consume(unit, deployment.id, consumed, run)
    training.last_run_id = run.id
    return run


def _tried(training: ContinuousTraining) -> Sequence[Json]:
    if training.training_type is not TrainingType.SCAN:
        return [training.experiment_parameters or {}]
    try:
        return scans.scan_of(training.scan_config or {}).candidates
    except Invalid:
        # Whoever submits a review must not pay for it: the run begins, and says at its first step why it cannot go on.
        return [{}]


def _submit(
    unit: Unit, organization_id: UUID, candidates: list[Json], *, settings: Json, deployment_id: UUID | None = None
) -> TrainingRun:
    job = jobs.submit(unit, organization_id, KIND, {"candidates": len(candidates)})
    run = TrainingRun(
        organization_id=organization_id,
        deployment_id=deployment_id,
        job=job,
        experiment_id=UUID(str(candidates[0]["experiment_id"])),
        submissions=0,
        settings=settings,
        candidates=candidates,
    )
    unit.add(run)
    for experiment in experiments_of(unit, run):
        experiment.job_id = job.id
        experiment.status = ExperimentStatus.WAITING
    return run


def _consume(unit: Unit, deployment_id: UUID, consumed: Sequence[UUID], run: TrainingRun) -> None:
    run.submissions = len(consumed)
    unit.session.execute(
        update(Submission)
        .where(
            Submission.deployment_id == deployment_id,
            Submission.predicted_asset_id.in_(consumed),
            Submission.training_run_id.is_(None),
        )
        .values(training_run_id=run.id)
    )


def _experiment(
    unit: Unit, deployment: Deployment, training: ContinuousTraining, name: str, parameters: Json
) -> Experiment:
    project = unit.session.get_one(Project, training.project_id)
    new = experiments.NewExperiment(
        name=_free_name(unit, project.id, name),
        description=f"Launched by the continuous training of '{deployment.name}'.",
        parameters=parameters,
        base_model_version_id=deployment.model_version_id,
    )
    experiment = experiments.create(unit, project, new)
    for held in training.datasets:
        experiments.attach(unit, experiment, held.dataset_version, held.name)
    return experiment


def _free_name(unit: Unit, project_id: UUID, wanted: str) -> str:
    tried = (f"{wanted}{suffix}" for suffix in ("", *(f"+{number}" for number in range(1, 1000))))
    free = (name for name in tried if named(unit, Experiment, name, Experiment.project_id == project_id) is None)
    return next(free)


def datasets_of(experiment: Experiment) -> Mapping[str, DatasetVersion]:
    """Return what an experiment is trained on, by alias.

    Raises:
        Invalid: when nothing is attached.
    """
    attached = {held.name: held.dataset_version for held in experiment.datasets}
    if not attached:
        raise Invalid(f"The experiment '{experiment.name}' has no dataset to train on.")
    return attached


def keep(run: TrainingRun, place: int, *, weights: str, measured: Json, score: float | None) -> None:
    """Record that a candidate is trained: where its model is, what was measured of it, and what it is compared by."""
    kept: Json = {**run.candidates[place], "weights": weights, "measured": measured, "score": score}
    run.candidates = [*run.candidates[:place], kept, *run.candidates[place + 1 :]]


def choose(run: TrainingRun, place: int) -> None:
    """Let a trained candidate be what the run came to."""
    best = run.candidates[place]
    measured = best["measured"]
    run.experiment_id, run.weights = UUID(str(best["experiment_id"])), str(best["weights"])
    run.measured = measured if isinstance(measured, dict) else {}
