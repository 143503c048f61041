"""Continuous training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from picsellia.exceptions import (
    BadConfigurationContinuousTrainingError,
    ResourceConflictError,
    ResourceNotFoundError,
)
from picsellia.types.enums import ContinuousTrainingTrigger

from tests.conformance.player.cases import NEWER, OLDER, plays
from tests.conformance.player.stage import QUICK, awaited, refused

if TYPE_CHECKING:
    from picsellia.sdk.deployment import Deployment

    from tests.conformance.player.stage import Stage

SCAN = {
    "strategy": "grid",
    "metric": {"name": "accuracy", "goal": "maximize"},
    "parameters": {**{name: {"value": value} for name, value in QUICK.items()}, "hidden": {"values": [2, 4]}},
    "max_run": 2,
}


def trained(stage: Stage) -> Deployment:
    deployment = stage.deploy()
    deployment.setup_continuous_training(stage.project, experiment_parameters=QUICK)
    return deployment


def held(stage: Stage, deployment: Deployment) -> dict[str, Any]:
    return dict(stage.settings(deployment)["continuous_training"])


def aliases(stage: Stage, deployment: Deployment) -> dict[str, str]:
    return {entry["name"]: entry["dataset_version_id"] for entry in held(stage, deployment)["datasets"]}


def context_of(stage: Stage, experiment_id: str) -> tuple[str, dict[str, Any]]:
    """Return the model version that an experiment exported, and what the version says it was made of."""
    model = stage.model_version("CLASSIFICATION").origin_id
    # The first two were not trained.
    versions = [version["id"] for version in stage.get(f"/model/{model}/versions")["items"] if version["version"] > 1]
    contexts = {version: stage.get(f"/model/version/{version}/context") for version in versions}
    (made,) = [version for version, context in contexts.items() if context["experiment_id"] == experiment_id]
    return made, contexts[made]


def exported(stage: Stage, deployment: Deployment) -> dict[str, Any]:
    """Start a training now, wait for the model version that it exports, and return the parameters it was made with."""
    launched = stage.post(f"/deployment/{deployment.id}/ct/launch", "{}")
    job = launched["job"]["id"]
    assert awaited(lambda: stage.get(f"/v2/job/{job}")["status"] not in {"PENDING", "QUEUED", "RUNNING"})
    ended = stage.get(f"/v2/job/{job}")
    assert ended["status"] == "SUCCEEDED", ended
    _, context = context_of(stage, launched["experiment_id"])
    return dict(context["parameters"])


@plays("setup_continuous_training")
def project_trigger_threshold_and_parameters_are_kept_and_it_is_on(stage: Stage) -> None:
    deployment = stage.deploy()
    deployment.setup_continuous_training(
        stage.project,
        trigger=ContinuousTrainingTrigger.FEEDBACK_LOOP,
        threshold=150,
        experiment_parameters={"epochs": 50, "note": "as the first"},
    )
    training = held(stage, deployment)
    assert (training["active"], training["trigger"], training["threshold"]) == (True, "FEEDBACK_LOOP", 150)
    assert (training["training_type"], training["project_id"]) == ("EXPERIMENT", str(stage.project.id))
    assert training["experiment_parameters"] == {"epochs": 50, "note": "as the first"}


@plays("setup_continuous_training")
def a_later_set_up_replaces_the_settings_and_keeps_the_datasets(stage: Stage) -> None:
    deployment, version = trained(stage), stage.dataset_version("train")
    deployment.attach_dataset_version_to_continuous_training("train", version)
    deployment.setup_continuous_training(
        stage.project, trigger="feedback_loop", threshold=3, experiment_parameters={"epochs": 1}
    )
    training = held(stage, deployment)
    assert (training["threshold"], training["experiment_parameters"]) == (3, {"epochs": 1})
    assert aliases(stage, deployment) == {"train": str(version.id)}


@plays("setup_continuous_training")
def a_launched_training_exports_a_version_with_these_parameters(stage: Stage) -> None:
    deployment = trained(stage)
    deployment.attach_dataset_version_to_continuous_training("train", stage.dataset_version("train"))
    assert exported(stage, deployment) == QUICK


@plays("setup_continuous_training", OLDER)
def the_deprecated_dataset_version_becomes_the_training_dataset(stage: Stage) -> None:
    deployment, version = stage.deploy(), stage.dataset_version("train")
    deployment.setup_continuous_training(stage.project, version, experiment_parameters=QUICK)
    assert aliases(stage, deployment) == {"train": str(version.id)}


@plays("setup_continuous_training", NEWER)
def the_deprecated_dataset_version_is_not_sent_by_this_release(stage: Stage) -> None:
    deployment, version = stage.deploy(), stage.dataset_version("train")
    deployment.setup_continuous_training(stage.project, version, experiment_parameters=QUICK)
    assert aliases(stage, deployment) == {}


@plays("setup_continuous_training", OLDER)
def a_scan_is_searched_and_its_best_exported(stage: Stage) -> dict[str, Any]:
    deployment = stage.deploy()
    deployment.setup_continuous_training(stage.project, stage.dataset_version("train"), scan_config=SCAN)
    training = held(stage, deployment)
    assert (training["training_type"], training["scan_config"]) == ("SCAN", SCAN)
    parameters = exported(stage, deployment)
    assert {**parameters, "hidden": 0} == {**QUICK, "hidden": 0}
    assert parameters["hidden"] in {2, 4}
    return parameters


@plays("setup_continuous_training", OLDER)
def neither_and_both_configurations_are_refused(stage: Stage) -> None:
    deployment = stage.deploy()
    for given in ({}, {"experiment_parameters": QUICK, "scan_config": SCAN}):
        with refused(BadConfigurationContinuousTrainingError):
            deployment.setup_continuous_training(stage.project, **given)
    assert stage.settings(deployment)["continuous_training"] is None


@plays("setup_continuous_training", NEWER)
def no_parameters_are_refused_for_this_release_ignores_a_scan(stage: Stage) -> None:
    deployment = stage.deploy()
    for given in ({}, {"scan_config": SCAN}):
        with refused(BadConfigurationContinuousTrainingError):
            deployment.setup_continuous_training(stage.project, **given)
    assert stage.settings(deployment)["continuous_training"] is None


@plays("attach_dataset_version_to_continuous_training")
def versions_are_attached_under_their_aliases(stage: Stage) -> None:
    deployment = trained(stage)
    given = {"train": "train", "test": "one", "eval": "two"}
    for alias, name in given.items():
        deployment.attach_dataset_version_to_continuous_training(alias, stage.dataset_version(name))
    expected = {alias: str(stage.dataset_version(name).id) for alias, name in given.items()}
    assert aliases(stage, deployment) == expected


@plays("attach_dataset_version_to_continuous_training")
def before_set_up_and_an_alias_that_is_taken_are_refused(stage: Stage) -> None:
    deployment = stage.deploy()
    with refused(ResourceNotFoundError):
        deployment.attach_dataset_version_to_continuous_training("train", stage.dataset_version("one"))
    deployment.setup_continuous_training(stage.project, experiment_parameters=QUICK)
    deployment.attach_dataset_version_to_continuous_training("train", stage.dataset_version("one"))
    with refused(ResourceConflictError):
        deployment.attach_dataset_version_to_continuous_training("train", stage.dataset_version("two"))


@plays("detach_dataset_version_from_continuous_training")
def one_version_is_detached_and_the_other_keeps_its_alias(stage: Stage) -> None:
    deployment, one, two = trained(stage), stage.dataset_version("one"), stage.dataset_version("two")
    deployment.attach_dataset_version_to_continuous_training("train", one)
    deployment.attach_dataset_version_to_continuous_training("test", two)
    deployment.detach_dataset_version_from_continuous_training(one)
    assert aliases(stage, deployment) == {"test": str(two.id)}


@plays("toggle_continuous_training")
def it_is_switched_off_and_on_after_set_up(stage: Stage) -> None:
    deployment = stage.deploy()
    with refused(ResourceNotFoundError):
        deployment.toggle_continuous_training(active=False)
    deployment.setup_continuous_training(stage.project, experiment_parameters=QUICK)
    for active in (False, True, True):
        deployment.toggle_continuous_training(active)
        training = held(stage, deployment)
        assert (training["active"], training["experiment_parameters"]) == (active, QUICK)
