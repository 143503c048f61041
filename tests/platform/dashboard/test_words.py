"""How numbers and moments are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.dashboard import words


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, words.NOTHING), (0, "0 µs"), (0.00042, "420 µs"), (0.0123, "12.3 ms"), (1.5, "1.5 s")],
)
def test_durations_have_their_unit(value: float | None, told: str) -> None:
    assert words.seconds(value) == told


@pytest.mark.parametrize(
    ("value", "told"), [(9_999, "9,999"), (12_340, "12.3k"), (1_000_000, "1.0M"), (None, words.NOTHING)]
)
def test_large_counts_are_brief(value: float | None, told: str) -> None:
    assert words.brief(value) == told


@given(st.integers(0, 99_999_999))
def test_no_brief_count_is_long(value: int) -> None:
    assert len(words.brief(value)) <= 6


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1, seconds=5), "1 minute ago"),
        (timedelta(days=3, hours=2), "3 days ago"),
        (-timedelta(days=2, hours=1), "in 2 days"),
    ],
)
def test_moments_are_told_from_now(passed: timedelta, told: str) -> None:
    assert words.ago(datetime.now(UTC) - passed) == told


@given(st.floats(0, 4e9))
def test_a_moment_is_the_same_as_a_date_and_as_seconds(seconds: float) -> None:
    assert words.moment(seconds) == words.moment(datetime.fromtimestamp(seconds, UTC))
