"""One step against an unreliable platform: how often it is sent, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconciler.core import actions as a
from reconciler.core.events import StepRetried
from reconciler.core.live import Alias
from reconciler.core.outcome import AlreadySatisfied, Done, Failed, Skipped, Unverified
from reconciler.engine.request import Patience
from reconciler.engine.steps.attempts import Errand, Result, carry_out
from reconciler.engine.stopping import Brake, StopSignal
from reconciler.errors import NotPermitted, PlatformUnavailable, Throttled, UnexpectedReply
from reconciler.ports import unconditional
from tests.engine.plans import V1, V2, W1, create, live, step
from tests.engine.worlds import World
from tests.fakes.clock import run
from tests.fakes.platform import FakePlatform, Fault, Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.live import LiveDeployment
    from reconciler.ports import Permit, Receipt

ALPHA = live("alpha")
CHAMPION = a.SetChampion(V2)


def attempt(
    action: a.Action,
    faults: Mapping[int, Fault],
    *existing: LiveDeployment,
    world: World | None = None,
    stop: StopSignal | None = None,
) -> tuple[Result, World]:
    """Carry one step out on a platform that goes wrong at the given writes."""
    world = world or World(FakePlatform(*existing))
    world.platform.faults = dict(faults)
    made = isinstance(action, a.CreateDeployment | a.CreateTag)
    address = "" if isinstance(action, a.CreateTag) else "alpha"

    async def main() -> Result:
        brake = Brake(world.platform.clock, stop or StopSignal())
        known = None if made else "id-alpha"
        return await carry_out(Errand(step(1, address, action), known, world.tools, brake, Patience()))

    return run(main()), world


def test_a_plain_yes_is_done_at_the_first_try() -> None:
    result, world = attempt(CHAMPION, {}, ALPHA)
    assert result == Result(Done(seconds=0.02, attempts=1), "id-alpha", writes=1)
    assert world.platform.named("alpha").champion == V2


@pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.LOST_AFTER])
def test_a_safe_step_whose_answer_is_lost_is_done_in_the_end(fault: Fault) -> None:
    result, world = attempt(CHAMPION, {1: fault}, ALPHA)
    assert isinstance(result.outcome, Done)
    assert world.platform.named("alpha").champion == V2


def test_a_lost_answer_is_not_sent_again_when_a_look_shows_that_it_landed() -> None:
    result, world = attempt(CHAMPION, {1: Fault.LOST_AFTER}, ALPHA)
    assert (result.writes, len(world.platform.writes)) == (1, 1)


def test_a_lost_answer_about_an_unreported_field_is_sent_again_when_that_is_safe() -> None:
    world = World(FakePlatform(ALPHA, profile=Profile.SDK_ONLY))
    result, _ = attempt(a.UpdateSettings(threshold=0.7), {1: Fault.LOST_AFTER}, world=world)
    assert result.outcome == Done(seconds=pytest.approx(0.55, abs=0.1), attempts=2)
    assert world.platform.named("alpha").threshold == 0.7


def test_answers_that_keep_getting_lost_leave_a_safe_step_unverified_after_four_tries() -> None:
    result, world = attempt(CHAMPION, dict.fromkeys(range(1, 9), Fault.LOST_BEFORE), ALPHA)
    assert isinstance(result.outcome, Unverified)
    assert len(world.platform.writes) == 4


def test_pauses_between_tries_double() -> None:
    _, world = attempt(CHAMPION, dict.fromkeys(range(1, 9), Fault.AWAY), ALPHA)
    assert [event.seconds for event in world.heard.of(StepRetried)] == [0.5, 1.0, 2.0]
    assert [event.attempt for event in world.heard.of(StepRetried)] == [2, 3, 4]


@pytest.mark.parametrize(
    "final", [Fault.REJECT, Fault.DENY, Fault.AWAY, Fault.THROTTLE, Fault.CONFLICT], ids=lambda fault: fault.value
)
def test_a_step_that_may_have_landed_never_ends_as_a_definite_failure(final: Fault) -> None:
    faults = {1: Fault.LOST_BEFORE} | dict.fromkeys(range(2, 9), final)
    result, _ = attempt(CHAMPION, faults, ALPHA)
    assert isinstance(result.outcome, Unverified)


def test_an_attachment_whose_answer_was_lost_is_proven_by_the_conflict_that_follows() -> None:
    world = World(FakePlatform(live("alpha", feedback_configured=True), profile=Profile.SDK_ONLY))
    # The first look fails, so the attachment is sent again and answered 409; the second look shows it.
    world.platform.read_faults = {1: PlatformUnavailable("away")}
    result, _ = attempt(a.AttachFeedbackDataset(W1), {1: Fault.LOST_AFTER}, world=world)
    assert result.outcome == AlreadySatisfied("d1@w1 is attached")


@pytest.mark.parametrize("faults", [{}, {1: Fault.LOST_AFTER}])
def test_a_conflict_about_an_alias_that_nobody_reports_leaves_the_step_unverified(faults: dict[int, Fault]) -> None:
    datasets = frozenset() if faults else frozenset({Alias("train", W1)})
    known = live("alpha", training_configuration=object(), training_datasets=datasets)
    world = World(FakePlatform(known, profile=Profile.SDK_ONLY))
    result, _ = attempt(a.AttachTrainingDataset("train", W1), faults, world=world)
    assert isinstance(result.outcome, Unverified)


def test_a_conflict_about_an_alias_that_is_reported_as_wanted_is_already_so() -> None:
    attached = live("alpha", training_configuration=object(), training_datasets=frozenset({Alias("train", W1)}))
    result, _ = attempt(a.AttachTrainingDataset("train", W1), {}, attached)
    assert result.outcome == AlreadySatisfied("the alias train is taken")


def test_an_alias_taken_by_another_dataset_fails_and_is_not_called_done() -> None:
    taken = live("alpha", training_configuration=object(), training_datasets=frozenset({Alias("train", V1)}))
    result, _ = attempt(a.AttachTrainingDataset("train", W1), {}, taken)
    assert isinstance(result.outcome, Failed)


def test_a_tag_that_somebody_else_created_meanwhile_is_already_there() -> None:
    result, _ = attempt(a.CreateTag("t1"), {})
    assert result.outcome == AlreadySatisfied("there is a tag t1")


def test_a_tag_whose_creation_was_lost_is_created_again_and_the_conflict_ends_it() -> None:
    result, world = attempt(a.CreateTag("t9"), {1: Fault.LOST_AFTER})
    assert isinstance(result.outcome, AlreadySatisfied)
    assert world.platform.reads == 0


def test_what_is_to_be_taken_away_and_is_absent_is_already_so() -> None:
    result, _ = attempt(a.ClearShadow(), {}, ALPHA)
    assert result.outcome == AlreadySatisfied("there is no shadow")


def test_switching_off_what_was_never_set_up_is_already_so() -> None:
    off = a.ToggleContinuousTraining(active=False, phase=a.Phase.DISARM)
    result, _ = attempt(off, {}, ALPHA)
    assert isinstance(result.outcome, AlreadySatisfied)


def test_switching_on_what_was_never_set_up_fails() -> None:
    on = a.ToggleContinuousTraining(active=True, phase=a.Phase.ARM)
    result, _ = attempt(on, {}, ALPHA)
    assert isinstance(result.outcome, Failed)


def test_a_refusal_fails_at_once_with_object_reason_and_next_step() -> None:
    world = World(FakePlatform(ALPHA))
    world.platform.faults = {1: Fault.REJECT}

    async def main() -> Result:
        errand = Errand(
            step(4, "alpha", a.UpdateSettings(threshold=0.7), because=["threshold"]),
            "id-alpha",
            world.tools,
            Brake(world.platform.clock, StopSignal()),
            Patience(),
        )
        return await carry_out(errand)

    result = run(main())
    assert result.outcome == Failed(
        "UpdateSettings of alpha (step 4) for threshold: the value is out of range",
        "Mend threshold or what it refers to, then plan again.",
        7,
    )
    assert (result.writes, result.concern) == (1, None)


def test_a_second_conflict_is_the_platform_s_word() -> None:
    result, world = attempt(a.RenameDeployment("bravo"), {}, ALPHA, live("bravo"))
    assert isinstance(result.outcome, Failed)
    assert len(world.platform.writes) == 2


def test_a_deployment_that_may_not_be_deleted_is_refused_with_the_way_out() -> None:
    world = World(FakePlatform(ALPHA))
    world.platform.protected = {"id-alpha"}
    result, _ = attempt(a.DeleteDeployment(), {}, world=world)
    assert isinstance(result.outcome, Failed)
    assert result.outcome.exit_code == 5
    assert "forceDelete" in result.outcome.hint


@pytest.mark.parametrize(("fault", "code"), [(Fault.DENY, 4), (Fault.FORBID, 4)])
def test_a_token_that_is_refused_is_not_tried_twice_and_concerns_everybody(fault: Fault, code: int) -> None:
    result, world = attempt(CHAMPION, {1: fault}, ALPHA)
    assert isinstance(result.outcome, Failed)
    assert (result.outcome.exit_code, len(world.platform.writes)) == (code, 1)
    assert result.concern is not None


def test_a_platform_that_is_away_is_tried_four_times_and_then_fails_with_exit_code_10() -> None:
    result, world = attempt(CHAMPION, dict.fromkeys(range(1, 9), Fault.AWAY), ALPHA)
    assert isinstance(result.outcome, Failed)
    assert (result.outcome.exit_code, len(world.platform.writes)) == (10, 4)
    assert isinstance(result.concern, PlatformUnavailable)


def test_a_platform_that_comes_back_lets_the_step_land() -> None:
    result, _ = attempt(CHAMPION, {1: Fault.AWAY, 2: Fault.AWAY}, ALPHA)
    assert isinstance(result.outcome, Done)
    assert result.outcome.attempts == 3


def test_a_throttled_step_waits_as_long_as_it_is_told() -> None:
    result, world = attempt(CHAMPION, {1: Fault.THROTTLE}, ALPHA)
    assert isinstance(result.outcome, Done)
    assert [event.seconds for event in world.heard.of(StepRetried)] == [7.0]
    assert result.outcome.seconds == pytest.approx(7.03)


def test_a_platform_that_asks_for_more_patience_than_we_have_is_given_up_at_once() -> None:
    world = World(FakePlatform(ALPHA))
    world.platform.faults = {1: Fault.THROTTLE}

    async def main() -> Result:
        brake = Brake(world.platform.clock, StopSignal())
        return await carry_out(
            Errand(step(1, "alpha", CHAMPION), "id-alpha", world.tools, brake, Patience(longest_pause=5))
        )

    result = run(main())
    assert isinstance(result.outcome, Failed)
    assert (result.outcome.exit_code, result.writes) == (10, 1)


def test_a_step_that_waits_when_the_run_is_stopped_is_skipped() -> None:
    stop = StopSignal()
    stop.ask()
    result, world = attempt(CHAMPION, {1: Fault.THROTTLE}, ALPHA, stop=stop)
    assert result.outcome == Skipped("stopped, after: slow down")
    assert len(world.platform.writes) == 1


def test_a_step_that_may_have_landed_when_the_run_is_stopped_is_unverified() -> None:
    stop = StopSignal()
    stop.ask()
    result, _ = attempt(CHAMPION, {1: Fault.LOST_BEFORE}, ALPHA, stop=stop)
    assert result.outcome == Unverified("time-out after sending")


def test_a_step_without_a_deployment_is_a_defect_and_sends_nothing() -> None:
    world = World(FakePlatform(ALPHA))

    async def main() -> Result:
        brake = Brake(world.platform.clock, StopSignal())
        return await carry_out(Errand(step(1, "alpha", CHAMPION), None, world.tools, brake, Patience()))

    result = run(main())
    assert isinstance(result.outcome, Failed)
    assert (result.outcome.exit_code, world.platform.writes) == (1, [])


def test_a_creation_tells_the_id_that_the_rest_of_the_chain_needs() -> None:
    result, world = attempt(create(), {})
    assert isinstance(result.outcome, Done)
    assert result.deployment_id == world.platform.named("alpha").id


def test_a_creation_is_preceded_by_a_look_and_not_sent_where_the_name_is_found() -> None:
    result, world = attempt(create(), {}, ALPHA)
    assert result.outcome == AlreadySatisfied("a deployment called 'alpha' already exists")
    assert (result.deployment_id, world.platform.writes) == ("id-alpha", [])


def test_a_creation_whose_answer_was_lost_is_found_by_name_and_done() -> None:
    result, world = attempt(create(), {1: Fault.LOST_AFTER})
    assert isinstance(result.outcome, Done)
    assert result.deployment_id == world.platform.named("alpha").id
    assert len(world.platform.writes) == 1


def test_a_creation_that_commits_within_the_settle_time_is_found_at_the_second_look() -> None:
    world = World()
    world.platform.late_by = 1.5
    result, _ = attempt(create(), {1: Fault.LATE}, world=world)
    assert isinstance(result.outcome, Done)
    assert len(world.platform.writes) == 1


def test_a_creation_that_stays_away_is_unverified_and_not_sent_again() -> None:
    result, world = attempt(create(), {1: Fault.LOST_BEFORE})
    assert result.outcome == Unverified("time-out after sending")
    assert len(world.platform.writes) == 1


def test_a_stranger_that_appears_under_the_name_is_not_taken_for_our_creation() -> None:
    class Invaded(FakePlatform):
        async def perform(self, action: a.Action, deployment_id: str | None, permit: Permit = unconditional) -> Receipt:
            try:
                return await super().perform(action, deployment_id, permit)
            finally:
                self.deployments["id-alpha"] = live("alpha", champion=V2)

    result, _ = attempt(create(), {1: Fault.LOST_BEFORE}, world=World(Invaded()))
    assert isinstance(result.outcome, AlreadySatisfied)
    assert result.deployment_id == "id-alpha"


def test_a_deployment_of_another_address_that_got_the_name_meanwhile_is_not_taken_for_our_creation() -> None:
    class Renamed(FakePlatform):
        async def perform(self, action: a.Action, deployment_id: str | None, permit: Permit = unconditional) -> Receipt:
            self.edit("id-bravo", "name", "alpha")
            return await super().perform(action, deployment_id, permit)

    world = World(Renamed(live("bravo")))

    async def main() -> Result:
        brake, owners = Brake(world.platform.clock, StopSignal()), {"id-bravo": "bravo"}
        return await carry_out(Errand(step(1, "alpha", create()), None, world.tools, brake, Patience(), owners))

    result = run(main())
    assert isinstance(result.outcome, Failed)
    assert result.deployment_id is None


def test_a_name_that_the_platform_calls_taken_but_does_not_show_fails_the_creation() -> None:
    result, world = attempt(create(), {1: Fault.CONFLICT})
    assert isinstance(result.outcome, Failed)
    assert len(world.platform.writes) == 1


def test_a_creation_that_tells_no_id_is_looked_for() -> None:
    class Mute(FakePlatform):
        async def perform(self, action: a.Action, deployment_id: str | None, permit: Permit = unconditional) -> Receipt:
            return replace(await super().perform(action, deployment_id, permit), id=None)

    result, _ = attempt(create(), {}, world=World(Mute()))
    assert isinstance(result.outcome, Done)
    assert result.deployment_id == "id-0001"


@pytest.mark.parametrize("error", [PlatformUnavailable("away"), UnexpectedReply("garbled")])
def test_a_look_that_fails_before_a_creation_is_repeated_and_nothing_is_sent_meanwhile(error: Exception) -> None:
    world = World()
    world.platform.read_faults = {1: error}
    result, _ = attempt(create(), {}, world=world)
    assert isinstance(result.outcome, Done)
    assert (result.outcome.attempts, len(world.platform.writes)) == (2, 1)


def test_a_throttled_look_before_a_creation_waits_as_long_as_it_is_told() -> None:
    world = World()
    world.platform.read_faults = {1: Throttled("slow down", retry_after=7.0)}
    result, _ = attempt(create(), {}, world=world)
    assert isinstance(result.outcome, Done)
    assert [event.seconds for event in world.heard.of(StepRetried)] == [7.0]


def test_a_look_that_is_denied_before_a_creation_fails_it() -> None:
    world = World()
    world.platform.read_faults = {1: NotPermitted("no")}
    result, _ = attempt(create(), {}, world=world)
    assert isinstance(result.outcome, Failed)
    assert (result.outcome.exit_code, world.platform.writes) == (4, [])


def test_a_throttled_creation_looks_again_before_it_is_sent_again() -> None:
    result, world = attempt(create(), {1: Fault.THROTTLE})
    assert isinstance(result.outcome, Done)
    assert world.platform.reads == 2


def test_a_look_that_fails_after_a_lost_answer_counts_as_not_knowing() -> None:
    world = World(FakePlatform(ALPHA))
    world.platform.read_faults = {1: PlatformUnavailable("away")}
    result, _ = attempt(CHAMPION, {1: Fault.LOST_AFTER}, world=world)
    assert result.outcome == Done(seconds=pytest.approx(0.55, abs=0.1), attempts=2)


def test_a_deletion_whose_answer_was_lost_is_done_once_the_deployment_is_gone() -> None:
    result, world = attempt(a.DeleteDeployment(), {1: Fault.LOST_AFTER}, ALPHA)
    assert isinstance(result.outcome, Done)
    assert (world.platform.deployments, len(world.platform.writes)) == ({}, 1)
