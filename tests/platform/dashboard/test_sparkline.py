"""Trends as small as a word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.dashboard.sparkline import HEIGHT, WIDTH, Sparkline, sparkline

VALUES = st.lists(st.none() | st.floats(0, 1e6), max_size=40)


def places(drawn: Sparkline) -> list[tuple[float, float]]:
    in_lines = [tuple(map(float, place.split(","))) for line in drawn.lines for place in line.split(" ")]
    return sorted([*((x, y) for x, y in in_lines), *drawn.dots])


@given(VALUES)
def test_each_known_value_is_drawn_once_within_the_box(values: list[float | None]) -> None:
    found = places(sparkline(values))
    assert len(found) == sum(value is not None for value in values)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in found)


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=40))
def test_a_larger_value_is_never_drawn_lower(values: list[float]) -> None:
    drawn = [y for _, y in places(sparkline(values))]
    for here, left in enumerate(values):
        for there, right in enumerate(values):
            assert left > right or drawn[here] >= drawn[there]


def test_a_gap_parts_the_line() -> None:
    drawn = sparkline([1.0, 2.0, None, 3.0, None, 4.0, 5.0])
    assert len(drawn.lines) == 2
    assert len(drawn.dots) == 1


def test_nothing_known_draws_nothing() -> None:
    assert sparkline([None, None]) == sparkline([]) == Sparkline((), (), None, None)
