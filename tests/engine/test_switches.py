"""A switch that is not ours to correct: it goes off and on around other changes, and nothing is made of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.core.diff import DriftClass
from reconciler.core.manifest.spec import (
    ContinuousDeployment,
    Ownership,
    Policy,
)
from tests.engine.declared import catalog, manifest
from tests.engine.plans import live
from tests.engine.worlds import World
from tests.fakes.platform import FakePlatform

if TYPE_CHECKING:
    from reconciler.core.manifest.catalog import Catalog

SWITCH = "continuousDeployment.active"
"""It guards the policy: a change of the policy switches it off first, and on again afterwards."""


def declared(policy: Policy, *, active: bool) -> Catalog:
    """Declare a policy with a switch that follows git only when git moves."""
    return catalog(
        manifest(
            continuous_deployment=ContinuousDeployment(active=active, policy=policy),
            ownership={SWITCH: Ownership.ON_CHANGE},
        )
    )


def told(world: World, desired: Catalog) -> list[tuple[str, DriftClass]]:
    """Return what a plan says of the fields that differ."""
    return [(change.path, change.drift) for change in world.plan(desired).chain("alpha").changes]


@pytest.mark.parametrize("active", [True, False])
def test_a_switch_moved_by_hand_is_restored_around_a_change_and_stays_drift(active: bool) -> None:
    world = World(FakePlatform(live("alpha")))
    world.apply(declared(Policy.DEPLOY_MANUAL, active=active))
    world.platform.edit("id-alpha", SWITCH, not active)
    world.apply(declared(Policy.DEPLOY_SHADOW, active=active))
    assert world.platform.named("alpha").deployment_policy is Policy.DEPLOY_SHADOW
    assert world.platform.named("alpha").deployment_active is not active
    after = declared(Policy.DEPLOY_SHADOW, active=active)
    assert told(world, after) == [(SWITCH, DriftClass.DRIFTED)]
    world.restart()
    world.apply(after)
    assert world.platform.writes == []
    assert told(world, after) == [(SWITCH, DriftClass.DRIFTED)]


def test_a_switch_of_which_nothing_was_recorded_stays_unrecorded_when_it_is_restored() -> None:
    found = live("alpha", deployment_policy=Policy.DEPLOY_MANUAL, deployment_active=True)
    desired = declared(Policy.DEPLOY_SHADOW, active=False)
    world = World(FakePlatform(found))
    world.apply(desired)
    assert world.platform.named("alpha").deployment_active is True
    assert told(world, desired) == [(SWITCH, DriftClass.UNRECORDED)]


def test_a_switch_that_git_moves_later_follows_git() -> None:
    world = World(FakePlatform(live("alpha")))
    world.apply(declared(Policy.DEPLOY_MANUAL, active=True))
    world.platform.edit("id-alpha", SWITCH, False)
    world.apply(declared(Policy.DEPLOY_SHADOW, active=True))
    world.apply(declared(Policy.DEPLOY_SHADOW, active=False))
    world.apply(declared(Policy.DEPLOY_SHADOW, active=True))
    assert world.platform.named("alpha").deployment_active is True
    assert told(world, declared(Policy.DEPLOY_SHADOW, active=True)) == []
