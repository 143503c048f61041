"""Wherever `apply` is killed and however the platform answers, running it again reaches what is desired."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.killing.catalog import needed
from tests.killing.matrix import Tally, kill_at_all, trouble_all

if TYPE_CHECKING:
    from tests.killing.combinations import Combination
    from tests.killing.company import Company
    from tests.killing.matrix import Reference

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

Playing = tuple["Company", "Reference"]


async def test_the_plan_uses_every_action_that_the_platform_takes(combination: Combination, playing: Playing) -> None:
    assert playing[1].actions == needed(combination.report)


async def test_after_a_kill_the_next_run_leaves_what_an_undisturbed_one_does(
    combination: Combination, playing: Playing, record_property: pytest.FixtureRequest
) -> None:
    company, reference = playing
    tally = Tally(f"killed, {combination}")
    await kill_at_all(company, combination.some(reference), reference, tally)
    _judge(tally, record_property)


async def test_after_trouble_with_the_platform_the_next_run_leaves_what_an_undisturbed_one_does(
    combination: Combination, playing: Playing, record_property: pytest.FixtureRequest
) -> None:
    company, reference = playing
    tally = Tally(f"troubled, {combination}")
    await trouble_all(company, combination.some_troubles(reference), reference, tally)
    _judge(tally, record_property)


def _judge(tally: Tally, record_property: object) -> None:
    assert callable(record_property)
    record_property("told", str(tally))
    assert tally.failures == []
    assert tally.converged == tally.tried > 0
