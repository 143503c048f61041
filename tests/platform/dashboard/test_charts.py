"""Laws of charts: marks at round numbers, everything within the frame, nothing but finite numbers, text as text."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.dashboard.charts import over_time, ticks
from reconciler.platform.dashboard.charts.bar_lists import SHOWN, bar_list
from reconciler.platform.dashboard.charts.grids import LEVELS, grid, level_of, matrix
from reconciler.platform.dashboard.charts.histograms import Counted, Told, histogram
from reconciler.platform.dashboard.charts.over_time import Course, Point, Span, Stretch
from reconciler.platform.dashboard.charts.scales import WIDE, Scale
from reconciler.platform.dashboard.charts.telling import duration, short
from reconciler.platform.dashboard.charts.values import WIDTH, Axis, Cell, Chart, Key, Table
from reconciler.platform.dashboard.rendering import templates

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
POSITIVE = st.floats(min_value=1e-12, max_value=1e12)
WANTED = st.integers(2, 12)
MOMENTS = st.floats(min_value=-6e10, max_value=2e11)
HOSTILE = '<script>alert("x")</script> \u202e & \'"'
EDGES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)


@given(NUMBERS, NUMBERS, WANTED)
def test_linear_ticks_surround_the_domain_rise_and_are_no_more_than_wanted(a: float, b: float, wanted: int) -> None:
    least, most = sorted((a, b))
    found = ticks.linear(least, most, wanted)
    assert 2 <= len(found) <= max(wanted, 2)
    assert all(math.isfinite(each) for each in found)
    assert all(one < other for one, other in pairwise(found))
    slack = 1e-9 * max(abs(found[0]), abs(found[-1]))
    assert found[0] <= min(max(least, -1e300), 1e300) + slack
    assert found[-1] >= max(min(most, 1e300), -1e300) - slack


@given(st.integers(-1000, 1000), st.integers(1, 1000), st.integers(3, 12))
def test_linear_ticks_stand_at_ones_twos_and_fives(least: int, width: int, wanted: int) -> None:
    found = ticks.linear(least, least + width, wanted)
    step = found[1] - found[0]
    digits = f"{step:.6e}"
    assert float(digits.split("e", maxsplit=1)[0]) in {1.0, 2.0, 5.0} or len(found) == 2
    assert all(math.isclose(b - a, step, rel_tol=1e-6) for a, b in pairwise(found))


@given(POSITIVE, POSITIVE, WANTED)
def test_ticks_at_powers_surround_the_domain_rise_and_are_no_more_than_wanted(a: float, b: float, wanted: int) -> None:
    least, most = sorted((a, b))
    found = ticks.powers(least, most, wanted)
    assert 2 <= len(found) <= wanted
    assert all(one < other for one, other in pairwise(found))
    assert found[0] <= least * (1 + 1e-9)
    assert found[-1] >= most * (1 - 1e-9)


@given(MOMENTS, MOMENTS, st.integers(1, 12))
def test_ticks_in_time_lie_within_the_span_rise_and_are_no_more_than_wanted(a: float, b: float, wanted: int) -> None:
    begin, end = sorted((a, b))
    found = [each.at for each in ticks.moments(begin, end, wanted)]
    assert len(found) <= wanted
    assert all(begin <= each <= end for each in found)
    assert all(one < other for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (3, ["10:30", "11:00", "11:30", "12:00", "12:30", "13:00"]),
        (30, ["12:00", "18:00", "Nov 23", "06:00", "12:00"]),
        (24 * 5, ["Nov 23", "Nov 24", "Nov 25", "Nov 26", "Nov 27"]),
        (24 * 40, ["Nov 23", "Nov 30", "Dec 7", "Dec 14", "Dec 21", "Dec 28"]),
        (24 * 150, ["Dec 2026", "Jan 2027", "Feb 2027", "Mar 2027", "Apr 2027"]),
        (24 * 365 * 4, ["2027", "2028", "2029", "2030"]),
    ],
)
def test_ticks_in_time_stand_where_clocks_and_calendars_turn(hours: int, expected: list[str]) -> None:
    begin = datetime(2026, 11, 22, 10, 5, tzinfo=UTC).timestamp()
    assert [each.text for each in ticks.moments(begin, begin + hours * 3600, 7)] == expected


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_a_scale_keeps_order_and_stays_within_its_bounds(a: float, b: float, one: float, other: float) -> None:
    if a == b:
        with pytest.raises(ValueError, match="no width"):
            Scale(a, b)
        return
    scale = Scale(min(a, b), max(a, b))
    low, high = sorted((one, other))
    assert 0.0 <= scale.share(low) <= scale.share(high) <= 1.0
    assert (scale.share(scale.least), scale.share(scale.most)) == (0.0, 1.0)


@given(POSITIVE, POSITIVE, POSITIVE)
def test_a_logarithmic_scale_keeps_order_and_stays_within_its_bounds(a: float, b: float, value: float) -> None:
    scale = Scale(min(a, b), max(a, b) * 2, is_log=True)
    assert 0.0 <= scale.share(value) <= scale.share(value * 2) <= 1.0


def test_a_logarithmic_scale_needs_values_above_zero() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Scale(0.0, 1.0, is_log=True)


def test_values_that_spread_far_are_told_apart_by_powers() -> None:
    assert over_time.levels_of([1.0, WIDE], 5).scale.is_log
    assert not over_time.levels_of([1.0, WIDE - 1], 5).scale.is_log
    assert not over_time.levels_of([0.0, 1e9], 5).scale.is_log


@given(st.lists(st.integers(0, 10**6), min_size=1), st.integers(2, 8))
def test_counts_are_marked_at_whole_numbers_from_zero_up_to_the_most(counts: list[int], wanted: int) -> None:
    levels = over_time.levels_of([0.0, *map(float, counts)], wanted)
    assert levels.marks[0] == levels.scale.least == 0
    assert levels.marks[-1] == levels.scale.most >= max(counts)
    assert all(float(each).is_integer() for each in levels.marks)


STRETCHES = st.lists(st.tuples(st.integers(0, 50), st.floats(0, 1e6)), max_size=12, unique_by=lambda each: each[0])


@given(STRETCHES, STRETCHES)
def test_every_mark_lies_within_the_frame_and_the_drawing_holds_nothing_but_finite_numbers(
    champion: list[tuple[int, float]], shadow: list[tuple[int, float]]
) -> None:
    drawn = _drawn(champion, shadow)
    for stroke in drawn.strokes:
        places = [tuple(map(float, each.split(","))) for each in stroke.points.split()]
        assert len(places) > 1
        assert all(0 <= x <= WIDTH and 0 <= y <= drawn.height for x, y in places)
    assert all(0 <= dot.x <= 100 and 0 <= dot.y <= drawn.height for dot in drawn.dots)
    assert all(0 <= bar.x <= bar.x + bar.width <= 100.01 for bar in drawn.bars)
    assert all(math.isclose(bar.y + bar.height, drawn.height) for bar in drawn.bars)
    assert all(0 <= hit.x <= hit.x + hit.width <= 100.01 for hit in drawn.hits)
    svg = _svg(drawn)
    for element in svg.iter():
        for name, value in element.attrib.items():
            if name in {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"}:
                assert math.isfinite(float(value.removesuffix("%"))), (name, value)
    assert "nan" not in ET.tostring(svg, encoding="unicode").lower().split("aria-label")[0]


@given(STRETCHES)
def test_bars_are_as_high_as_what_they_count(counts: list[tuple[int, float]]) -> None:
    drawn = _drawn(counts, [])
    up = over_time.levels_of([0.0, *(value for _, value in counts)], 5).scale
    for bar, (_, value) in zip(drawn.bars, sorted(counts), strict=True):
        assert bar.height == pytest.approx(drawn.height * value / up.most, abs=0.11)


def test_a_line_is_broken_where_nothing_happened() -> None:
    drawn = _drawn([(0, 1.0), (1, 2.0), (2, 1.0), (5, 3.0), (6, 1.0), (9, 2.0)], [])
    assert [len(stroke.points.split()) for stroke in drawn.strokes] == [3, 2]
    assert len(drawn.dots) == 1


def test_points_stand_from_left_to_right_whatever_order_they_came_in() -> None:
    placed = over_time.frame(Span(0.0, 10.0, 1.0), [1.0], title="Count")
    found = over_time.dots(placed, [Point(at, 1.0, "plain", str(at), None) for at in (9.0, 1.0, 5.0)])
    assert [dot.told for dot in found] == ["1.0", "5.0", "9.0"]


def test_a_single_moment_is_drawn_in_the_middle() -> None:
    scale = Span(1000.0, 1000.0, 60.0).scale
    assert scale.share(1000.0) == 0.5


@given(st.lists(st.integers(0, 10**9), min_size=len(EDGES) + 1, max_size=len(EDGES) + 1))
def test_a_histogram_draws_each_bin_that_holds_anything_in_proportion_and_tells_it(counts: list[int]) -> None:
    drawn = histogram(Told("h", "H", "Size", "Things"), EDGES, [Counted("plain", "Things", counts)])
    held = [count for count in counts if count]
    assert len(drawn.bars) == len(held)
    assert all(0 <= bar.x <= bar.x + bar.width <= 100.01 and 0 <= bar.y <= drawn.height for bar in drawn.bars)
    assert [row[1].value for row in drawn.table.rows] == held
    heights = [bar.height for bar in drawn.bars]
    assert sorted(heights) == [height for _, height in sorted(zip(held, heights, strict=True))]
    assert sum(each.width for each in drawn.hits) == pytest.approx(100 if held else 0, abs=0.2)


def test_histograms_tell_open_bins_as_such() -> None:
    drawn = histogram(Told("h", "H", "Size", "Things"), (1.0, 2.0), [Counted("plain", "Things", (3, 0, 4))])
    assert [row[0].text for row in drawn.table.rows] == ["below 1", "2 and more"]
    assert "most of them 2 and more" in drawn.summary


@given(st.lists(st.lists(st.integers(0, 1000), min_size=4, max_size=4), min_size=4, max_size=4))
def test_a_heat_map_shades_more_where_there_is_more_and_tells_every_number(counts: list[list[int]]) -> None:
    drawn = grid("g", "G", counts)
    flat = [count for row in counts for count in row]
    assert [cell.value for row in drawn.table.rows for cell in row[1:]] == flat
    levels = [each.level for each in drawn.squares]
    assert all((level == 0) == (count == 0) for level, count in zip(levels, flat, strict=True))
    assert all(0 <= level <= LEVELS for level in levels)
    assert sorted(levels) == [level for _, level in sorted(zip(flat, levels, strict=True))]


def test_a_matrix_shades_each_row_by_its_own_sum() -> None:
    found = matrix(["a", "b"], [[1, 0], [50, 50]])
    assert [[entry.level for entry in row] for row in found.rows] == [[LEVELS, 0], [LEVELS // 2, LEVELS // 2]]
    assert [entry.is_right for entry in found.rows[0]] == [True, False]
    assert level_of(5, 0) == 0


def test_rows_of_bars_are_shares_of_their_own_total_and_fold_the_many() -> None:
    keys = [Key("champion", "Champion"), Key("shadow", "Shadow")]
    rows = [(str(number), [Cell("10", 10), Cell("1", 1)]) for number in range(SHOWN + 3)]
    found = bar_list(("b", "B", "Class"), keys, rows, totals=[100.0, 10.0])
    assert [each.width for each in found.rows[0].bars] == [100.0, 100.0]
    assert (len(found.rows), len(found.rest)) == (SHOWN, 3)
    empty = bar_list(("b", "B", "Class"), keys, [("none", [Cell("-"), Cell("0", 0)])])
    assert [each.width for each in empty.rows[0].bars] == [0.0, 0.0]


def test_numbers_at_axes_are_short() -> None:
    assert [short(each) for each in (0, 0.05, 12, 1500, 2e6, 4096, 90.5097, 1e-5)] == [
        *("0", "0.05", "12", "1.5k", "2M", "4.1k", "90.5", "1e-5"),
    ]
    assert [duration(each) for each in (0, 2e-5, 0.02, 1.5, 100)] == ["0", "20 µs", "20 ms", "1.5 s", "100 s"]


def test_hostile_names_are_text() -> None:
    drawn = _drawn([(0, 1.0), (1, 2.0)], [], name=HOSTILE)
    svg = _svg(drawn)
    assert not [each for each in svg.iter() if each.tag.endswith("script")]
    assert HOSTILE in "".join(svg.itertext())


def test_drawings_hold_neither_styles_nor_scripts() -> None:
    text = _markup(_drawn([(0, 1.0), (1, 2.0), (4, 1.0)], [(0, 5.0)]))
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", text)


def _drawn(champion: list[tuple[int, float]], shadow: list[tuple[int, float]], *, name: str = "Champion") -> Chart:
    span = Span(0.0, 51 * 3600.0, 3600.0)
    courses = [
        Course(series, told, [Stretch(hour * 3600.0, value) for hour, value in sorted(found)])
        for series, told, found in (("champion", name, champion), ("shadow", "Shadow", shadow))
    ]
    values = [value for _, value in (*champion, *shadow)]
    placed = over_time.frame(span, [0.0, *values], title="Count")
    lines, lone = over_time.strokes(placed, span, courses)
    points = [Point(hour * 3600.0, value, "champion", name, "/there") for hour, value in champion[:2]]
    begins = [each.begin for each in courses[0].stretches]
    return Chart(
        name="c",
        title=name,
        summary=name,
        height=over_time.HEIGHT,
        across=placed.x_axis,
        up=Axis("Count", placed.y_axis.ticks),
        table=Table(["When"], [[Cell(name)]]),
        legend=over_time.legend(courses),
        strokes=lines,
        bars=over_time.columns(placed, span, courses[0]),
        dots=[*lone, *(over_time.dots(placed, points) if len(lines) > 5 else [])],
        hits=over_time.hits(placed, span, begins, lambda begin: f"{name} {begin}"),
        rules=[over_time.rule(placed, 1.0, name)],
    )


def _markup(drawn: Chart) -> str:
    module = templates().get_template("charts/charts.html").make_module({})
    return str(module.chart(drawn))  # type: ignore[attr-defined]


def _svg(drawn: Chart) -> ET.Element:
    text = _markup(drawn)
    return ET.fromstring(text[text.index("<svg") : text.rindex("</svg>") + 6])  # noqa: S314  (we wrote it)
