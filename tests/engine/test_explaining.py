"""Explaining: everything is gathered by reading alone, and each condition is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconciler.core.computation import Stage
from reconciler.core.diff import Decision
from reconciler.core.explanation.advice import advice
from reconciler.core.explanation.story import State
from reconciler.core.explanation.whole import Condition
from reconciler.core.lease import Claim
from reconciler.core.live import Unreadable
from reconciler.core.manifest.spec import Ownership
from reconciler.engine.explaining import explain
from reconciler.engine.request import PlanRequest
from reconciler.errors import NotFound, PlatformUnavailable, UsageError
from reconciler.render.explain_text import explain_text
from reconciler.render.spans import plain
from tests.engine.declared import W1, catalog, manifest
from tests.engine.plans import live
from tests.engine.worlds import World
from tests.fakes.clock import run
from tests.fakes.platform import FakePlatform, Profile

if TYPE_CHECKING:
    from reconciler.core.explanation.whole import Explanation
    from reconciler.core.live import Snapshot
    from reconciler.core.manifest.catalog import Catalog
    from reconciler.errors import ReconcilerError
    from reconciler.ports import Scope

ALPHA = catalog(manifest("alpha", threshold=0.4, training_data=W1))


def explained(world: World, desired: Catalog = ALPHA, name: str = "alpha") -> Explanation:
    """Explain a deployment as a process of its own, which writes nothing anywhere."""
    world.restart()
    entries = len(world.ledger.of())
    found = run(explain(world.tools, desired, PlanRequest(command="explain"), name))
    assert (world.platform.writes, len(world.ledger.of())) == ([], entries)
    return found


def applied(*, profile: Profile = Profile.FULL) -> World:
    world = World(FakePlatform(profile=profile))
    world.apply(ALPHA, PlanRequest(actor="ada"))
    return world


def states(found: Explanation) -> dict[str, State]:
    return {story.path: story.state for story in found.fields}


def commands(found: Explanation) -> list[str]:
    return [each.command for each in advice(found) if each.command]


@pytest.mark.parametrize("profile", Profile)
def test_what_was_applied_is_in_sync_and_says_when_by_whom_and_from_which_commit(profile: Profile) -> None:
    found = explained(applied(profile=profile))
    assert found.conditions == (Condition.IN_SYNC,)
    assert advice(found) == ()
    for story in found.fields:
        assert story.record is not None
        header = found.around.runs[story.record.run]
        assert (header.command, header.actor, story.record.revision) == ("apply", "ada", "1a2b3c4")
        assert story.desired == story.applied


def test_what_was_never_applied_is_to_be_created() -> None:
    found = explained(World())
    assert found.conditions == (Condition.TO_BE_CREATED,)
    assert commands(found) == ["reconciler apply --target alpha"]


def test_what_was_removed_by_hand_is_gone() -> None:
    world = applied()
    world.platform.deployments.clear()
    found = explained(world)
    assert found.conditions[0] is Condition.GONE
    assert "reconciler forget alpha" in commands(found)


def test_a_hand_edit_shows_all_three_values_and_both_ways_out() -> None:
    world = applied()
    world.platform.edit("id-0001", "threshold", 0.9)
    found = explained(world)
    (story,) = [each for each in found.fields if each.path == "threshold"]
    assert found.conditions == (Condition.DRIFTED,)
    assert (story.desired.value, story.live.value, story.applied.value) == (0.4, 0.9, 0.4)
    assert [step.number for step in found.steps] == list(story.steps)
    assert commands(found) == ["reconciler apply --target alpha", "reconciler export alpha --out manifests"]


def test_drift_that_is_only_reported_is_written_on_purpose_or_declared() -> None:
    world = applied()
    world.platform.edit("id-0001", "threshold", 0.9)
    modes = {"threshold": Ownership.ON_CHANGE}
    found = explained(world, catalog(manifest("alpha", threshold=0.4, training_data=W1, ownership=modes)))
    (story,) = [each for each in found.fields if each.path == "threshold"]
    assert (story.state, story.decision) == (State.DRIFTED, Decision.REPORT)
    assert commands(found) == ["reconciler apply --target alpha --reassert threshold"]


def test_held_fields_are_adopted_or_reasserted() -> None:
    found = explained(World(FakePlatform(live("alpha"), profile=Profile.SDK_ONLY)))
    assert found.conditions == (Condition.HELD,)
    assert [path for path, state in states(found).items() if state is State.HELD] == ["threshold", "trainingData"]
    assert commands(found) == [
        "reconciler adopt alpha",
        "reconciler apply --target alpha --reassert threshold --reassert trainingData",
    ]


def test_fields_that_are_ignored_or_only_observed_say_so() -> None:
    modes = {"threshold": Ownership.IGNORED, "trainingData": Ownership.OBSERVED}
    world = World(FakePlatform(live("alpha"), profile=Profile.SDK_ONLY))
    found = explained(world, catalog(manifest("alpha", threshold=0.4, training_data=W1, ownership=modes)))
    told = states(found)
    assert (told["threshold"], told["trainingData"]) == (State.IGNORED, State.SILENT)
    assert found.conditions == (Condition.IN_SYNC,)


def test_a_dependant_waits_for_what_comes_first_and_is_blocked_with_it() -> None:
    both = catalog(manifest("alpha", threshold=0.4), manifest("bravo", threshold=0.4, depends_on=("alpha",)))
    world = World(FakePlatform(live("alpha"), live("bravo")))
    found = explained(world, both, "bravo")
    assert Condition.WAITING in found.conditions
    assert [(each.address, each.steps) for each in found.dependencies] == [("alpha", 1)]
    blocked = catalog(manifest("alpha", threshold=0.4, name="new", renamed_from="alpha"), both.manifests[1])
    world.platform.deployments["id-new"] = live("new")
    found = explained(world, blocked, "bravo")
    assert found.conditions[0] is Condition.BLOCKED
    assert "reconciler explain alpha" in commands(found)


@pytest.mark.parametrize(
    ("word", "stage", "condition", "command"),
    [
        ("COMPUTING", Stage.RUNNING, Condition.COMPUTING, "reconciler apply --wait --target alpha"),
        (
            "ERROR",
            Stage.FAILED,
            Condition.COMPUTATION_FAILED,
            "reconciler apply --wait --reassert trainingData --target alpha",
        ),
        ("INDEXING", Stage.UNCLEAR, Condition.IN_SYNC, None),
        (PlatformUnavailable("no connection"), Stage.UNKNOWN, Condition.IN_SYNC, None),
        (NotFound("it has none", status=404), None, Condition.IN_SYNC, None),
    ],
)
def test_training_data_that_are_not_ready_are_told(
    word: str | ReconcilerError, stage: Stage | None, condition: Condition, command: str | None
) -> None:
    world = applied()
    world.platform.computations = {"id-0001": [word]}
    found = explained(world)
    assert (None if found.around.computation is None else found.around.computation.stage) is stage
    assert found.conditions == (condition,)
    assert commands(found) == ([] if command is None else [command])


def test_what_cannot_be_read_is_told_as_unreadable() -> None:
    class Broken(FakePlatform):
        async def observe(self, scope: Scope) -> Snapshot:
            return replace(await super().observe(scope), unreadable=(Unreadable("id-alpha", "alpha", "502"),))

    found = explained(World(Broken(live("alpha"))))
    assert found.conditions == (Condition.UNREADABLE,)
    assert commands(found) == ["reconciler explain alpha"]


def test_what_no_manifest_declares_any_more_is_an_orphan() -> None:
    found = explained(applied(), catalog(manifest("bravo")))
    assert found.conditions == (Condition.ORPHANED,)
    assert commands(found)[-1] == "reconciler forget alpha"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("alpah", "Did you mean alpha?"),
        ("lines", "Say `reconciler explain bravo`."),
        ("zzz", "They know alpha, bravo."),
    ],
)
def test_a_name_that_nobody_knows_is_an_error_that_helps(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        explained(applied(), catalog(manifest("bravo", name="lines")), name)
    assert raised.value.hint == hint


def test_a_field_in_doubt_is_written_again() -> None:
    world = World(FakePlatform(live("alpha"), profile=Profile.SDK_ONLY))
    world.apply(ALPHA, PlanRequest(policy=replace(PlanRequest().policy, reassert=frozenset({"threshold"}))))
    known = states(explained(world))
    assert known["threshold"] is State.ASSUMED
    del world.ledger.of()[-3:]
    assert states(explained(world))["threshold"] is State.IN_DOUBT


def test_a_lease_in_force_is_told_and_one_that_expired_is_not() -> None:
    world = applied()
    claim = Claim("run-9", "ada@laptop, process 4711", seconds=60)
    run(world.ledger.acquire("demo", ["alpha"], claim))
    found = run(explain(world.tools, ALPHA, PlanRequest(command="explain"), "alpha"))
    assert found.conditions == (Condition.LEASED,)
    assert found.around.lease is not None
    assert found.around.lease.holder == "ada@laptop, process 4711"
    assert commands(found) == ["reconciler ledger show"]
    assert "lease       held by ada@laptop, process 4711, run run-9, since 2026-11-21T20:36:00Z" in plain(
        explain_text(found)
    )

    async def later() -> Explanation:
        await asyncio.sleep(61)
        return await explain(world.tools, ALPHA, PlanRequest(command="explain"), "alpha")

    assert run(later()).conditions == (Condition.IN_SYNC,)
