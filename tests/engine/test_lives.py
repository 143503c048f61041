"""Which deployment a memory is of: a lost creation keeps its name, and another deployment begins a life of its own."""

from __future__ import annotations

import pytest

from reconciler.core.manifest.spec import Ownership
from reconciler.engine.request import ApplyOptions
from tests.engine.declared import W1, catalog, manifest
from tests.engine.plans import V2, live
from tests.engine.worlds import World
from tests.fakes.platform import FakePlatform, Fault, Profile
from tests.fakes.process import may_die

HEIR = manifest("alpha")
MOVED = manifest("bravo", name="bravo-2", renamed_from="alpha", champion="v2")
"""It would be renamed from alpha, if anybody was called so."""


@pytest.mark.parametrize("profile", Profile)
def test_a_creation_that_a_crash_swallowed_is_not_taken_for_the_deployment_to_rename(profile: Profile) -> None:
    world = World(FakePlatform(profile=profile))
    world.platform.faults = {1: Fault.KILL_AFTER}
    with may_die(world.platform.process):
        world.apply(catalog(HEIR, MOVED), options=ApplyOptions(concurrency=1))
    assert [deployment.name for deployment in world.platform.deployments.values()] == ["alpha"]
    world.restart()
    world.apply(catalog(HEIR, MOVED))
    names = {deployment.name: deployment.champion for deployment in world.platform.deployments.values()}
    assert names.keys() == {"alpha", "bravo-2"}
    assert world.platform.named("alpha").id == "id-0001"
    assert names["bravo-2"] == V2


def test_a_rename_that_a_crash_prevented_is_not_taken_for_a_creation() -> None:
    world = World(FakePlatform(live("alpha", champion=V2)))
    world.platform.faults = {1: Fault.KILL_BEFORE}
    with may_die(world.platform.process):
        world.apply(catalog(HEIR, MOVED))
    world.restart()
    world.apply(catalog(HEIR, MOVED))
    assert world.platform.named("bravo-2").id == "id-alpha"
    assert world.platform.named("alpha").id != "id-alpha"


def _again(world: World) -> None:
    """Let somebody delete alpha and make another of the same name."""
    del world.platform.deployments["id-0001"]
    other = live("alpha", id="id-other", threshold=0.1)
    world.platform.deployments["id-other"] = other


def test_another_deployment_of_the_same_name_inherits_nothing_that_is_remembered() -> None:
    world = World(FakePlatform(profile=Profile.SDK_ONLY))
    before = catalog(manifest("alpha", threshold=0.1, training_data=W1))
    world.apply(before)
    _again(world)
    after = catalog(manifest("alpha", threshold=0.1, training_data=W1, champion="v2", tags=("t1",)))
    assert {change.field for change in world.plan(after).chain("alpha").held} == {"threshold", "trainingData"}
    world.apply(after)
    memory = world.ledger.memory()["alpha"]
    assert memory.values.id == "id-other"
    assert not {"threshold", "trainingData"} & memory.records.keys()
    held = world.plan(after).chain("alpha").held
    assert {change.field for change in held} == {"threshold", "trainingData"}


def test_another_deployment_that_is_as_declared_inherits_nothing_either() -> None:
    world = World(FakePlatform(profile=Profile.SDK_ONLY))
    declared = catalog(manifest("alpha", threshold=0.1))
    world.apply(declared)
    _again(world)
    world.apply(declared)
    memory = world.ledger.memory()["alpha"]
    assert (memory.values.id, "threshold" in memory.records) == ("id-other", False)


def test_a_field_that_is_only_observed_and_that_nobody_reports_is_not_told() -> None:
    world = World(FakePlatform(live("alpha"), profile=Profile.SDK_ONLY))
    declared = catalog(manifest("alpha", threshold=0.4, ownership={"threshold": Ownership.OBSERVED}))
    assert world.plan(declared).chain("alpha").changes == ()


def test_a_field_that_is_only_observed_is_told_where_it_is_reported() -> None:
    world = World(FakePlatform(live("alpha")))
    declared = catalog(manifest("alpha", threshold=0.4, ownership={"threshold": Ownership.OBSERVED}))
    (change,) = world.plan(declared).chain("alpha").changes
    assert (change.path, change.before, change.after) == ("threshold", 0.0, 0.4)
