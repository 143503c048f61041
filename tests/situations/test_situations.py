"""Every bad situation ends as documented: its exit code, the object, the place and the next step; never a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.errors import STRONGEST_FIRST
from tests.situations.table import ALL

if TYPE_CHECKING:
    from tests.situations.stage import Situation, Stage


@pytest.mark.slow
@pytest.mark.parametrize("situation", ALL, ids=lambda item: item.slug)
def test_it_ends_as_documented(stage: Stage, situation: Situation) -> None:
    ended = situation.play(stage)
    told = ended.out + ended.err
    # Shown with -s: `pytest -s -k WORD tests/situations` is the way to see what a person would.
    print(f"\n{situation.title}\n{told}exit {ended.code}")  # noqa: T201
    assert ended.code == situation.code, told
    assert [word for word in situation.says if word not in told] == [], told
    assert "Traceback" not in told
    assert "please report" not in told
    assert stage.served.token not in told


def test_there_are_enough_of_them_and_every_exit_code_is_among_them() -> None:
    assert len(ALL) >= 30
    assert {item.code for item in ALL} == set(STRONGEST_FIRST)


def test_no_two_share_a_name() -> None:
    assert len({item.slug for item in ALL}) == len(ALL)
