"""The forecast of the next training."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.dashboard.forecast import Forecast, forecast

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
COUNTS = st.integers(0, 10_000)


def foretell(threshold: int, submitted: int, ready: int, lately: int, days: float) -> Forecast:
    return forecast(
        threshold=threshold,
        submitted=submitted,
        ready=ready,
        lately=lately,
        first_lately=NOW - timedelta(days=days) if lately else None,
        now=NOW,
    )


def test_ten_reviews_a_day_make_thirty_in_three_days() -> None:
    found = foretell(threshold=150, submitted=100, ready=20, lately=70, days=7)
    assert (found.missing, found.to_review, found.pace) == (50, 30, 10.0)
    assert found.due == NOW + timedelta(days=3)


def test_an_hour_of_reviewing_is_judged_as_a_day() -> None:
    assert foretell(threshold=100, submitted=0, ready=0, lately=24, days=1 / 24).pace == 24


@given(COUNTS, COUNTS, COUNTS, COUNTS, st.floats(0, 7))
def test_nothing_is_missing_twice_and_a_date_needs_a_pace(
    threshold: int, submitted: int, ready: int, lately: int, days: float
) -> None:
    found = foretell(threshold, submitted, ready, lately, days)
    assert 0 <= found.to_review <= found.missing <= threshold
    assert found.missing == 0 or submitted + found.missing == threshold
    assert found.to_review == 0 or found.ready + found.to_review == found.missing
    assert (found.due is None) == (lately == 0)
    assert found.due is None or found.due >= NOW


@given(st.integers(1, 1000), COUNTS, COUNTS, st.integers(1, 1000), st.floats(0, 7), st.integers(1, 50))
def test_who_reviews_more_is_done_no_later(
    threshold: int, submitted: int, ready: int, lately: int, days: float, more: int
) -> None:
    slower = foretell(threshold, submitted, ready, lately, days)
    faster = foretell(threshold, submitted, ready, lately + more, days)
    assert slower.due is not None
    assert faster.due is not None
    assert faster.due <= slower.due
