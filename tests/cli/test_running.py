"""A verb ends when it is done, when its time is over, or when a signal asks; in every case in good order."""

import asyncio
import signal

import pytest

from reconciler.cli.runs.running import Stopping, run
from reconciler.errors import DeadlinePassed, Stopped, exit_code_of


async def forever() -> None:
    await asyncio.Event().wait()


def test_what_the_work_returns_is_returned() -> None:
    async def work(_: Stopping) -> int:
        return 7

    assert run(work) == 7
    assert run(work, timeout=60) == 7


def test_what_the_work_raises_is_raised() -> None:
    async def work(_: Stopping) -> int:
        raise KeyError("inner")

    with pytest.raises(KeyError):
        run(work)


def test_work_that_takes_too_long_is_given_up() -> None:
    async def work(_: Stopping) -> None:
        await forever()

    with pytest.raises(DeadlinePassed, match=r"the 0\.01 seconds") as raised:
        run(work, timeout=0.01)
    assert exit_code_of(raised.value) == 9


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_gives_reading_up(number: int, code: int) -> None:
    async def work(_: Stopping) -> None:
        signal.raise_signal(number)
        await forever()

    with pytest.raises(Stopped) as raised:
        run(work)
    assert exit_code_of(raised.value) == code


def test_graceful_work_is_asked_and_ends_by_itself() -> None:
    async def work(stopping: Stopping) -> int:
        stopping.graceful = True
        signal.raise_signal(signal.SIGTERM)
        await stopping.signal.wait()
        return stopping.signal.signal_number

    assert run(work) == signal.SIGTERM


def test_graceful_work_is_not_cut_off_by_its_deadline() -> None:
    async def work(stopping: Stopping) -> str:
        stopping.graceful = True
        await asyncio.sleep(0.02)
        return "finished"

    assert run(work, timeout=0.001) == "finished"


def test_a_second_signal_cancels_even_graceful_work() -> None:
    async def work(stopping: Stopping) -> None:
        stopping.graceful = True
        signal.raise_signal(signal.SIGINT)
        await stopping.signal.wait()
        signal.raise_signal(signal.SIGTERM)
        await forever()

    with pytest.raises(Stopped) as raised:
        run(work)
    assert exit_code_of(raised.value) == 130


def test_signals_are_the_systems_again_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)

    async def work(_: Stopping) -> None:
        return None

    run(work)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
