"""What one run writes into the ledger, also while the ledger is away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from reconciler.core import actions as a
from reconciler.core.journal import IntentRecorded, OutcomeRecorded, RunFinished, RunStarted
from reconciler.core.outcome import Done
from reconciler.engine.journal import Journal
from reconciler.engine.request import PlanRequest
from reconciler.errors import LeaseLost, LedgerError
from tests.engine.plans import V2, catalog_of, create, live, plan_of, step
from tests.engine.worlds import World
from tests.fakes.clock import run
from tests.fakes.journal import JournalLedger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.journal import Entry
    from reconciler.core.lease import Lease

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


class Slow(JournalLedger):
    """A ledger whose first append waits to be let through, and that has given the lease of one deployment away."""

    def __init__(self, lost: str = "nobody's") -> None:
        super().__init__()
        self.lost = lost
        self.busy, self.open = asyncio.Event(), asyncio.Event()
        self.sizes: list[int] = []

    async def append(self, catalog: str, entries: Sequence[Entry], *, under: Sequence[Lease] = ()) -> None:
        self.sizes.append(len(entries))
        self.busy.set()
        await self.open.wait()
        if any(getattr(entry, "address", "") == self.lost for entry in entries):
            raise LeaseLost(f"the lease of {self.lost} is lost", addresses=(self.lost,))
        await super().append(catalog, entries, under=under)


async def added_at_once(ledger: Slow) -> tuple[Journal, list[bool]]:
    """Add every step's outcome, the later ones while the first is being appended."""
    pen = journal(World(ledger=ledger))
    async with asyncio.TaskGroup() as tasks:
        added = [tasks.create_task(pen.add(pen.ended(each, Done(), None))) for each in PLAN.steps]
        await ledger.busy.wait()
        ledger.open.set()
    return pen, [each.result() for each in added]


def test_outcomes_that_come_while_one_is_appended_are_appended_together() -> None:
    ledger = Slow()
    pen, told = run(added_at_once(ledger))
    assert (told, ledger.sizes) == ([True, True, True], [1, 2])
    assert ledger.of() == pen.entries
    assert pen.unrecorded == ()


def test_whoever_is_appended_together_with_a_lost_lease_is_recorded_and_told() -> None:
    ledger = Slow(lost="alpha")
    pen, told = run(added_at_once(ledger))
    assert (told, ledger.sizes) == ([True, False, False], [1, 2, 1])
    assert [entry.address for entry in pen.unrecorded] == ["alpha"]
    assert [entry for entry in pen.entries if entry not in pen.unrecorded] == ledger.of()


def test_an_outcome_names_the_deployment_it_was_about() -> None:
    world = World()
    entry = journal(world).ended(PLAN.steps[2], Done(), "id-0001")
    assert (entry.number, entry.address, entry.deployment_id) == (3, "bravo", "id-0001")
