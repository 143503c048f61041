"""The laws of applying: whatever goes wrong, and wherever a run is killed, the next one gets there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.outcome import Convergence
from reconciler.engine.convergence import exit_code_of_report
from tests.engine.lawful import (
    CATALOGS,
    LIVES,
    PROFILES,
    RENAMING,
    creations,
    declared_truth,
    every_step_has_one_outcome,
    false_memories,
    journal_is_whole,
    truth,
    world_of,
)
from tests.fakes.clock import run
from tests.fakes.platform import Fault, Profile
from tests.fakes.process import may_die

if TYPE_CHECKING:
    from reconciler.core.live import LiveDeployment
    from reconciler.core.manifest.catalog import Catalog
    from tests.engine.worlds import World

UNCLEAR = (Fault.LOST_BEFORE, Fault.LOST_AFTER)
PASSING = (*UNCLEAR, Fault.REJECT, Fault.DENY, Fault.THROTTLE, Fault.AWAY, Fault.DEFECT)


def assert_resumed(world: World, catalog: Catalog, undisturbed: World) -> None:
    """Apply again, undisturbed: the platform is as it would have been, and a third apply has nothing to do."""
    world.restart()
    world.apply(catalog)
    assert truth(world) == truth(undisturbed)
    world.restart()
    world.apply(catalog)
    assert world.platform.writes == []


@given(RENAMING, LIVES, PROFILES)
def test_one_apply_reaches_the_catalog_and_the_second_sends_and_records_nothing(
    catalog: Catalog, lives: list[LiveDeployment], profile: Profile
) -> None:
    world = world_of(lives, profile)
    report = world.apply(catalog)
    assert every_step_has_one_outcome(report)
    assert exit_code_of_report(report) == (5 if report.plan.all_refusals else 0)
    assert false_memories(world) == []
    assert journal_is_whole(world)
    entries = len(world.ledger.of())
    world.restart()
    again = world.apply(catalog)
    assert world.platform.writes == []
    assert len(world.ledger.of()) == entries
    assert again.count(Convergence.DIVERGED) == report.count(Convergence.DIVERGED)


@given(CATALOGS, LIVES, PROFILES, st.sampled_from(PASSING), st.integers(1, 25))
def test_whatever_goes_wrong_at_whatever_write_the_next_apply_reaches_what_an_undisturbed_one_does(
    catalog: Catalog, lives: list[LiveDeployment], profile: Profile, fault: Fault, position: int
) -> None:
    undisturbed, world = world_of(lives, profile), world_of(lives, profile)
    undisturbed.apply(catalog)
    world.platform.faults = {position: fault}
    report = world.apply(catalog)
    assert every_step_has_one_outcome(report)
    assert journal_is_whole(world)
    assert false_memories(world) == []
    assert len(set(creations(world))) == len(creations(world)) or fault in (Fault.THROTTLE, Fault.AWAY)
    assert_resumed(world, catalog, undisturbed)


@given(CATALOGS, LIVES, PROFILES, st.sampled_from([Fault.KILL_BEFORE, Fault.KILL_AFTER]), st.integers(1, 25))
def test_killed_at_whatever_write_the_next_apply_reaches_what_an_undisturbed_one_does(
    catalog: Catalog, lives: list[LiveDeployment], profile: Profile, fault: Fault, position: int
) -> None:
    undisturbed, world = world_of(lives, profile), world_of(lives, profile)
    undisturbed.apply(catalog)
    world.platform.faults = {position: fault}
    with may_die(world.platform.process):
        world.apply(catalog)
    assert false_memories(world) == []
    assert_resumed(world, catalog, undisturbed)


@given(RENAMING, LIVES, PROFILES, st.sampled_from([Fault.KILL_BEFORE, Fault.KILL_AFTER]), st.integers(1, 25))
def test_killed_amid_renames_the_next_apply_reaches_what_is_declared(
    catalog: Catalog, lives: list[LiveDeployment], profile: Profile, fault: Fault, position: int
) -> None:
    undisturbed, world = world_of(lives, profile), world_of(lives, profile)
    undisturbed.apply(catalog)
    world.platform.faults = {position: fault}
    with may_die(world.platform.process):
        world.apply(catalog)
    world.restart()
    world.apply(catalog)
    assert declared_truth(world, catalog) == declared_truth(undisturbed, catalog)


@given(CATALOGS, LIVES, PROFILES, st.integers(-25, 25).filter(bool))
def test_killed_at_whatever_append_the_next_apply_reaches_what_an_undisturbed_one_does(
    catalog: Catalog, lives: list[LiveDeployment], profile: Profile, position: int
) -> None:
    undisturbed, world = world_of(lives, profile), world_of(lives, profile)
    undisturbed.apply(catalog)
    world.ledger.killing = position
    with may_die(world.platform.process):
        world.apply(catalog)
    assert false_memories(world) == []
    assert_resumed(world, catalog, undisturbed)


@given(CATALOGS, LIVES, PROFILES, st.integers(0, 60))
def test_cancelled_at_whatever_instant_the_journal_is_whole_and_nothing_certain_is_untrue(
    catalog: Catalog, lives: list[LiveDeployment], profile: Profile, instant: int
) -> None:
    undisturbed, world = world_of(lives, profile), world_of(lives, profile)
    undisturbed.apply(catalog)

    async def main() -> None:
        task = asyncio.ensure_future(world.applying(catalog))
        # Requests take 0.01 s or 0.02 s, so every instant of a run lies on, or between, these.
        await asyncio.sleep(instant * 0.005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run(main())
    assert journal_is_whole(world)
    assert false_memories(world) == []
    assert_resumed(world, catalog, undisturbed)


@given(CATALOGS, PROFILES, st.integers(1, 25))
def test_writes_that_land_long_after_their_answer_was_lost_create_nothing_twice(
    catalog: Catalog, profile: Profile, position: int
) -> None:
    world = world_of([], profile)
    world.platform.faults = {position: Fault.LATE}
    report = world.apply(catalog)
    assert every_step_has_one_outcome(report)
    assert len(set(creations(world))) == len(creations(world))
    world.restart()

    async def much_later() -> None:
        await asyncio.sleep(2 * world.platform.late_by)
        await world.applying(catalog)

    run(much_later())
    names = [live.name for live in world.platform.deployments.values()]
    assert len(set(names)) == len(names)
