"""What we send is what the official SDK 6.37.0 sends for the same operation, and what one sets the other reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from reconciler.core import actions as a
from reconciler.core.actions import ACTIONS, Phase
from reconciler.core.live import BLANK, FIELD, TrainingConfiguration, canonical_json
from reconciler.core.manifest.spec import Policy, Serving, TriggerEvent
from reconciler.core.unreported import UNREPORTED
from tests.adapters.picsellia.deeds import disagreements, reported
from tests.adapters.picsellia.sdk import Stage, stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.platform.settings import Report

pytestmark = pytest.mark.slow

PARAMETERS = {"epochs": 50, "rate": 0.1, "name": "é", "nested": {"a": [1, None, True]}}
THEIRS, OURS = "theirs", "ours"
TAGS = ("one", "two words")


@pytest.fixture(scope="module", params=["full", "sdk-only"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    report = cast("Report", request.param)
    with stage(tmp_path_factory.mktemp("served") / "data", report) as here:
        here.tags.update({name: here.client.create_deployment_tag(name) for name in TAGS})
        yield here


@dataclass(frozen=True)
class Operation:
    """One thing that both can do to an existing deployment."""

    action: a.Action
    by_sdk: Callable[[Any], object]


def operations(here: Stage) -> list[Operation]:
    """Return every operation that the SDK has, in an order in which the platform accepts them."""
    version, dataset = here.model_version, here.dataset_version
    versions, data = here.versions, here.datasets
    project, tags = here.projects["surface"], here.tags
    lake = here.client.get_datalake(name="cold")
    surface = here.client.get_project("surface")
    armed = TrainingConfiguration(project, TriggerEvent.FEEDBACK_LOOP, 150, False, canonical_json(PARAMETERS))
    idle = replace(armed, event=TriggerEvent.NONE, threshold=None)

    def set_up_training(**trigger: object) -> Callable[[Any], object]:
        return lambda them: them.setup_continuous_training(surface, experiment_parameters=PARAMETERS, **trigger)

    return [
        Operation(a.UpdateSettings(threshold=0.4), lambda them: them.update(min_threshold=0.4)),
        Operation(
            a.UpdateSettings(1.0, here.lakes["cold"], 0.5),
            lambda them: them.update(min_threshold=1.0, target_datalake=lake, sample_rate=0.5),
        ),
        Operation(a.SetChampion(versions["surface@v6"]), lambda them: them.set_model(version("surface@v6"))),
        Operation(a.SetShadow(versions["surface@v8"]), lambda them: them.set_shadow_model(version("surface@v8"))),
        *(Operation(a.AttachTag(name), lambda them, tag=tag: them.add_tags(tag)) for name, tag in tags.items()),
        Operation(a.DetachTag("one"), lambda them: them.remove_tags(tags["one"])),
        Operation(
            a.SetTrainingData(data["surface@2026-06"]),
            lambda them: them.set_training_data(dataset("surface@2026-06")),
        ),
        Operation(a.DisableTrainingData(), lambda them: them.disable_training_data_reference()),
        Operation(
            a.SetTrainingData(data["surface@production"]),
            lambda them: them.set_training_data(dataset("surface@production")),
        ),
        Operation(a.SetUpFeedbackLoop(), lambda them: them.setup_feedback_loop()),
        *(
            Operation(
                a.AttachFeedbackDataset(data[label]),
                lambda them, label=label: them.attach_dataset_version_to_feedback_loop(dataset(label)),
            )
            for label in ("surface@production", "surface@holdout")
        ),
        Operation(
            a.DetachFeedbackDataset(data["surface@holdout"]),
            lambda them: them.detach_dataset_version_from_feedback_loop(dataset("surface@holdout")),
        ),
        Operation(a.PrepareContinuousTraining(armed), set_up_training()),
        *(
            Operation(
                a.AttachTrainingDataset(alias, data[label]),
                lambda them, alias=alias, label=label: them.attach_dataset_version_to_continuous_training(
                    alias, dataset(label)
                ),
            )
            for alias, label in (("train", "surface@production"), ("test", "surface@holdout"))
        ),
        Operation(
            a.DetachTrainingDataset(data["surface@holdout"]),
            lambda them: them.detach_dataset_version_from_continuous_training(dataset("surface@holdout")),
        ),
        Operation(a.ConfigureContinuousTraining(idle), set_up_training()),
        Operation(a.ConfigureContinuousTraining(armed), set_up_training(threshold=150, trigger="FEEDBACK_LOOP")),
        *(
            Operation(
                a.ConfigureContinuousDeployment(policy),
                lambda them, policy=policy: them.setup_continuous_deployment(policy.name),
            )
            for policy in Policy
        ),
        *(Operation(switch, flip) for active in (True, False, True) for switch, flip in _switches(active=active)),
    ]


def _switches(*, active: bool) -> list[tuple[a.Action, Callable[[Any], object]]]:
    phase = Phase.ARM if active else Phase.DISARM
    return [
        (a.ToggleFeedbackLoop(active, phase=phase), lambda them: them.toggle_feedback_loop(active)),
        (a.ToggleContinuousTraining(active, phase=phase), lambda them: them.toggle_continuous_training(active)),
        (a.ToggleContinuousDeployment(active, phase=phase), lambda them: them.toggle_continuous_deployment(active)),
    ]


def twins(here: Stage) -> tuple[Any, str]:
    """Create the same deployment twice, once by the SDK and once by us, and compare what was sent."""
    number = len(here.theirs.names)
    names = f"{THEIRS}-{number}", f"{OURS}-{number}"
    here.theirs.cut()
    here.ours.cut()
    champion, shadow = here.model_version("surface@v7"), here.model_version("surface@v6")
    lake = here.client.get_datalake(name="cold")
    them = here.client.create_deployment(champion, shadow, names[0], 0.3, lake, disable_serving=False)
    create = a.CreateDeployment(
        names[1], here.versions["surface@v7"], here.versions["surface@v6"], 0.3, here.lakes["cold"]
    )
    deployment_id = here.perform(create, None)
    assert deployment_id is not None
    sent = here.theirs.cut(), here.ours.cut()
    assert replace(sent[0][0], body=None) == replace(sent[1][0], body=None)
    assert sent[0][0].body | {"name": names[1]} == sent[1][0].body
    here.theirs.names[str(them.id)] = here.ours.names[deployment_id] = f"the-{number}"
    return them, deployment_id


def test_every_operation_of_the_sdk_goes_out_as_ours_does_and_leaves_the_same(scene: Stage) -> None:
    them, mine = twins(scene)
    wanted = scene.look(mine)
    for operation in operations(scene):
        scene.theirs.cut()
        operation.by_sdk(them)
        scene.perform(operation.action, mine)
        sent, ours = scene.theirs.cut(), scene.ours.cut()
        assert sent == ours, operation.action
        assert len(ours) == 1
        left = [replace(scene.look(str(item)), id=None, name=UNREPORTED) for item in (them.id, mine)]
        assert left[0] == left[1], operation.action
        after = operation.action.effect(wanted)
        assert after is not None
        assert not disagreements(replace(after, name=UNREPORTED), left[1])
        wanted = after


def test_the_operations_compared_are_all_that_the_sdk_has(scene: Stage) -> None:
    compared = {type(operation.action) for operation in operations(scene)}
    elsewhere = {a.CreateTag, a.CreateDeployment, a.RenameDeployment, a.DeleteDeployment}
    assert set(ACTIONS) - compared - elsewhere == {a.ClearShadow, a.RecordManagement}  # which the SDK cannot do


def test_a_creation_says_only_what_was_asked_for(scene: Stage) -> None:
    champion = scene.model_version("surface@v7")
    ref = scene.versions["surface@v7"]
    scene.theirs.cut()
    scene.client.create_deployment(champion, name="bare")
    scene.client.create_deployment(champion, name="served-elsewhere", min_threshold=0.0, disable_serving=True)
    scene.ours.cut()
    scene.perform(a.CreateDeployment("bare-too", ref), None)
    elsewhere = a.CreateDeployment("served-elsewhere-too", ref, threshold=0.0, serving=Serving.OWN)
    scene.perform(elsewhere, None)
    theirs, ours = scene.theirs.cut(), scene.ours.cut()
    for their, our in zip(theirs, ours, strict=True):
        assert their.body | {"name": our.body["name"]} == our.body
        assert replace(their, body=None) == replace(our, body=None)


def test_a_tag_is_created_as_the_sdk_does(scene: Stage) -> None:
    scene.theirs.cut()
    scene.client.create_deployment_tag("their tag")
    scene.ours.cut()
    scene.perform(a.CreateTag("our tag"), None)
    theirs, ours = scene.theirs.cut(), scene.ours.cut()
    assert replace(theirs[0], body=theirs[0].body | {"name": "our tag"}) == ours[0]


@pytest.mark.parametrize("force", [False, True])
def test_a_deployment_is_renamed_and_deleted_as_the_sdk_does(scene: Stage, *, force: bool) -> None:
    them, mine = twins(scene)
    them.update(name=f"their-new-{force}")
    scene.perform(a.RenameDeployment(f"our-new-{force}"), mine)
    theirs, ours = scene.theirs.cut(), scene.ours.cut()
    assert replace(theirs[0], body={"name": f"our-new-{force}"}) == ours[0]
    them.delete(force_delete=force)
    scene.perform(a.DeleteDeployment(force=force), mine)
    assert scene.theirs.cut() == scene.ours.cut()


def test_what_we_set_the_sdk_reads(scene: Stage) -> None:
    _, mine = twins(scene)
    for operation in operations(scene):
        scene.perform(operation.action, mine)
    live = scene.look(mine)
    theirs = scene.client.get_deployment_by_id(mine)
    assert theirs.name == live.name
    assert theirs.type.value == live.inference_type
    assert str(theirs.get_model_version().id) == scene.versions["surface@v6"].id
    assert str(theirs.get_shadow_model().id) == scene.versions["surface@v8"].id
    assert {tag.name for tag in theirs.get_tags()} == live.tags == {"two words"}
    attached = {str(item.id) for item in theirs.list_feedback_loop_datasets()}
    assert attached == {scene.datasets["surface@production"].id}
    assert isinstance(theirs.check_training_data_metrics_status(), str)


def test_what_the_sdk_sets_we_read(scene: Stage) -> None:
    them, _ = twins(scene)
    wanted = replace(BLANK, name=them.name)
    for operation in operations(scene):
        operation.by_sdk(them)
        after = operation.action.effect(wanted)
        assert after is not None
        wanted = after
    live = scene.look(str(them.id))
    assert not disagreements(wanted, live)
    everything = set(FIELD)
    read_by_the_sdk = {"name", "models.champion", "models.shadow", "tags", "feedbackLoop.datasets"}
    assert reported(live) == (everything if scene.report == "full" else read_by_the_sdk)
