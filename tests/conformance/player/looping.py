"""The feedback loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from picsellia.exceptions import BadRequestError, ResourceConflictError, ResourceNotFoundError

from tests.conformance.player.cases import NEWER, OLDER, plays
from tests.conformance.player.stage import connection_of, overheard, refused

if TYPE_CHECKING:
    from picsellia.sdk.deployment import Deployment

    from tests.conformance.player.stage import Stage


def looped(stage: Stage) -> Deployment:
    deployment = stage.deploy()
    deployment.setup_feedback_loop()
    return deployment


def attached(deployment: Deployment) -> list[str]:
    return [version.version for version in deployment.list_feedback_loop_datasets()]


@plays("setup_feedback_loop")
def a_loop_is_set_up_and_again_without_effect(stage: Stage) -> None:
    deployment = stage.deploy()
    assert stage.settings(deployment)["feedback_loop"]["configured"] is False
    for _ in range(2):
        deployment.setup_feedback_loop()
        loop = stage.settings(deployment)["feedback_loop"]
        assert loop == {"configured": True, "active": False, "dataset_version_ids": []}


@plays("setup_feedback_loop")
def the_deprecated_dataset_version_is_attached(stage: Stage) -> None:
    deployment = stage.deploy()
    deployment.setup_feedback_loop(stage.dataset_version("one"))
    assert attached(deployment) == ["one"]


@plays("attach_dataset_version_to_feedback_loop")
def several_versions_are_attached(stage: Stage) -> None:
    deployment = looped(stage)
    for name in ("one", "two"):
        deployment.attach_dataset_version_to_feedback_loop(stage.dataset_version(name))
    assert sorted(attached(deployment)) == ["one", "two"]


@plays("attach_dataset_version_to_feedback_loop")
def before_set_up_and_twice_and_of_another_type_are_refused(stage: Stage) -> None:
    deployment, version = stage.deploy(), stage.dataset_version("one")
    with refused(ResourceNotFoundError):
        deployment.attach_dataset_version_to_feedback_loop(version)
    deployment.setup_feedback_loop(version)
    with refused(ResourceConflictError):
        deployment.attach_dataset_version_to_feedback_loop(version)
    with refused(BadRequestError):
        deployment.attach_dataset_version_to_feedback_loop(stage.dataset_version("boxes"))


@plays("detach_dataset_version_from_feedback_loop")
def one_version_is_detached_and_the_other_stays(stage: Stage) -> None:
    deployment, versions = looped(stage), [stage.dataset_version(name) for name in ("one", "two")]
    for version in versions:
        deployment.attach_dataset_version_to_feedback_loop(version)
    deployment.detach_dataset_version_from_feedback_loop(versions[0])
    assert attached(deployment) == ["two"]


@plays("list_feedback_loop_datasets")
def what_is_attached_is_listed_with_name_and_version(stage: Stage) -> None:
    deployment, version = looped(stage), stage.dataset_version("one")
    assert deployment.list_feedback_loop_datasets() == []
    deployment.attach_dataset_version_to_feedback_loop(version)
    (listed,) = deployment.list_feedback_loop_datasets()
    assert (listed.id, listed.name, listed.version) == (version.id, version.name, "one")


@plays("check_feedback_loop_status", OLDER)
def the_status_is_told_for_off_and_on(stage: Stage) -> None:
    deployment = looped(stage)
    with overheard() as heard:
        deployment.check_feedback_loop_status()
        deployment.toggle_feedback_loop(active=True)
        deployment.check_feedback_loop_status()
    statuses = [line.rsplit(" ", 1)[1] for line in heard if line.startswith("Feedback loop status is")]
    assert statuses == ["INACTIVE", "ACTIVE"]


@plays("check_feedback_loop_status", NEWER)
def this_release_has_no_such_method_and_its_route_answers_all_the_same(stage: Stage) -> None:
    deployment = looped(stage)
    assert not hasattr(deployment, "check_feedback_loop_status")
    path = f"/api/deployment/{deployment.id}/pipeline/fl/check"
    assert connection_of(deployment).get(path).json() == {"feedback_loop_status": "INACTIVE"}


@plays("disable_feedback_loop", OLDER)
def an_active_loop_is_switched_off(stage: Stage) -> None:
    deployment = looped(stage)
    deployment.toggle_feedback_loop(active=True)
    deployment.disable_feedback_loop()
    assert stage.settings(deployment)["feedback_loop"]["active"] is False


@plays("disable_feedback_loop", NEWER)
def this_release_has_no_such_method_and_its_route_works_all_the_same(stage: Stage) -> None:
    deployment = looped(stage)
    assert not hasattr(deployment, "disable_feedback_loop")
    deployment.toggle_feedback_loop(active=True)
    connection_of(deployment).put(f"/api/deployment/{deployment.id}/pipeline/fl/disable")
    assert stage.settings(deployment)["feedback_loop"]["active"] is False


@plays("toggle_feedback_loop")
def the_loop_is_switched_on_and_off_after_set_up(stage: Stage) -> None:
    deployment = stage.deploy()
    with refused(ResourceNotFoundError):
        deployment.toggle_feedback_loop(active=True)
    deployment.setup_feedback_loop()
    for active in (True, True, False):
        deployment.toggle_feedback_loop(active)
        assert stage.settings(deployment)["feedback_loop"]["active"] is active
