"""Who holds what while an apply runs, what happens to those who come second, and what a lost lease stops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from reconciler.core.events import LeaseAwaited
from reconciler.core.journal import IntentRecorded, OutcomeRecorded, RunFinished
from reconciler.core.lease import Claim, Roster, grant, unlock
from reconciler.core.outcome import Done, Skipped, Unverified
from reconciler.engine.convergence import exit_code_of_report
from reconciler.engine.owning import forget
from reconciler.engine.request import ApplyOptions, LeaseTerms, PlanRequest
from reconciler.errors import LeaseHeld, StalePlan, Stopped
from reconciler.ports import unconditional
from tests.engine.declared import catalog, manifest
from tests.engine.plans import live
from tests.engine.worlds import World
from tests.fakes.clock import FakeClock, VirtualLoop, run
from tests.fakes.platform import FakePlatform, Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.core import actions as a
    from reconciler.core.outcome import Report
    from reconciler.core.plan import Plan
    from reconciler.ports import Permit, Receipt

OTHER = Claim("other-run", "bob@elsewhere, process 7", seconds=120.0)
TWO = catalog(manifest("alpha", threshold=0.4, tags=("t1",)), manifest("bravo", threshold=0.0))


def world() -> World:
    """Two deployments, of which `alpha` has two things to be written."""
    return World(FakePlatform(live("alpha"), live("bravo")))


def waiting(seconds: float) -> ApplyOptions:
    return ApplyOptions(leases=LeaseTerms(wait=seconds))


def seize(w: World, *addresses: str) -> None:
    """Let another run take leases, if it can."""
    w.ledger.rosters["demo"], _ = grant(w.ledger.rosters["demo"], addresses, claim=OTHER, reading=w.ledger.reading())


def let_go(w: World, *addresses: str) -> None:
    w.ledger.rosters["demo"] = w.ledger.rosters["demo"].without(addresses)


def held(w: World) -> set[str]:
    return set(w.ledger.rosters["demo"].leases)


class Meddled(FakePlatform):
    """A platform on which something happens at the n-th write: before it goes out, or once it has landed."""

    def __init__(self, *, before: dict[int, Callable[[], None]], after: dict[int, Callable[[], None]]) -> None:
        super().__init__(live("alpha"), live("bravo"))
        self.before, self.after, self.asked = before, after, 0

    async def perform(self, action: a.Action, deployment_id: str | None, permit: Permit = unconditional) -> Receipt:
        self.asked += 1
        number = self.asked
        self.before.get(number, lambda: None)()
        try:
            return await super().perform(action, deployment_id, permit)
        finally:
            self.after.get(number, lambda: None)()


def meddled(
    before: dict[int, Callable[[World], None]] | None = None, after: dict[int, Callable[[World], None]] | None = None
) -> World:
    """Return a world in which something happens to the world at the n-th write."""
    made: list[World] = []

    def bound(what: dict[int, Callable[[World], None]] | None) -> dict[int, Callable[[], None]]:
        return {number: lambda call=call: call(made[0]) for number, call in (what or {}).items()}

    made.append(World(Meddled(before=bound(before), after=bound(after))))
    return made[0]


def pause(seconds: float) -> None:
    """Stop this process for a while, as SIGSTOP does: time passes, and nothing of ours runs."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop._jumping.passed += seconds


def test_an_apply_holds_what_it_writes_while_it_writes_and_nothing_else() -> None:
    seen: list[set[str]] = []
    w = meddled(before={1: lambda w: seen.append(held(w)), 2: lambda w: seen.append(held(w))})
    assert exit_code_of_report(w.apply(TWO)) == 0
    assert seen == [{"alpha"}, {"alpha"}]
    assert held(w) == set()


def test_what_is_to_be_created_is_held_too() -> None:
    seen: list[set[str]] = []
    w = meddled(before={1: lambda w: seen.append(held(w))})
    assert exit_code_of_report(w.apply(catalog(manifest("charlie")))) == 0
    assert seen == [{"charlie"}]


def test_a_plan_without_steps_asks_for_nothing() -> None:
    w = world()
    w.apply(TWO)
    w.restart()
    before = w.ledger.rosters["demo"].fence
    assert exit_code_of_report(w.apply(TWO)) == 0
    assert w.ledger.rosters["demo"].fence == before


def test_what_another_run_holds_is_left_to_it_and_nothing_is_written_or_recorded() -> None:
    w = world()

    async def main() -> None:
        seize(w, "alpha")
        with pytest.raises(LeaseHeld, match=r"alpha is held by bob@elsewhere, process 7 \(run other-run\)"):
            await w.applying(TWO)

    run(main())
    assert (w.platform.writes, w.ledger.of()) == ([], [])
    assert held(w) == {"alpha"}


def test_a_lease_on_something_else_is_in_nobodys_way() -> None:
    w = world()

    async def main() -> Report:
        seize(w, "bravo")
        return await w.applying(TWO)

    assert exit_code_of_report(run(main())) == 0


def test_an_apply_waits_as_long_as_it_is_told_to_and_says_for_whom() -> None:
    w = world()

    async def main() -> Report:
        seize(w, "alpha")
        asyncio.get_running_loop().call_later(20, let_go, w, "alpha")
        return await w.applying(TWO, options=waiting(60))

    assert exit_code_of_report(run(main())) == 0
    first, *_ = w.heard.of(LeaseAwaited)
    assert "bob@elsewhere, process 7" in first.why
    assert 2 <= len(w.heard.of(LeaseAwaited)) <= 3
    assert len(w.asked) == 1


def test_an_apply_that_has_waited_long_enough_gives_up() -> None:
    w = world()

    async def main() -> float:
        seize(w, "alpha")
        with pytest.raises(LeaseHeld):
            await w.applying(TWO, options=waiting(30))
        return w.platform.clock.monotonic()

    assert 30 <= run(main()) < 31
    assert w.platform.writes == []


def test_the_lease_of_a_run_that_says_nothing_any_more_is_taken_over_when_it_expires() -> None:
    w = world()

    async def main() -> Report:
        seize(w, "alpha")
        return await w.applying(TWO, options=waiting(130))

    assert exit_code_of_report(run(main())) == 0
    assert w.ledger.rosters["demo"].fence == 2


def test_who_waited_for_a_run_that_did_the_work_plans_again_and_has_nothing_left_to_do() -> None:
    w = world()

    async def main() -> list[Report]:
        w.platform.latency = 5.0
        return list(await asyncio.gather(*(w.applying(TWO, options=waiting(600)) for _ in range(3))))

    reports = run(main())
    assert [exit_code_of_report(report) for report in reports] == [0, 0, 0]
    assert sorted(len(report.outcomes) for report in reports) == [0, 0, 2]
    assert len(w.platform.writes) == 2


def test_a_run_that_recorded_something_meanwhile_makes_the_plan_stale() -> None:
    w = world()

    async def confirm(_: Plan) -> bool:
        other = World(w.platform, w.ledger)
        await other.applying(catalog(manifest("alpha", threshold=0.4, tags=("t1", "t2"))))
        w.platform.edit("id-alpha", "threshold", 0.0)
        w.platform.edit("id-alpha", "tags", frozenset[str]())
        return True

    w.confirm = confirm  # type: ignore[method-assign]
    with pytest.raises(StalePlan, match="another run was here"):
        w.apply(TWO)
    assert held(w) == set()


def test_ten_at_once_write_each_deployment_once_and_the_others_are_told_no() -> None:
    w = world()

    async def main() -> list[Report | BaseException]:
        return list(await asyncio.gather(*(w.applying(TWO) for _ in range(10)), return_exceptions=True))

    ended = run(main())
    assert sum(isinstance(end, LeaseHeld) for end in ended) == 9
    assert len(w.platform.writes) == 2


def test_leases_are_renewed_for_as_long_as_a_run_takes() -> None:
    w = world()
    w.platform.latency = 1000.0

    async def main() -> Report:
        async def rival() -> None:
            for _ in range(60):
                await w.platform.clock.sleep(50)
                if held(w):
                    with pytest.raises(LeaseHeld):
                        seize(w, "alpha")

        report, _ = await asyncio.gather(w.applying(TWO), rival())
        return report

    assert exit_code_of_report(run(main())) == 0


@pytest.mark.parametrize("failing", [Fault.REJECT, Fault.DEFECT])
def test_leases_are_given_back_however_it_ends(failing: Fault) -> None:
    w = world()
    w.platform.faults = {1: failing}
    assert exit_code_of_report(w.apply(TWO)) == 7
    assert held(w) == set()


def test_leases_are_given_back_when_the_platform_moved_meanwhile() -> None:
    w = world()

    async def confirm(_: Plan) -> bool:
        w.platform.edit("id-alpha", "threshold", 0.9)
        return True

    w.confirm = confirm  # type: ignore[method-assign]
    with pytest.raises(StalePlan):
        w.apply(TWO)
    assert held(w) == set()


def test_leases_are_given_back_when_the_run_is_stopped() -> None:
    options = ApplyOptions()
    w = meddled(after={1: lambda _: options.stop.ask()})
    assert exit_code_of_report(w.apply(TWO, options=options)) == 130
    assert held(w) == set()


def test_a_stop_ends_the_waiting() -> None:
    w, options = world(), waiting(600)

    async def main() -> float:
        seize(w, "alpha")
        asyncio.get_running_loop().call_later(7, options.stop.ask)
        with pytest.raises(Stopped):
            await w.applying(TWO, options=options)
        return w.platform.clock.monotonic()

    assert run(main()) < 8
    assert held(w) == {"alpha"}


def test_leases_that_cannot_be_given_back_are_told_of() -> None:
    w = meddled(after={2: lambda w: setattr(w.ledger, "away", 1)})
    report = w.apply(TWO)
    assert exit_code_of_report(report) == 0
    assert any("could not be given back" in note for note in report.notes)


def test_a_ledger_that_is_away_for_a_moment_costs_no_lease() -> None:
    w = meddled(before={1: lambda w: setattr(w.ledger, "away", 3)})
    w.platform.latency = 200.0
    assert exit_code_of_report(w.apply(TWO)) == 0
    assert held(w) == set()


def test_a_lease_that_cannot_be_renewed_in_time_stops_every_further_write() -> None:
    w = meddled(before={1: lambda w: setattr(w.ledger, "away", 10_000)})
    w.platform.latency = 50.0
    report = w.apply(TWO)
    assert [type(report.outcomes[number]) for number in (1, 2)] == [Done, Skipped]
    assert "could not be renewed in time: the database is away" in str(report.outcomes[2])
    assert exit_code_of_report(report) == 7
    assert len(w.platform.writes) == 1


def test_waiting_for_the_platforms_pace_does_not_use_up_the_margin() -> None:
    w = world()
    w.platform.queue = 95.0
    w.ledger.away = 0

    async def main() -> Report:
        asyncio.get_running_loop().call_later(1, setattr, w.ledger, "away", 10_000)
        return await w.applying(TWO)

    report = run(main())
    assert {type(outcome) for outcome in report.outcomes.values()} == {Skipped}
    assert w.platform.writes == []
    assert exit_code_of_report(report) == 6


def test_a_paused_holder_that_wakes_up_writes_nothing_and_has_no_word_on_what_others_hold() -> None:
    def paused(w: World) -> None:
        pause(1000)
        seize(w, "alpha")

    w = meddled(after={1: paused})
    report = w.apply(TWO)
    assert len(w.platform.writes) == 1
    assert [type(report.outcomes[number]) for number in (1, 2)] == [Done, Skipped]
    assert exit_code_of_report(report) == 7
    assert any("landed but is not recorded" in note for note in report.notes)
    assert not any(isinstance(entry, OutcomeRecorded) for entry in w.ledger.of())
    assert isinstance(w.ledger.of()[-1], RunFinished)
    assert held(w) == {"alpha"}
    assert not w.ledger.memory()["alpha"].certain("threshold")


def test_a_holder_that_was_paused_before_its_first_write_sends_none_and_ends_with_6() -> None:
    w = meddled(before={1: lambda _: pause(1000)})
    report = w.apply(TWO)
    assert w.platform.writes == []
    assert exit_code_of_report(report) == 6
    assert "could not be renewed in time" in report.notes[0]


def test_an_unclear_answer_before_the_lease_was_lost_stays_unverified() -> None:
    w = meddled(before={2: lambda _: pause(1000)})
    w.platform.faults = {1: Fault.LOST_BEFORE}
    report = w.apply(catalog(manifest("alpha", threshold=0.4)))
    assert isinstance(report.outcomes[1], Unverified)
    assert len(w.platform.writes) == 1


def test_a_lease_that_a_person_breaks_stops_the_run_at_its_next_renewal() -> None:
    def broken(w: World) -> None:
        w.ledger.rosters["demo"], _ = unlock(w.ledger.rosters["demo"], ["alpha"])

    w = meddled(before={1: broken})
    w.platform.latency = 60.0
    report = w.apply(TWO)
    assert len(w.platform.writes) == 1
    assert "is lost" in str(report.outcomes[2])
    assert exit_code_of_report(report) == 7
    assert [type(entry) for entry in w.ledger.of()][-1] is RunFinished


def test_a_machine_that_slept_counts_the_time_by_its_wall_clock() -> None:
    class Slept(FakePlatform):
        async def perform(self, action: a.Action, deployment_id: str | None, permit: Permit = unconditional) -> Receipt:
            pause(1000)
            clock.slept += 1000
            return await super().perform(action, deployment_id, permit)

    class Standing(FakeClock):
        slept = 0.0

        def monotonic(self) -> float:
            return super().monotonic() - self.slept

        def now(self) -> str:
            return FakeClock().now()

    w = World(Slept(live("alpha")))
    w.platform.clock = clock = Standing()
    report = w.apply(catalog(manifest("alpha", threshold=0.4)))
    assert w.platform.writes == []
    assert exit_code_of_report(report) == 6


def test_nothing_is_adopted_or_forgotten_while_another_run_writes() -> None:
    w = world()
    w.apply(TWO)

    async def main() -> None:
        seize(w, "alpha")
        with pytest.raises(LeaseHeld, match="alpha is held by bob"):
            await forget(w.tools, TWO, PlanRequest(), ["alpha"])

    run(main())
    assert "alpha" in w.ledger.memory()


def test_what_was_only_seen_of_a_deployment_that_another_holds_is_left_to_that_run() -> None:
    w = world()
    more = catalog(manifest("alpha", threshold=0.4), manifest("bravo", threshold=0.0, champion="v1"))

    async def main() -> Report:
        seize(w, "bravo")
        return await w.applying(more)

    report = run(main())
    assert exit_code_of_report(report) == 0
    assert set(w.ledger.memory()) == {"alpha"}
    assert report.run in {entry.run for entry in w.ledger.of() if isinstance(entry, IntentRecorded)}


def test_the_word_of_a_run_on_what_it_still_holds_is_kept_when_it_loses_something_else() -> None:
    both = catalog(manifest("alpha", threshold=0.4), manifest("bravo", threshold=0.4))

    def broken(w: World) -> None:
        w.ledger.rosters["demo"] = Roster(
            w.ledger.rosters["demo"].fence + 1,
            {name: lease for name, lease in w.ledger.rosters["demo"].leases.items() if name != "alpha"},
        )

    w = meddled(before={2: broken})
    report = w.apply(both)
    recorded = {entry.address for entry in w.ledger.of() if isinstance(entry, OutcomeRecorded)}
    assert "bravo" in recorded
    assert "alpha" not in recorded
    assert exit_code_of_report(report) == 7
