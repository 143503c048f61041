"""What one run writes into the ledger, also while the ledger is away."""

from __future__ import annotations

import pytest

from reconciler.core import actions as a
from reconciler.core.journal import IntentRecorded, OutcomeRecorded, RunFinished, RunStarted
from reconciler.core.outcome import Done
from reconciler.engine.journal import Journal
from reconciler.engine.request import PlanRequest
from reconciler.errors import LedgerError
from tests.engine.plans import V2, catalog_of, create, live, plan_of, step
from tests.engine.worlds import World
from tests.fakes.clock import run

PLAN = plan_of(
    step(1, "", a.CreateTag("t9")),
    step(2, "alpha", a.SetChampion(V2)),
    step(3, "bravo", create("bravo")),
    existing=(live("alpha"),),
)


def journal(world: World) -> Journal:
    return Journal(world.tools, catalog_of(), PlanRequest(actor="ana"), command="apply", digest="sha256:1")


def test_a_run_begins_with_its_header_and_one_intent_per_step() -> None:
    world = World()

    async def main() -> None:
        await journal(world).begin(PLAN)

    run(main())
    started, *intents = world.ledger.of()
    assert isinstance(started, RunStarted)
    assert (started.header.actor, started.header.plan_digest, started.header.revision) == ("ana", "sha256:1", "abc")
    found = [(each.number, each.address, each.deployment_id) for each in intents if isinstance(each, IntentRecorded)]
    assert found == [(1, "", None), (2, "alpha", "id-alpha"), (3, "bravo", None)]


def test_two_runs_in_the_same_instant_have_different_ids() -> None:
    world = World()
    assert journal(world).run != journal(world).run


def test_a_run_that_could_not_begin_keeps_nothing_for_later() -> None:
    world = World()
    world.ledger.failing = frozenset({1})

    async def main() -> None:
        pen = journal(world)
        with pytest.raises(LedgerError):
            await pen.begin(PLAN)
        assert pen.entries == []

    run(main())


def test_what_the_ledger_refused_goes_first_next_time() -> None:
    world = World()
    world.ledger.failing = frozenset({1})

    async def main() -> None:
        pen = journal(world)
        first = pen.ended(PLAN.steps[0], Done(), None)
        assert not await pen.add(first)
        assert pen.unrecorded == (first,)
        assert await pen.finish(0)
        assert pen.unrecorded == ()

    run(main())
    assert [type(entry) for entry in world.ledger.of()] == [OutcomeRecorded, RunFinished]


def test_an_outcome_names_the_deployment_it_was_about() -> None:
    world = World()
    entry = journal(world).ended(PLAN.steps[2], Done(), "id-0001")
    assert (entry.number, entry.address, entry.deployment_id) == (3, "bravo", "id-0001")
