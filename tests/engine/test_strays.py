"""A write that was never answered may still arrive, after the run has long done something else."""

from __future__ import annotations

import pytest

from reconciler.core import actions as a
from reconciler.core.actions import Phase
from reconciler.core.outcome import Done, Failed
from reconciler.engine.convergence import exit_code_of_report
from reconciler.engine.steps.strays import strays
from tests.engine.declared import SHADOW_POLICY, catalog, manifest
from tests.engine.plans import V1, V2, W1, W2, policy, step
from tests.engine.worlds import World
from tests.fakes.platform import FakePlatform, Fault, Profile

OFF = a.ToggleContinuousTraining(active=False, phase=Phase.DISARM)
ON = a.ToggleContinuousTraining(active=True, phase=Phase.ARM)
DEPLOYING = a.ToggleContinuousDeployment(active=True, phase=Phase.ARM)
HELD_BACK = a.ToggleContinuousDeployment(active=False, phase=Phase.CONFIGURE)


@pytest.mark.parametrize(
    ("first", "then", "harm"),
    [
        (OFF, ON, True),
        (ON, ON, False),
        (OFF, a.SetChampion(V2), False),
        (a.SetChampion(V1), a.SetChampion(V2), True),
        (a.DetachTrainingDataset(W1), a.AttachTrainingDataset("train", W1), True),
        (a.DetachTrainingDataset(W1), a.AttachTrainingDataset("train", W2), False),
        # The call may switch it on: that is wanted in one case, and the worst in the other.
        (policy(), DEPLOYING, False),
        (policy(), HELD_BACK, True),
    ],
)
def test_a_write_that_may_still_arrive_leaves_its_step_open_if_it_would_undo_a_later_one(
    first: a.Action, then: a.Action, harm: bool
) -> None:
    steps = (step(1, "alpha", first), step(2, "alpha", then))
    assert strays(steps, {1: Done(1.0), 2: Done(1.0)}, {1}) == (steps[:1] if harm else ())


def test_another_deployment_and_a_later_step_that_failed_have_nothing_to_lose() -> None:
    elsewhere = (step(1, "alpha", OFF), step(2, "beta", ON))
    assert strays(elsewhere, {1: Done(1.0), 2: Done(1.0)}, {1}) == ()
    failed = (step(1, "alpha", OFF), step(2, "alpha", ON))
    assert strays(failed, {1: Done(1.0), 2: Failed("no", "", 1)}, {1}) == ()


def lost_disarming(profile: Profile) -> World:
    """Apply a new champion under an active policy; the switching off before it arrives after everything else."""
    world = World(FakePlatform(profile=profile))
    world.apply(catalog(manifest(continuous_deployment=SHADOW_POLICY)))
    world.restart()
    world.platform.faults = {1: Fault.LOST_BEFORE}
    return world


def arrive(world: World) -> None:
    """Let the first switching off be carried out after all."""
    world.platform.edit(world.platform.named("alpha").id or "", "continuousDeployment.active", False)


DESIRED = catalog(manifest(champion="v2", continuous_deployment=SHADOW_POLICY))


def test_what_nobody_can_see_is_in_doubt_until_it_is_written_again() -> None:
    world = lost_disarming(Profile.SDK_ONLY)
    report = world.apply(DESIRED)
    assert exit_code_of_report(report) == 7
    assert any("the first may still arrive" in note for note in report.notes)
    arrive(world)
    assert not world.plan(DESIRED).is_empty
    assert exit_code_of_report(world.apply(DESIRED)) == 0
    assert world.platform.named("alpha").deployment_active is True
    assert world.plan(DESIRED).is_empty


def test_what_is_reported_needs_no_doubt() -> None:
    world = lost_disarming(Profile.FULL)
    assert exit_code_of_report(world.apply(DESIRED)) == 0
    arrive(world)
    assert not world.plan(DESIRED).is_empty
