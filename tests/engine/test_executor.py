"""Chains side by side, steps in order, and one outcome for each."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconciler.core import actions as a
from reconciler.core.events import StepEnded, StepStarted
from reconciler.core.journal import IntentRecorded, OutcomeRecorded, RunStarted
from reconciler.core.outcome import AlreadySatisfied, Done, Failed, Skipped, Unverified
from reconciler.engine.request import ApplyOptions
from reconciler.errors import Bug, LedgerError
from tests.engine.execution import execute, executing
from tests.engine.plans import V1, V2, create, live, plan_of, step
from tests.engine.worlds import World
from tests.fakes.clock import run
from tests.fakes.platform import FakePlatform, Fault
from tests.fakes.process import may_die

if TYPE_CHECKING:
    from reconciler.core.plan import Plan

SETTINGS = a.UpdateSettings(threshold=0.7)
CHAMPION = a.SetChampion(V2)


def two_chains() -> tuple[Plan, World]:
    """Return a plan of three steps each on alpha and bravo, which exist."""
    alpha, bravo = live("alpha"), live("bravo")
    actions = (SETTINGS, CHAMPION, a.AttachTag("t1"))
    steps = [step(n, "alpha", each) for n, each in enumerate(actions, start=1)]
    steps += [step(n, "bravo", each) for n, each in enumerate(actions, start=4)]
    return plan_of(*steps, existing=(alpha, bravo)), World(FakePlatform(alpha, bravo))


def many_chains(count: int) -> tuple[Plan, World]:
    """Return a plan of two steps each on many deployments that exist."""
    names = [f"d{n:02}" for n in range(count)]
    existing = [live(name) for name in names]
    steps = [step(2 * n + 1, name, SETTINGS) for n, name in enumerate(names)]
    steps += [step(2 * n + 2, name, CHAMPION) for n, name in enumerate(names)]
    return plan_of(*steps, existing=existing), World(FakePlatform(*existing))


def test_chains_run_side_by_side_and_their_own_steps_in_order() -> None:
    plan, world = two_chains()
    execution = execute(plan, world)
    assert execution.kinds() == ["Done"] * 6
    assert [type(write.action) for write in world.platform.writes if write.deployment_id == "id-alpha"] == [
        a.UpdateSettings,
        a.SetChampion,
        a.AttachTag,
    ]
    assert world.platform.most_in_flight == 2


def test_a_failing_step_stops_its_chain_and_no_other() -> None:
    plan, world = two_chains()
    # The two chains alternate, so the third write is alpha's second step.
    world.platform.faults = {3: Fault.REJECT}
    execution = execute(plan, world)
    assert execution.kinds() == ["Done", "Failed", "Skipped", "Done", "Done", "Done"]
    assert execution.outcomes[3] == Skipped("SetChampion of alpha (step 2) failed")


def test_a_step_that_cannot_be_verified_stops_its_chain() -> None:
    plan = plan_of(step(1, "alpha", create()), step(2, "alpha", CHAMPION))
    world = World()
    world.platform.faults = {1: Fault.LOST_BEFORE}
    execution = execute(plan, world)
    assert execution.outcomes[2] == Skipped("CreateDeployment of alpha (step 1) could not be verified")


def test_dependants_in_other_chains_wait_and_are_skipped_with_the_reason() -> None:
    plan, world = two_chains()
    first, *_ = plan.steps
    steps = [*plan.steps[:3], step(4, "bravo", SETTINGS, 3), *plan.steps[4:]]
    world.platform.faults = {1: Fault.REJECT}
    execution = execute(plan_of(*steps, existing=world.platform.deployments.values()), world)
    assert execution.kinds() == ["Failed", "Skipped", "Skipped", "Skipped", "Skipped", "Skipped"]
    assert execution.outcomes[4] == Skipped("AttachTag of alpha (step 3) was skipped")
    assert execution.outcomes[6] == Skipped("AttachTag of alpha (step 3) was skipped")
    assert first.address == "alpha"


def test_a_tag_is_created_before_any_deployment_gets_it() -> None:
    alpha, bravo = live("alpha"), live("bravo")
    plan = plan_of(
        step(1, "", a.CreateTag("t9")),
        step(2, "alpha", SETTINGS),
        step(3, "alpha", a.AttachTag("t9"), 1, 2),
        step(4, "bravo", a.AttachTag("t9"), 1),
        existing=(alpha, bravo),
    )
    world = World(FakePlatform(alpha, bravo))
    assert execute(plan, world).kinds() == ["Done"] * 4
    assert world.platform.named("bravo").tags == frozenset({"t9"})


def test_a_tag_that_cannot_be_created_stops_only_who_needs_it() -> None:
    alpha, bravo = live("alpha"), live("bravo")
    plan = plan_of(
        step(1, "", a.CreateTag("t8")),
        step(2, "", a.CreateTag("t9")),
        step(3, "alpha", a.AttachTag("t8"), 1),
        step(4, "bravo", a.AttachTag("t9"), 2),
        existing=(alpha, bravo),
    )
    world = World(FakePlatform(alpha, bravo))
    world.platform.faults = {1: Fault.REJECT}
    execution = execute(plan, world)
    assert execution.kinds() == ["Failed", "Done", "Skipped", "Done"]
    assert execution.outcomes[3] == Skipped("CreateTag (step 1) failed")


@pytest.mark.parametrize("concurrency", [1, 3, 10])
def test_no_more_chains_work_at_once_than_asked_for(concurrency: int) -> None:
    plan, world = many_chains(12)
    execution = execute(plan, world, ApplyOptions(concurrency=concurrency))
    assert execution.kinds() == ["Done"] * 24
    assert world.platform.most_in_flight == concurrency


def test_a_chain_that_waits_for_another_gives_its_place_away() -> None:
    alpha, bravo = live("alpha"), live("bravo")
    plan = plan_of(
        step(1, "alpha", SETTINGS),
        step(2, "bravo", SETTINGS),
        step(3, "bravo", CHAMPION),
        step(4, "alpha", CHAMPION, 1, 3),
        existing=(alpha, bravo),
    )
    execution = execute(plan, World(FakePlatform(alpha, bravo)), ApplyOptions(concurrency=1))
    assert execution.kinds() == ["Done"] * 4


def test_the_rest_of_a_chain_runs_on_the_deployment_its_first_step_created() -> None:
    world = World()
    plan = plan_of(step(1, "alpha", create()), step(2, "alpha", CHAMPION), step(3, "alpha", SETTINGS))
    execution = execute(plan, world)
    assert execution.ids == {"alpha": "id-0001"}
    assert {write.deployment_id for write in world.platform.writes[1:]} == {"id-0001"}


def test_the_rest_of_a_chain_runs_on_a_deployment_that_was_found_instead_of_created() -> None:
    world = World(FakePlatform(live("alpha")))
    execution = execute(plan_of(step(1, "alpha", create()), step(2, "alpha", CHAMPION)), world)
    assert execution.kinds() == ["AlreadySatisfied", "Done"]
    assert world.platform.named("alpha").champion == V2


def test_a_deployment_that_another_address_owns_is_never_taken_for_the_one_to_create() -> None:
    # bravo's deployment has the name alpha still, because its rename was refused.
    bravo = live("alpha")
    plan = plan_of(step(1, "alpha", create()), step(2, "alpha", CHAMPION), step(3, "bravo", SETTINGS))
    chains = tuple(replace(chain, live=bravo if chain.address == "bravo" else None) for chain in plan.chains)
    world = World(FakePlatform(bravo))
    execution = execute(replace(plan, chains=chains), world)
    assert execution.kinds() == ["Failed", "Skipped", "Done"]
    failed = execution.outcomes[1]
    assert isinstance(failed, Failed)
    assert failed.exit_code == 5
    assert "the name alpha is still that of the deployment of bravo (id-alpha)" in failed.error
    assert world.platform.named("alpha").champion == V1


@pytest.mark.parametrize("fault", [Fault.DENY, Fault.FORBID, Fault.AWAY])
def test_what_would_meet_every_chain_stops_all_that_has_not_started(fault: Fault) -> None:
    plan, world = many_chains(12)
    world.platform.faults = dict.fromkeys(range(1, 99), fault)
    execution = execute(plan, world, ApplyOptions(concurrency=2))
    assert execution.kinds().count("Failed") == 2
    assert execution.kinds().count("Skipped") == 22
    assert set(execution.reasons.values()) == ({10} if fault is Fault.AWAY else {4})


def test_keeping_going_lets_other_chains_try_after_a_permission_was_denied() -> None:
    plan, world = many_chains(3)
    world.platform.faults = {1: Fault.FORBID}
    execution = execute(plan, world, ApplyOptions(keep_going=True, concurrency=1))
    assert execution.kinds() == ["Failed", "Skipped", "Done", "Done", "Done", "Done"]


def test_keeping_going_ends_where_the_token_is_not_known() -> None:
    plan, world = many_chains(3)
    world.platform.faults = {1: Fault.DENY}
    execution = execute(plan, world, ApplyOptions(keep_going=True, concurrency=1))
    assert execution.kinds() == ["Failed"] + ["Skipped"] * 5


def test_a_defect_met_by_one_chain_leaves_the_requests_of_others_alone() -> None:
    plan, world = two_chains()
    world.platform.faults = {1: Fault.DEFECT}
    execution = execute(plan, world)
    assert execution.outcomes[1] == Unverified("internal error: KeyError('a defect')")
    assert execution.kinds()[3:] == ["Done"] * 3
    assert execution.notes == [
        "UpdateSettings of alpha (step 1) met a defect of ours, please report it: KeyError('a defect')"
    ]


def test_every_intent_is_recorded_before_the_first_write() -> None:
    plan, world = two_chains()
    world.ledger.killing = -1
    with may_die(world.platform.process):
        execute(plan, world)
    assert [type(entry) for entry in world.ledger.of()] == [RunStarted] + [IntentRecorded] * 6
    assert world.platform.writes == []


def test_intents_that_cannot_be_recorded_stop_everything_before_the_first_write() -> None:
    plan, world = two_chains()
    world.ledger.failing = frozenset({1})
    with pytest.raises(LedgerError):
        execute(plan, world)
    assert (world.platform.writes, world.ledger.of()) == ([], [])


def test_an_outcome_is_recorded_before_anything_builds_on_it() -> None:
    alpha, bravo = live("alpha"), live("bravo")
    plan = plan_of(step(1, "alpha", SETTINGS), step(2, "bravo", SETTINGS, 1), existing=(alpha, bravo))
    world = World(FakePlatform(alpha, bravo))
    world.platform.faults = {2: Fault.KILL_BEFORE}
    with may_die(world.platform.process):
        execute(plan, world)
    assert [entry.outcome for entry in world.ledger.of() if isinstance(entry, OutcomeRecorded)] == [
        Done(seconds=0.02, attempts=1)
    ]


def test_a_ledger_that_fails_while_writing_lets_running_requests_end_and_starts_nothing_new() -> None:
    plan, world = two_chains()
    world.ledger.failing = frozenset(range(2, 99))
    execution = execute(plan, world)
    assert execution.kinds() == ["Done", "Skipped", "Skipped", "Done", "Skipped", "Skipped"]
    assert execution.reasons == {"the ledger could not be written: disk full": 1}
    assert {entry.number for entry in execution.journal.unrecorded} == {1, 2, 3, 4, 5, 6}


def test_outcomes_that_the_ledger_first_refused_are_recorded_in_order_when_it_is_back() -> None:
    plan, world = two_chains()
    world.ledger.failing = frozenset({2})
    execution = execute(plan, world)
    assert [entry.number for entry in world.ledger.of() if isinstance(entry, OutcomeRecorded)] == execution.recorded()
    assert execution.journal.unrecorded == ()


def test_a_stop_lets_running_requests_end_and_skips_the_rest() -> None:
    plan, world = many_chains(4)
    options = ApplyOptions(concurrency=2)

    async def main() -> list[str]:
        running = asyncio.ensure_future(executing(plan, world, options))
        await asyncio.sleep(0.005)
        options.stop.ask(15)
        execution = await running
        assert execution.reasons == {"stopped": 143}
        assert execution.outcomes[2] == Skipped("stopped")
        return execution.kinds()

    assert run(main()) == ["Done", "Skipped", "Done", *["Skipped"] * 5]


def test_nothing_new_starts_after_the_deadline() -> None:
    plan, world = many_chains(4)
    execution = execute(plan, world, ApplyOptions(concurrency=1, deadline_seconds=0.03))
    assert execution.kinds() == ["Done", "Done", *["Skipped"] * 6]
    assert execution.reasons == {"the time allowed is over": 9}


def test_progress_is_announced_for_skipped_steps_too() -> None:
    plan, world = two_chains()
    world.platform.faults = {1: Fault.REJECT}
    execute(plan, world)
    assert len(world.heard.of(StepStarted)) == 4
    assert sorted(event.step.number for event in world.heard.of(StepEnded)) == [1, 2, 3, 4, 5, 6]


def test_writes_are_counted_try_by_try() -> None:
    plan, world = two_chains()
    world.platform.faults = {1: Fault.AWAY, 2: Fault.LOST_BEFORE}
    assert execute(plan, world).writes == 8


def test_a_step_that_is_already_so_lets_its_chain_go_on() -> None:
    alpha = live("alpha", shadow=None)
    plan = plan_of(step(1, "alpha", a.ClearShadow()), step(2, "alpha", SETTINGS), existing=(alpha,))
    execution = execute(plan, World(FakePlatform(alpha)))
    assert isinstance(execution.outcomes[1], AlreadySatisfied)
    assert isinstance(execution.outcomes[2], Done)


@pytest.mark.parametrize(
    "steps",
    [
        (step(1, "alpha", SETTINGS, 2), step(2, "alpha", CHAMPION)),
        (step(1, "alpha", SETTINGS, 7),),
        (step(1, "alpha", SETTINGS, 1),),
        (step(2, "alpha", SETTINGS),),
        (step(1, "alpha", SETTINGS, 0),),
    ],
)
def test_a_plan_whose_order_can_never_be_carried_out_is_refused_before_anything_is_sent(steps: tuple) -> None:
    alpha = live("alpha")
    world = World(FakePlatform(alpha))
    with pytest.raises(Bug, match="out of order"):
        execute(plan_of(*steps, existing=(alpha,)), world)
    assert world.platform.writes == []
