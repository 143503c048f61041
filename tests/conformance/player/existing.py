"""A deployment as such: what is known of it, its own settings, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from picsellia.exceptions import BadRequestError, ResourceConflictError, ResourceNotFoundError

from tests.conformance.player.cases import plays
from tests.conformance.player.stage import fresh, refused

if TYPE_CHECKING:
    from tests.conformance.player.stage import Stage


@plays("retrieve_information")
def the_monitoring_service_knows_name_type_and_model(stage: Stage) -> None:
    deployment = stage.deploy()
    known = deployment.retrieve_information()["deployment"]
    assert known["name"] == deployment.name
    assert known["type"] == "CLASSIFICATION"
    assert known["model_version_id"] == str(stage.model_version("CLASSIFICATION").id)


@plays("update")
def name_threshold_and_datalake_change_together(stage: Stage) -> None:
    deployment, lake, name = stage.deploy(), stage.client.get_datalake(name=stage.told["lake"]), fresh("renamed")
    deployment.update(name=name, target_datalake=lake, min_threshold=0.4)
    settings = stage.settings(deployment)
    assert (settings["min_threshold"], settings["target_datalake_id"]) == (0.4, str(lake.id))
    assert stage.client.get_deployment(name).id == deployment.id
    assert deployment.name == name


@plays("update")
def what_is_not_given_stays(stage: Stage) -> None:
    deployment = stage.deploy(min_threshold=0.25)
    before = stage.settings(deployment)
    deployment.update(name=fresh("renamed"))
    after = stage.settings(deployment)
    kept = before.keys() - {"updated_at"}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


@plays("update")
def a_new_datalake_gets_the_images_from_then_on(stage: Stage) -> None:
    deployment, lake = stage.deploy(), stage.client.get_datalake(name=stage.told["lake"])
    first = deployment.predict(stage.picture("white"))
    deployment.update(target_datalake=lake)
    second = deployment.predict(stage.picture("white"))
    places = [stage.data_of(deployment, answer)["datalake_id"] for answer in (first, second)]
    assert places == [str(stage.client.get_datalake().id), str(lake.id)]


@plays("update")
def a_threshold_above_1_and_a_name_that_is_taken_are_refused(stage: Stage) -> None:
    deployment, other = stage.deploy(), stage.deploy()
    with refused(BadRequestError):
        deployment.update(min_threshold=20.0)
    with refused(ResourceConflictError):
        deployment.update(name=other.name)


@plays("delete")
def a_deployment_is_gone(stage: Stage) -> None:
    deployment = stage.deploy()
    deployment.delete()
    with refused(ResourceNotFoundError):
        stage.client.get_deployment(deployment.name)


@plays("delete")
def one_with_predictions_goes_only_by_force_and_its_data_stay(stage: Stage) -> None:
    deployment = stage.deploy()
    data = stage.data_of(deployment, deployment.predict(stage.picture("white")))
    with refused(ResourceConflictError):
        deployment.delete()
    deployment.delete(force_delete=True)
    with refused(ResourceNotFoundError):
        stage.client.get_deployment_by_id(deployment.id)
    assert stage.get(f"/data/{data['id']}")["object_name"] == data["object_name"]
