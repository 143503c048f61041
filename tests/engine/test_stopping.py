"""Stop signals, deadlines, and the brake of one run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from reconciler.core.journal import OutcomeRecorded
from reconciler.core.outcome import Skipped
from reconciler.engine.convergence import exit_code_of_report
from reconciler.engine.request import ApplyOptions
from reconciler.engine.stopping import Brake, StopSignal, finishing
from reconciler.errors import DeadlinePassed, Stopped
from tests.engine.declared import catalog, manifest
from tests.engine.lawful import journal_is_whole
from tests.engine.plans import live
from tests.engine.worlds import World
from tests.fakes.clock import FakeClock, run
from tests.fakes.platform import FakePlatform

if TYPE_CHECKING:
    from reconciler.core.plan import Plan

MANY = catalog(*(manifest(f"d{n}", threshold=0.4, sample_rate=0.25) for n in range(4)))


def test_the_first_signal_counts() -> None:
    stop = StopSignal()
    stop.ask(15)
    stop.ask(2)
    assert (stop.asked, stop.signal_number) == (True, 15)


def test_every_reason_to_stop_is_kept_in_order_with_its_exit_code() -> None:
    async def main() -> dict[str, int]:
        stop = StopSignal()
        brake = Brake(FakeClock(), stop, 5.0)
        assert (brake.reason, brake.reasons) == ("", {})
        brake.pull("denied", 4)
        brake.pull("denied", 10)
        stop.ask(2)
        await asyncio.sleep(5.0)
        assert brake.reason == "denied"
        return brake.reasons

    assert run(main()) == {"denied": 4, "stopped": 130, "the time allowed is over": 9}


def test_a_pause_ends_when_the_brake_is_pulled() -> None:
    async def main() -> float:
        brake = Brake(FakeClock(), StopSignal())
        asyncio.get_running_loop().call_later(3, brake.pull, "denied", 4)
        await brake.pause(60)
        return FakeClock().monotonic()

    assert run(main()) == 3


def test_a_pause_is_no_longer_than_the_time_allowed() -> None:
    async def main() -> float:
        await Brake(FakeClock(), StopSignal(), 2.0).pause(60)
        return FakeClock().monotonic()

    assert run(main()) == 2


def test_a_reading_is_given_up_when_asked_to_stop() -> None:
    async def main() -> None:
        stop = StopSignal()
        asyncio.get_running_loop().call_later(1, stop.ask, 15)
        with pytest.raises(Stopped) as error:
            await Brake(FakeClock(), stop).during(asyncio.sleep(60))
        assert error.value.signal_number == 15
        assert FakeClock().monotonic() == 1

    run(main())


def test_a_reading_does_not_even_begin_after_a_stop() -> None:
    begun = []

    async def reading() -> None:
        begun.append(1)

    async def main() -> None:
        stop = StopSignal()
        stop.ask()
        with pytest.raises(Stopped):
            await Brake(FakeClock(), stop).during(reading())

    run(main())
    assert begun == []


def test_a_reading_is_given_up_when_the_time_is_over() -> None:
    async def main() -> None:
        with pytest.raises(DeadlinePassed):
            await Brake(FakeClock(), StopSignal(), 2.0).during(asyncio.sleep(60))

    run(main())


def test_what_concerns_only_writes_does_not_end_a_reading() -> None:
    async def main() -> str:
        brake = Brake(FakeClock(), StopSignal())
        brake.pull("denied", 4)
        return await brake.during(asyncio.sleep(1, "read"))

    assert run(main()) == "read"


def test_a_reading_that_fails_raises_its_own_error() -> None:
    async def reading() -> None:
        raise ValueError("no")

    async def main() -> None:
        with pytest.raises(ValueError, match="no"):
            await Brake(FakeClock(), StopSignal()).during(reading())

    run(main())


def test_a_cancelled_run_is_finished_first_and_asked_to_stop() -> None:
    async def main() -> list[str]:
        stop, seen = StopSignal(), []

        async def work() -> None:
            await stop.wait()
            await asyncio.sleep(10)
            seen.append("finished")

        task = asyncio.ensure_future(finishing(work(), stop))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return seen

    assert run(main()) == ["finished"]


def test_a_failure_of_a_cancelled_run_is_kept_as_the_cause() -> None:
    async def main() -> BaseException | None:
        stop = StopSignal()

        async def work() -> None:
            await stop.wait()
            raise ValueError("no")

        task = asyncio.ensure_future(finishing(work(), stop))
        await asyncio.sleep(1)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            return error.__cause__
        return None

    assert isinstance(run(main()), ValueError)


def test_a_failure_of_an_undisturbed_run_is_raised() -> None:
    async def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run(finishing(work(), StopSignal()))


def test_a_stop_while_the_plan_is_made_ends_it_with_nothing_written() -> None:
    world, options = World(), ApplyOptions()
    world.platform.latency = 10.0

    async def main() -> None:
        asyncio.get_running_loop().call_later(1, options.stop.ask, 2)
        await world.applying(MANY, options=options)

    with pytest.raises(Stopped):
        run(main())
    assert (world.platform.writes, world.ledger.of()) == ([], [])


def test_a_stop_at_the_question_ends_it_with_nothing_written() -> None:
    options = ApplyOptions()

    class Interrupted(World):
        async def confirm(self, plan: Plan) -> bool:
            options.stop.ask(2)
            await asyncio.Event().wait()
            return await super().confirm(plan)

    world = Interrupted()
    with pytest.raises(Stopped):
        world.apply(MANY, options=options)
    assert (world.platform.writes, world.ledger.of()) == ([], [])


@pytest.mark.parametrize(("signal_number", "code"), [(2, 130), (15, 143)])
def test_a_stop_while_writing_finishes_what_runs_and_reports_the_rest_as_stopped(signal_number: int, code: int) -> None:
    world, options = World(), ApplyOptions(concurrency=2)

    async def main() -> None:
        # Two looks of 0.01 s, then two creations of 0.03 s each at once.
        asyncio.get_running_loop().call_later(0.03, options.stop.ask, signal_number)
        report = await world.applying(MANY, options=options)
        assert exit_code_of_report(report) == code
        assert sum(outcome == Skipped("stopped") for outcome in report.outcomes.values()) == 6
        assert "Nothing new was started: stopped. 6 step(s) were skipped." in report.notes
        assert report.remaining is None

    run(main())
    assert (len(world.platform.writes), world.platform.reads) == (2, 4)
    assert journal_is_whole(world)


def test_a_cancellation_while_writing_leaves_a_whole_journal() -> None:
    world = World()

    async def main() -> None:
        task = asyncio.ensure_future(world.applying(MANY))
        await asyncio.sleep(0.03)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(main())
    assert len(world.platform.writes) == 4
    assert journal_is_whole(world)
    ended = [entry.outcome for entry in world.ledger.of() if isinstance(entry, OutcomeRecorded)]
    assert sum(isinstance(outcome, Skipped) for outcome in ended) == 4


def test_a_deadline_while_writing_ends_the_run_with_exit_code_9() -> None:
    world = World(FakePlatform(*(live(f"d{n}") for n in range(4))))
    report = world.apply(MANY, options=ApplyOptions(concurrency=1, deadline_seconds=0.05))
    assert exit_code_of_report(report) == 9
    assert journal_is_whole(world)
    assert len(world.platform.writes) == 2


def test_a_deadline_before_the_first_write_raises() -> None:
    world = World()
    world.platform.latency = 10.0
    with pytest.raises(DeadlinePassed):
        world.apply(MANY, options=ApplyOptions(deadline_seconds=5.0))
    assert (world.platform.writes, world.ledger.of()) == ([], [])
