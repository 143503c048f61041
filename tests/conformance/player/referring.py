"""The training data that production is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from picsellia.exceptions import ResourceNotFoundError

from tests.conformance.player.cases import plays
from tests.conformance.player.stage import awaited, refused

if TYPE_CHECKING:
    from tests.conformance.player.stage import Stage

STATES = ["PENDING", "COMPUTING", "SUCCESS"]


@plays("set_training_data")
def a_dataset_version_becomes_the_reference(stage: Stage) -> None:
    deployment, version = stage.deploy(), stage.dataset_version("train")
    assert stage.settings(deployment)["training_data"] is None
    deployment.set_training_data(version)
    assert stage.settings(deployment)["training_data"]["dataset_version_id"] == str(version.id)


@plays("check_training_data_metrics_status")
def the_status_moves_forward_until_success(stage: Stage) -> list[str]:
    deployment = stage.deploy()
    deployment.set_training_data(stage.dataset_version("train"))
    seen: list[str] = []

    def is_done() -> bool:
        seen.append(deployment.check_training_data_metrics_status())
        return seen[-1] == STATES[-1]

    assert awaited(is_done)
    places = [STATES.index(status) for status in seen]
    assert places == sorted(places)
    return sorted(set(seen))


@plays("check_training_data_metrics_status")
def there_is_no_status_without_a_reference(stage: Stage) -> None:
    with refused(ResourceNotFoundError):
        stage.deploy().check_training_data_metrics_status()


@plays("disable_training_data_reference")
def the_reference_is_forgotten_and_can_be_set_again(stage: Stage) -> None:
    deployment = stage.deploy()
    assert stage.is_trained(deployment)
    deployment.disable_training_data_reference()
    assert stage.settings(deployment)["training_data"] is None
    with refused(ResourceNotFoundError):
        deployment.check_training_data_metrics_status()
    assert stage.is_trained(deployment)
