"""What must hold before the first write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconciler.core.live import Alias, TrainingConfiguration, Unreadable
from reconciler.core.manifest.spec import ContinuousTraining, FeedbackLoop, TriggerEvent
from reconciler.core.references import Ref
from reconciler.core.refusal import Refusal, Scope
from reconciler.engine.preconditions import check_applyable
from reconciler.errors import PlatformUnavailable, Refused, StalePlan
from tests.engine.declared import W1, catalog, manifest
from tests.engine.plans import V1, V2, live, plan_of
from tests.engine.plans import W1 as W1_REF
from tests.engine.worlds import World
from tests.fakes.platform import FakePlatform, Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.core.live import Snapshot
    from reconciler.core.plan import Plan
    from reconciler.ports import Scope as ObservedScope


class Thinking(World):
    """A world in which something happens while a person thinks about the plan."""

    def meanwhile(self, act: Callable[[], object]) -> None:
        self.act = act

    async def confirm(self, plan: Plan) -> bool:
        self.act()
        return await super().confirm(plan)


DECLARED = catalog(manifest("alpha", threshold=0.4, feedback_loop=FeedbackLoop(datasets=(W1,))))
TRAINING = TrainingConfiguration(Ref("id-p1", "p1"), TriggerEvent.FEEDBACK_LOOP, 150, False, '{"epochs":3}')


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("threshold", 0.9, "alpha threshold was 0.0 and is 0.9"),
        ("models.champion", V2, "alpha models.champion was m1@v1 and is m1@v2"),
        ("feedbackLoop.datasets", frozenset({W1_REF, V1}), "alpha feedbackLoop.datasets was [] and is [d1@w1, m1@v1]"),
        ("name", "alfa", "alpha name was alpha and is alfa"),
    ],
)
def test_a_declared_field_that_moved_since_the_plan_makes_it_stale(path: str, value: object, told: str) -> None:
    world = Thinking(FakePlatform(live("alpha")))
    world.meanwhile(lambda: world.platform.edit("id-alpha", path, value))
    with pytest.raises(StalePlan, match="moved since the plan was made") as error:
        world.apply(DECLARED)
    assert told in str(error.value)
    assert (world.platform.writes, world.ledger.of()) == ([], [])


def test_settings_of_continuous_training_that_moved_are_told_in_words() -> None:
    before = live("alpha", training_configuration=None)
    world = Thinking(FakePlatform(before))
    declared = catalog(manifest("alpha", threshold=0.4, continuous_training=_training()))

    def act() -> None:
        world.platform.edit("id-alpha", "continuousTraining.configuration", TRAINING)
        world.platform.edit("id-alpha", "continuousTraining.datasets", frozenset({Alias("train", W1_REF)}))

    world.meanwhile(act)
    with pytest.raises(StalePlan, match="moved since the plan was made") as error:
        world.apply(declared)
    assert 'was none and is p1, FeedbackLoop 150, {"epochs":3}' in str(error.value)
    assert "was [] and is [train: d1@w1]" in str(error.value)


def _training() -> ContinuousTraining:
    return ContinuousTraining.model_validate(
        {
            "project": "p1",
            "trigger": {"event": "FeedbackLoop", "threshold": 1},
            "experimentParameters": {"epochs": 1},
            "datasets": {"train": {"dataset": "d1", "version": "w1"}},
        }
    )


def test_a_field_that_nobody_declares_may_move_in_between() -> None:
    world = Thinking(FakePlatform(live("alpha")))
    world.meanwhile(lambda: world.platform.edit("id-alpha", "sampleRate", 0.5))
    assert world.apply(DECLARED).remaining == 0


def test_a_deployment_without_steps_may_move_in_between() -> None:
    world = Thinking(FakePlatform(live("alpha"), live("bravo")))
    world.meanwhile(lambda: world.platform.edit("id-bravo", "models.champion", V2))
    report = world.apply(catalog(manifest("alpha", threshold=0.4), manifest("bravo")))
    assert len(report.outcomes) == 1


def test_a_deployment_that_vanished_makes_the_plan_stale() -> None:
    world = Thinking(FakePlatform(live("alpha")))
    world.meanwhile(world.platform.deployments.clear)
    with pytest.raises(StalePlan, match=r"alpha existed \(id-alpha\) and is gone"):
        world.apply(DECLARED)


def test_a_deployment_that_appeared_makes_the_plan_stale() -> None:
    world = Thinking()
    world.meanwhile(lambda: world.platform.deployments.update({"id-alpha": live("alpha")}))
    with pytest.raises(StalePlan, match=r"alpha did not exist and now does \(id-alpha\)"):
        world.apply(DECLARED)


def test_what_the_platform_does_not_report_cannot_make_a_plan_stale() -> None:
    world = Thinking(FakePlatform(live("alpha", champion=V2), profile=Profile.SDK_ONLY))
    world.meanwhile(lambda: world.platform.edit("id-alpha", "threshold", 0.9))
    assert len(world.apply(DECLARED).outcomes) == 1


@pytest.mark.parametrize("about", ["alpha", "somebody-else"])
def test_only_a_deployment_that_is_to_be_written_must_be_readable_again(about: str) -> None:
    class Fading(FakePlatform):
        async def observe(self, scope: ObservedScope) -> Snapshot:
            seen = await super().observe(scope)
            gone = Unreadable(f"id-{about}", about, "502")
            return replace(seen, unreadable=(gone,)) if self.reads == 2 else seen

    world = World(Fading(live("alpha")))
    if about == "alpha":
        with pytest.raises(PlatformUnavailable, match="alpha could not be read again before writing: 502"):
            world.apply(DECLARED)
        assert world.platform.writes == []
    else:
        assert world.apply(DECLARED).remaining == 0


def test_every_reason_against_a_whole_plan_is_told() -> None:
    reasons = (
        Refusal("blast-radius", Scope.PLAN, "", "it would delete 4 of 10 deployments", "Use --force REASON."),
        Refusal("roll-back", Scope.PLAN, "", "it would roll 5 of 10 back", "Use --force REASON."),
    )
    with pytest.raises(Refused, match="delete 4 of 10 deployments; it would roll 5 of 10 back") as error:
        check_applyable(replace(plan_of(), refusals=reasons))
    assert error.value.hint == "Use --force REASON."


def test_a_refusal_of_one_deployment_does_not_stop_the_plan() -> None:
    one = Refusal("missing-reference", Scope.DEPLOYMENT, "alpha", "it does not exist", "Create it.")
    check_applyable(replace(plan_of(), refusals=(one,)))
