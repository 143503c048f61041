"""Continuous training and deployment: when a run begins, what it makes, what the policy does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.platform.store import continuous_training, deployments, experiments, logs, models, training_runs
from reconciler.platform.store.faults import Conflict
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.experiments import Experiment
from reconciler.platform.store.tables.models import ModelVersion
from reconciler.platform.store.tables.pipelines import TrainingRun
from reconciler.platform.store.words import ExperimentStatus, Policy, Trigger
from tests.platform.pipeline.workshop import LABELS, QUICK, Plan, furnish

if TYPE_CHECKING:
    from reconciler.platform.app import Platform

PLATFORM = "platform"


def test_training_begins_at_exactly_the_threshold(platform: Platform) -> None:
    shop = furnish(platform)
    shop.submit(2)
    shop.settle()
    assert (shop.look().statuses, shop.look().waiting) == ([], 2)
    shop.submit(1)
    shop.settle()
    seen = shop.look()
    assert (seen.statuses, seen.consumed, seen.waiting) == (["SUCCEEDED"], [3], 0)
    assert (seen.versions, seen.champion, seen.shadow) == ([0, 1], 0, 1)
    assert seen.causes == [("CHAMPION", "USER", "owner"), ("SHADOW", "CONTINUOUS_DEPLOYMENT", PLATFORM)]


def test_the_remainder_is_carried_and_runs_follow_one_another(platform: Platform) -> None:
    shop = furnish(platform)
    shop.submit(8)
    with platform.store.read(platform.owner) as unit:
        assert training_runs.running(unit, shop.deployment_id) is not None
        assert unit.session.query(TrainingRun).filter_by(deployment_id=shop.deployment_id).count() == 1
    shop.settle()
    seen = shop.look()
    assert (seen.statuses, seen.consumed, seen.waiting) == (["SUCCEEDED"] * 2, [3, 3], 2)
    assert (seen.versions, seen.shadow) == ([0, 1, 2], 2)


@pytest.mark.parametrize(
    ("policy", "champion", "shadow"),
    [
        (Policy.DEPLOY_CHAMPION, 1, None),
        (Policy.DEPLOY_MANUAL, 0, None),
        (None, 0, None),
    ],
)
def test_the_policy_decides_what_becomes_of_the_version(
    platform: Platform, policy: Policy | None, champion: int, shadow: int | None
) -> None:
    shop = furnish(platform, Plan(policy=policy))
    shop.submit(3)
    shop.settle()
    seen = shop.look()
    assert (seen.versions, seen.champion, seen.shadow) == ([0, 1], champion, shadow)


def test_the_version_says_what_it_was_made_of(platform: Platform) -> None:
    shop = furnish(platform)
    shop.submit(3)
    shop.settle()
    with platform.store.read(platform.owner) as unit:
        run = unit.session.query(TrainingRun).filter_by(deployment_id=shop.deployment_id).one()
        assert run.model_version_id is not None
        version = unit.find(ModelVersion, run.model_version_id)
        assert version.labels == {"0": LABELS[0], "1": LABELS[1]}
        assert version.parameters is not None
        assert version.parameters["input"]["shape"] == ["batch", 1, 64, 64]  # type: ignore[index]
        assert [file.name for file in models.files(unit, version)] == ["model-latest"]
        context = models.context(unit, version)
        assert (context.experiment_id, context.parameters) == (run.experiment_id, QUICK)
        assert [(used["name"], used["repartition"]) for used in context.datas] == [("train", {"dark": 4, "bright": 4})]
        experiment = unit.find(Experiment, run.experiment_id)
        assert experiment.status is ExperimentStatus.SUCCESS
        assert experiment.name.startswith(unit.find(Deployment, shop.deployment_id).name + "-")
        loss = logs.find(unit, experiment, "loss").data
        assert isinstance(loss, dict)
        assert (loss["steps"], len(loss["values"])) == ([1, 2], 2)


def test_a_training_that_fails_exports_nothing_and_says_why(platform: Platform) -> None:
    shop = furnish(platform, Plan(parameters={"epochs": 0}))
    shop.submit(4)
    shop.settle()
    seen = shop.look()
    assert (seen.statuses, seen.versions, seen.shadow, seen.waiting) == (["FAILED"], [0], None, 1)
    assert seen.errors == ["The parameter 'epochs' must be a whole number from 1 to 10000, not 0."]
    with platform.store.read(platform.owner) as unit:
        run = unit.session.query(TrainingRun).filter_by(deployment_id=shop.deployment_id).one()
        experiment = unit.find(Experiment, run.experiment_id)
        assert experiment.status is ExperimentStatus.FAILED
        assert logs.find(unit, experiment, "error").data == seen.errors[0]


def test_training_can_be_started_by_hand_and_takes_what_was_submitted(platform: Platform) -> None:
    shop = furnish(platform, Plan(trigger=Trigger.NONE))
    shop.submit(5)
    assert shop.look().statuses == []
    with platform.store.write(platform.owner) as unit:
        training_runs.launch(unit, unit.find(Deployment, shop.deployment_id))
    with platform.store.write(platform.owner) as unit:
        run = training_runs.running(unit, shop.deployment_id)
        if run is not None:
            with pytest.raises(Conflict, match="under way"):
                training_runs.launch(unit, unit.find(Deployment, shop.deployment_id))
    shop.settle()
    seen = shop.look()
    assert (seen.statuses, seen.consumed, seen.waiting, seen.versions) == (["SUCCEEDED"], [5], 0, [0, 1])


def test_what_was_submitted_while_training_was_off_starts_it_when_it_is_switched_on(platform: Platform) -> None:
    shop = furnish(platform)
    with platform.store.write(platform.owner) as unit:
        continuous_training.toggle(unit.find(Deployment, shop.deployment_id), active=False)
    shop.submit(4)
    shop.settle()
    assert (shop.look().statuses, shop.look().waiting) == ([], 4)
    with platform.store.write(platform.owner) as unit:
        continuous_training.toggle(unit.find(Deployment, shop.deployment_id), active=True)
        training_runs.note_submissions(unit, shop.deployment_id)
    shop.settle()
    assert (shop.look().statuses, shop.look().waiting) == (["SUCCEEDED"], 1)


def test_a_scan_trains_every_candidate_and_exports_the_best(platform: Platform) -> None:
    scan = {
        "strategy": "grid",
        "metric": {"name": "accuracy", "goal": "maximize"},
        "parameters": {"learning_rate": {"values": [1e-9, 0.05]}, "epochs": 15, "hidden": 8},
    }
    shop = furnish(platform, Plan(scan=scan, images=12))
    shop.submit(3)
    shop.settle()
    assert (shop.look().statuses, shop.look().versions) == (["SUCCEEDED"], [0, 1])
    with platform.store.read(platform.owner) as unit:
        run = unit.session.query(TrainingRun).filter_by(deployment_id=shop.deployment_id).one()
        scores = [candidate["score"] for candidate in run.candidates]
        assert [row.status for row in training_runs.experiments_of(unit, run)] == [ExperimentStatus.SUCCESS] * 2
        best = run.candidates[scores.index(max(scores))]  # type: ignore[type-var]
        assert str(run.experiment_id) == best["experiment_id"]
        assert logs.parameters(unit, unit.find(Experiment, run.experiment_id)) == best["parameters"]


def test_a_scan_nobody_understands_fails_the_run_and_not_the_submission(platform: Platform) -> None:
    shop = furnish(platform, Plan(scan={"strategy": "wish"}))
    shop.submit(3)
    shop.settle()
    assert shop.look().errors == ["A scan needs 'parameters': an object of parameter names."]


def test_an_experiment_being_trained_cannot_be_removed(platform: Platform) -> None:
    shop = furnish(platform)
    platform.store.on_submitted, woken = (lambda: None), platform.store.on_submitted
    shop.submit(3)
    with platform.store.write(platform.owner) as unit:
        run = training_runs.running(unit, shop.deployment_id)
        assert run is not None
        with pytest.raises(Conflict, match="being trained"):
            experiments.remove(unit, unit.find(Experiment, run.experiment_id))
        training_runs.cancel(unit, run)
    platform.store.on_submitted = woken
    woken()
    shop.settle()
    seen = shop.look()
    assert (seen.statuses, seen.versions) == (["KILLED"], [0])


def test_a_deployment_is_kept_while_it_trains_and_forced_away_takes_its_run_along(platform: Platform) -> None:
    shop = furnish(platform)
    platform.store.on_submitted, woken = (lambda: None), platform.store.on_submitted
    shop.submit(7)
    with platform.store.write(platform.owner) as unit:
        deployment = unit.find(Deployment, shop.deployment_id)
        with pytest.raises(Conflict) as refusal:
            deployments.delete(unit, deployment, force=False)
        assert "A training is under way." in refusal.value.detail
        run = training_runs.running(unit, shop.deployment_id)
        assert run is not None
        deployments.delete(unit, deployment, force=True)
    platform.store.on_submitted = woken
    woken()
    platform.settle()
    with platform.store.read(platform.owner) as unit:
        assert unit.session.get_one(TrainingRun, run.id).status == "KILLED"
        assert unit.find(Experiment, run.experiment_id).status is ExperimentStatus.CANCELED
        assert unit.session.query(TrainingRun).filter_by(deployment_id=shop.deployment_id).count() == 0
