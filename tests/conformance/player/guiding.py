"""The guide "Deploy a ModelVersion and set the Data Pipeline up", as one story: each case goes on where the last ended.

It is told on <https://documentation.picsellia.com/docs/deploy-a-model-and-set-the-data-pipeline-up>.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from picsellia.exceptions import NoShadowModel
from picsellia.types.enums import ContinuousDeploymentPolicy, ContinuousTrainingTrigger, ServiceMetrics

from tests.conformance.player.cases import GUIDE, plays
from tests.conformance.player.stage import QUICK, awaited, fresh, refused
from tests.conformance.player.training import context_of, held

if TYPE_CHECKING:
    from picsellia.sdk.deployment import Deployment
    from picsellia.sdk.model_version import ModelVersion

    from tests.conformance.player.stage import Stage

# Reviewed images that start a training.
ENOUGH: Final = 3


@dataclass
class Story:
    """The deployment that the story is about, and the experiments that trained for it so far."""

    deployment: Deployment
    experiments: list[str] = field(default_factory=list)


def story(stage: Stage) -> Story:
    found: Story = stage.once("guide", lambda stage: Story(stage.deploy(min_threshold=0.05)))
    return found


def predictions(deployment: Deployment) -> Any:
    return deployment.get_stats(ServiceMetrics.AGGREGATED_PREDICTIONS_DATA)["deployment"]["data"]["count"]


def work(stage: Stage, told: Story, images: int) -> None:
    """Predict on images, review the predictions as a person would, and submit them to the loop."""
    answers = [told.deployment.predict(stage.picture(("white", "black")[place % 2])) for place in range(images)]
    for place, answer in enumerate(answers):
        stage.review(told.deployment, answer, ("bright", "dark")[place % 2])
    body = json.dumps({"predicted_asset_ids": [answer["predicted_asset_id"] for answer in answers]})
    assert stage.post(f"/deployment/{told.deployment.id}/fl/submit", body)["submitted"] == images


def retrained(stage: Stage, told: Story) -> str:
    """Wait for the next training to end well, and return the id of the model version that it exported."""

    def is_done() -> bool:
        run = held(stage, told.deployment)["run"]
        return run is not None and run["experiment_id"] not in told.experiments and run["status"] == "SUCCEEDED"

    assert awaited(is_done), held(stage, told.deployment)
    told.experiments.append(held(stage, told.deployment)["run"]["experiment_id"])
    version, _ = context_of(stage, told.experiments[-1])
    return version


def roles(told: Story) -> tuple[str, str]:
    """Return the ids of champion and shadow."""
    return str(told.deployment.get_model_version().id), str(told.deployment.get_shadow_model().id)


@plays(GUIDE)
def a_deployment_with_a_low_threshold_has_no_metrics_before_its_first_prediction(stage: Stage) -> None:
    told = story(stage)
    assert stage.settings(told.deployment)["min_threshold"] == 0.05
    assert predictions(told.deployment) == 0


@plays(GUIDE)
def the_training_data_make_outlier_scores_and_drift_available(stage: Stage) -> None:
    told = story(stage)
    told.deployment.predict(stage.picture("white"))
    scores = told.deployment.get_stats(ServiceMetrics.PREDICTIONS_OUTLYING_SCORE)["deployment"]["data"]
    assert (scores["cutoff"], [item["score"] for item in scores["items"]]) == (None, [None])
    assert stage.is_trained(told.deployment)
    scores = told.deployment.get_stats(ServiceMetrics.PREDICTIONS_OUTLYING_SCORE)["deployment"]["data"]
    assert scores["cutoff"] > 0
    assert scores["items"][0]["score"] is not None


@plays(GUIDE)
def the_feedback_loop_names_the_dataset_version_to_enrich(stage: Stage) -> None:
    told, version = story(stage), stage.dataset_version(f"production {stage.version}")
    told.deployment.setup_feedback_loop()
    told.deployment.attach_dataset_version_to_feedback_loop(version)
    told.deployment.toggle_feedback_loop(active=True)
    assert [listed.id for listed in told.deployment.list_feedback_loop_datasets()] == [version.id]


@plays(GUIDE)
def continuous_training_is_given_project_dataset_parameters_and_trigger(stage: Stage) -> None:
    told, version = story(stage), stage.dataset_version(f"production {stage.version}")
    told.deployment.setup_continuous_training(
        stage.project,
        trigger=ContinuousTrainingTrigger.FEEDBACK_LOOP,
        threshold=ENOUGH,
        experiment_parameters=QUICK,
    )
    told.deployment.attach_dataset_version_to_continuous_training("train", version)
    training = held(stage, told.deployment)
    assert (training["threshold"], training["submitted_since_last_run"], training["run"]) == (ENOUGH, 0, None)


@plays(GUIDE)
def the_whole_pipeline_is_shown_to_be_on(stage: Stage) -> None:
    told = story(stage)
    told.deployment.setup_continuous_deployment(ContinuousDeploymentPolicy.DEPLOY_SHADOW)
    told.deployment.toggle_continuous_deployment(active=True)
    settings = stage.settings(told.deployment)
    parts = ("feedback_loop", "continuous_training", "continuous_deployment")
    assert {part: settings[part]["active"] for part in parts} == dict.fromkeys(parts, True)
    assert settings["training_data"]["status"] == "SUCCESS"


@plays(GUIDE)
def fewer_reviews_than_the_threshold_start_nothing(stage: Stage) -> None:
    told = story(stage)
    work(stage, told, ENOUGH - 1)
    training = held(stage, told.deployment)
    assert (training["submitted_since_last_run"], training["run"]) == (ENOUGH - 1, None)


@plays(GUIDE)
def deploy_shadow_lets_the_retrained_model_predict_beside_the_champion(stage: Stage) -> None:
    told, champion = story(stage), stage.model_version("CLASSIFICATION")
    with refused(NoShadowModel):
        told.deployment.get_shadow_model()
    work(stage, told, 1)
    made = retrained(stage, told)
    assert awaited(lambda: stage.settings(told.deployment)["shadow_model_version_id"] == made)
    assert roles(told) == (str(champion.id), made)
    assert held(stage, told.deployment)["submitted_since_last_run"] == 0
    kept = stage.seen(told.deployment, told.deployment.predict(stage.picture("white")))["predictions"]
    assert {entry["model_version_id"]: entry["is_shadow"] for entry in kept} == {str(champion.id): False, made: True}


@plays(GUIDE)
def deploy_champion_lets_the_retrained_model_answer(stage: Stage) -> None:
    told = story(stage)
    told.deployment.setup_continuous_deployment(ContinuousDeploymentPolicy.DEPLOY_CHAMPION)
    work(stage, told, ENOUGH)
    made = retrained(stage, told)
    assert awaited(lambda: stage.settings(told.deployment)["model_version_id"] == made)
    assert told.deployment.predict(stage.picture("white"))["model_version_id"] == made


@plays(GUIDE)
def deploy_manual_stores_the_retrained_model_and_deploys_nothing(stage: Stage) -> None:
    told = story(stage)
    champion = told.deployment.get_model_version()
    told.deployment.setup_continuous_deployment(ContinuousDeploymentPolicy.DEPLOY_MANUAL)
    work(stage, told, ENOUGH)
    made = retrained(stage, told)
    stored: ModelVersion = stage.client.get_model_version_by_id(made)
    assert stored.version > champion.version
    assert told.deployment.get_model_version().id == champion.id


@plays(GUIDE)
def threshold_and_name_are_adjusted_later_in_the_settings(stage: Stage) -> None:
    told, name = story(stage), fresh("adjusted")
    told.deployment.update(name=name, min_threshold=0.3)
    assert stage.settings(stage.client.get_deployment(name))["min_threshold"] == 0.3
