"""A write asks its permit in the last moment: after every pause, before each time it goes out."""

from __future__ import annotations

import pytest

from reconciler.adapters.picsellia.connect import Tuning
from reconciler.errors import LeaseLost
from tests.adapters.picsellia.mocks import WRITE, Script, answer, connected
from tests.fakes.clock import FakeClock, run

PATIENT = Tuning(attempts=4, retry_seconds=3600.0)


def test_a_permit_is_asked_after_the_pause_that_the_platform_wanted_and_a_no_sends_nothing() -> None:
    script, asked = Script(answer(429, headers={"Retry-After": "90"}), answer(200)), list[float]()

    def permit() -> None:
        asked.append(FakeClock().monotonic())
        if len(asked) > 1:
            raise LeaseLost("the lease is over")

    async def main() -> int:
        async with connected(script, PATIENT) as connection:
            with pytest.raises(LeaseLost, match="the lease is over"):
                await connection.transport.write(WRITE, permit)
            return connection.counts.writes

    assert run(main()) == 1
    assert len(script.asked) == 1
    assert asked[0] < 1
    assert asked[1] >= 90


def test_a_write_that_is_permitted_goes_out() -> None:
    script = Script(answer(200))

    async def main() -> int:
        async with connected(script, PATIENT) as connection:
            return (await connection.transport.write(WRITE, lambda: None)).status

    assert run(main()) == 200
