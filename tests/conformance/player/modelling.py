"""The two models of a deployment: the champion and the shadow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from picsellia.exceptions import BadRequestError, NoShadowModel

from tests.conformance.player.cases import plays
from tests.conformance.player.stage import refused

if TYPE_CHECKING:
    from tests.conformance.player.stage import Stage


@plays("set_model")
def the_new_model_answers_from_then_on(stage: Stage) -> None:
    # The second version calls everything dark.
    deployment, second = stage.deploy(), stage.model_version("CLASSIFICATION", "v2")
    assert deployment.predict(stage.picture("white"))["detection_classes"] == [1]
    deployment.set_model(second)
    answer = deployment.predict(stage.picture("white"))
    assert (answer["detection_classes"], answer["model_version_id"]) == ([0], str(second.id))


@plays("set_model")
def a_model_of_another_type_is_refused(stage: Stage) -> None:
    deployment = stage.deploy()
    with refused(BadRequestError):
        deployment.set_model(stage.model_version("OBJECT_DETECTION"))
    assert deployment.get_model_version().id == stage.model_version("CLASSIFICATION").id


@plays("get_model_version")
def the_version_that_was_deployed_or_set_is_read(stage: Stage) -> None:
    deployment = stage.deploy()
    for name, number in (("v1", 0), ("v2", 1)):
        version = stage.model_version("CLASSIFICATION", name)
        deployment.set_model(version)
        read = deployment.get_model_version()
        assert (read.id, read.name, read.version) == (version.id, name, number)


@plays("set_shadow_model")
def the_shadow_predicts_beside_the_champion_and_the_answer_is_the_champions(stage: Stage) -> None:
    deployment, shadow = stage.deploy(), stage.model_version("CLASSIFICATION", "v2")
    deployment.set_shadow_model(shadow)
    answer = deployment.predict(stage.picture("white"))
    assert answer["detection_classes"] == [1]
    kept = stage.seen(deployment, answer)["predictions"]
    told = {entry["is_shadow"]: entry["raw_predictions"]["detection_classes"] for entry in kept}
    assert told == {False: [1], True: [0]}
    assert {entry["model_version_id"] for entry in kept if entry["is_shadow"]} == {str(shadow.id)}


@plays("get_shadow_model")
def none_raises_and_the_one_that_was_set_is_read(stage: Stage) -> None:
    deployment, shadow = stage.deploy(), stage.model_version("CLASSIFICATION", "v2")
    with refused(NoShadowModel):
        deployment.get_shadow_model()
    deployment.set_shadow_model(shadow)
    read = deployment.get_shadow_model()
    assert (read.id, read.name) == (shadow.id, "v2")
